package dev.ganglion.launcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A Unix socket in {@code var} on which the container answers its owner's questions: a JSON object
 * in one line, and an answer in one line, then the connection ends.
 */
final class ControlSocket implements AutoCloseable {
    static final String FILE = "control.sock";
    static final int REQUEST_BYTES = 64 * 1024;

    /** How long a client may take to ask, and again to read the answer, in milliseconds. */
    static final long SILENT_MILLIS = 5000;

    private static final int AT_ONCE = 8;
    private static final int BUFFER_BYTES = 4096;
    private static final long IDLE_SECONDS = 10;

    /** The kernel takes 107 bytes; what is left is for the names below the folder. */
    private static final int FOLDER_BYTES = 90;

    /** What is done with a folder. */
    interface FolderCall<R> {
        /** Does it; the path leads to the folder and fits into the address of a socket. */
        R with(Path folder) throws IOException;
    }

    private final Path file;
    private final ServerSocketChannel server;
    private final Function<Map<String, Object>, Map<String, Object>> control;
    private final long silentMillis;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ThreadPoolExecutor clients =
            new ThreadPoolExecutor(
                    0,
                    AT_ONCE,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    task -> daemon(task, "control"));

    private ControlSocket(
            Path file,
            ServerSocketChannel server,
            Function<Map<String, Object>, Map<String, Object>> control,
            long silentMillis) {
        this.file = file;
        this.server = server;
        this.control = control;
        this.silentMillis = silentMillis;
    }

    /**
     * Opens the socket and answers on threads of its own.
     *
     * @param folder where it lies; a socket that a killed container left there is replaced
     * @param own a folder of this process alone, on the same disk
     * @param silentMillis how long a client may take to ask, and again to read the answer
     */
    static ControlSocket open(
            Path folder,
            Path own,
            Function<Map<String, Object>, Map<String, Object>> control,
            long silentMillis)
            throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        Path file = folder.resolve(FILE);
        try {
            // Between its birth and the change of its rights others could connect: it is born in a
            // folder that is closed to them.
            Path closed = Files.createTempDirectory(own, "control");
            Path born = closed.resolve("s");
            inShort(closed, path -> server.bind(UnixDomainSocketAddress.of(path.resolve("s"))));
            Files.setPosixFilePermissions(born, PosixFilePermissions.fromString("rw-------"));
            Files.move(born, file, StandardCopyOption.ATOMIC_MOVE);
            Files.delete(closed);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        ControlSocket socket = new ControlSocket(file, server, control, silentMillis);
        daemon(socket::accept, "control socket").start();
        return socket;
    }

    /**
     * The address of a socket is short: a folder with a long path is reached through a link, which
     * is needed only while the socket is bound or connected.
     */
    static <R> R inShort(Path folder, FolderCall<R> call) throws IOException {
        if (folder.toString().getBytes(StandardCharsets.UTF_8).length <= FOLDER_BYTES) {
            return call.with(folder);
        }
        Path temporary = Files.createTempDirectory("ganglion");
        Path link = temporary.resolve("v");
        try {
            return call.with(Files.createSymbolicLink(link, folder.toAbsolutePath()));
        } finally {
            Files.deleteIfExists(link);
            Files.delete(temporary);
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel client = server.accept();
                try {
                    clients.execute(() -> serve(client));
                } catch (RejectedExecutionException full) {
                    client.close();
                }
            } catch (ClosedChannelException end) {
                return;
            } catch (IOException e) {
                System.err.println("ganglion: the socket " + file + " failed (" + e + ")");
                try {
                    // Such as too many open files: it passes or it does not, in its own time.
                    if (closed.await(1, TimeUnit.SECONDS)) {
                        return;
                    }
                } catch (InterruptedException stop) {
                    return;
                }
            }
        }
    }

    private void serve(SocketChannel client) {
        try (client;
                Selector selector = Selector.open()) {
            client.configureBlocking(false);
            SelectionKey key = client.register(selector, SelectionKey.OP_READ);
            Map<String, Object> answer;
            try {
                answer = answer(read(client, selector));
            } catch (Refusal refused) {
                answer = refused(String.valueOf(refused.getMessage()));
            }
            key.interestOps(SelectionKey.OP_WRITE);
            ByteBuffer line =
                    ByteBuffer.wrap(
                            (JSON.std.asString(answer) + "\n").getBytes(StandardCharsets.UTF_8));
            long endNanos = endNanos();
            while (line.hasRemaining() && ready(selector, endNanos)) {
                client.write(line);
            }
        } catch (IOException gone) {
            // Nobody is left who could be told.
        }
    }

    /** Why a request is not answered, for who sent it. */
    private static final class Refusal extends IOException {
        private static final long serialVersionUID = 1;

        Refusal(String sentence) {
            super(sentence);
        }
    }

    private byte[] read(SocketChannel client, Selector selector) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        long endNanos = endNanos();
        while (ready(selector, endNanos)) {
            int count = client.read(buffer.clear());
            for (int i = 0; i < count; i++) {
                if (buffer.get(i) == '\n') {
                    return line.toByteArray();
                }
                line.write(buffer.get(i));
            }
            if (count < 0) {
                return line.toByteArray();
            }
            if (line.size() > REQUEST_BYTES) {
                throw new Refusal(
                        "the request is longer than "
                                + REQUEST_BYTES
                                + " bytes; send one JSON object in one line");
            }
        }
        throw new Refusal(
                "the request did not end within "
                        + silentMillis
                        + " ms; send one JSON object and the end of the line");
    }

    private long endNanos() {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(silentMillis);
    }

    private static boolean ready(Selector selector, long endNanos) throws IOException {
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
        if (leftMillis <= 0) {
            return false;
        }
        selector.select(leftMillis);
        selector.selectedKeys().clear();
        return true;
    }

    private Map<String, Object> answer(byte[] line) throws IOException {
        Map<String, Object> request = parse(line);
        try {
            return control.apply(request);
        } catch (RuntimeException | LinkageError e) {
            return refused(
                    "the container failed to answer "
                            + request.get("command")
                            + " ("
                            + e
                            + "); what runs goes on");
        }
    }

    private static Map<String, Object> parse(byte[] line) throws IOException {
        String found;
        try {
            @Nullable Map<String, Object> request = JSON.std.mapFrom(line);
            if (request != null) {
                return request;
            }
            found = "nothing";
        } catch (JsonProcessingException e) {
            found = e.getOriginalMessage().lines().findFirst().orElse("");
        }
        throw new Refusal(
                "the request is no JSON object ("
                        + found
                        + "); send one in one line, such as {\"command\":\"top\"}");
    }

    static Map<String, Object> refused(String sentence) {
        return Map.of("ok", false, "sentence", sentence);
    }

    /** Answers no more and removes the socket. */
    @Override
    public void close() throws IOException {
        closed.countDown();
        clients.shutdown();
        try (server) {
            Files.deleteIfExists(file);
        }
    }
}
