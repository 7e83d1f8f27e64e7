package dev.ganglion.sensor.series;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A cable between client and broker that can be cut, or can swallow what is sent through it. */
final class Relay implements AutoCloseable {
    private final ServerSocket server;
    private final int to;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean swallowing;
    private volatile boolean isCut;

    Relay(int to) throws IOException {
        this.to = to;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    String uri() {
        return "tcp://127.0.0.1:" + server.getLocalPort();
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                if (isCut) {
                    client.close();
                    continue;
                }
                Socket broker = new Socket(InetAddress.getLoopbackAddress(), to);
                sockets.add(client);
                sockets.add(broker);
                daemon(() -> copy(client, broker));
                daemon(() -> copy(broker, client));
            }
        } catch (IOException closed) {
            cut();
        }
    }

    private void copy(Socket from, Socket into) {
        byte[] bytes = new byte[4096];
        try (InputStream in = from.getInputStream();
                OutputStream out = into.getOutputStream()) {
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                if (!swallowing) {
                    out.write(bytes, 0, count);
                }
            }
        } catch (IOException cut) {
            sockets.remove(from);
        }
    }

    /** From now on nothing gets through and nobody notices. */
    void swallow() {
        swallowing = true;
    }

    void cut() {
        isCut = true;
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        sockets.clear();
    }

    void mend() {
        swallowing = false;
        isCut = false;
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
