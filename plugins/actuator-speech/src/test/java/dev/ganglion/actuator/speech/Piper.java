package dev.ganglion.actuator.speech;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/** A speech server that says what a test wants; each {@code ~} is the end of a header. */
final class Piper implements AutoCloseable {
    final List<String> requests = new CopyOnWriteArrayList<>();
    final Semaphore asked = new Semaphore(0);

    volatile String info =
            "{\"type\":\"info\",\"data\":{\"tts\":[{\"name\":\"piper\",\"voices\":["
                    + "{\"name\":\"en_US-lessac-medium\"},{\"name\":\"de_DE-thorsten-low\"}]}]}}~";

    /** To a request for speech; null for none, the connection stays. */
    volatile String answer = "";

    private final ServerSocket door;
    private final Thread thread;

    Piper() throws IOException {
        door = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        thread = new Thread(this::serve, "piper");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return door.getLocalPort();
    }

    private void serve() {
        while (!door.isClosed()) {
            try (Socket socket = door.accept()) {
                InputStream in = new BufferedInputStream(socket.getInputStream());
                String request = next(in);
                requests.add(request);
                String reply = request.startsWith("describe") ? info : answer;
                if (reply == null) {
                    asked.release();
                    in.read();
                } else {
                    socket.getOutputStream()
                            .write(reply.replace('~', '\n').getBytes(StandardCharsets.UTF_8));
                    socket.shutdownOutput();
                    in.read();
                }
            } catch (IOException gone) {
                // The next one comes, or the test has ended.
            }
        }
    }

    private static String next(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.write(next);
        }
        var header = JSON.std.mapFrom(line.toString(StandardCharsets.UTF_8));
        Integer length = (Integer) header.get("data_length");
        return header.get("type")
                + (length == null
                        ? ""
                        : " " + new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
