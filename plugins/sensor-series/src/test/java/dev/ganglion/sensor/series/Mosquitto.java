package dev.ganglion.sensor.series;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A Mosquitto of the test's own, on a free port of the loopback interface. */
final class Mosquitto implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration QUIET = Duration.ofSeconds(2);

    private final Path folder;
    private final int port;
    private Process process;
    private long awaited;

    /**
     * Starts one, or skips the test where Mosquitto is not installed.
     *
     * @param more further lines of its configuration
     */
    Mosquitto(String... more) {
        Path program = find("mosquitto");
        assumeTrue(program != null, "mosquitto is not installed; apt-get install mosquitto");
        try {
            folder = Files.createTempDirectory("mosquitto");
            port = freePort();
            List<String> lines = new ArrayList<>();
            lines.add("listener " + port + " 127.0.0.1");
            lines.add("persistence false");
            lines.add("log_type all");
            lines.add("user " + System.getProperty("user.name"));
            if (more.length == 0) {
                lines.add("allow_anonymous true");
            }
            lines.addAll(List.of(more));
            Files.write(folder.resolve("mosquitto.conf"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    /** {@return the file of a program, or null when it is not installed} */
    static Path find(String program) {
        return Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator)),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(place -> Path.of(place, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return how many times a client has subscribed to something so far} */
    long subscriptions() {
        try (Stream<String> lines = Files.lines(folder.resolve("log"))) {
            return lines.filter(line -> line.contains("Sending SUBACK to ")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for one more subscription than at the last call, or so long that none will come. */
    void awaitSubscriptionOrQuiet() {
        long start = System.nanoTime();
        while (subscriptions() <= awaited && System.nanoTime() - start < QUIET.toNanos()) {
            Thread.onSpinWait();
        }
        awaited = subscriptions();
    }

    /** Waits until clients have subscribed so many times. */
    void awaitSubscriptions(long count) {
        await().atMost(LIMIT).until(() -> subscriptions() >= count);
    }

    int port() {
        return port;
    }

    String uri() {
        return "tcp://127.0.0.1:" + port;
    }

    void start() {
        try {
            process =
                    new ProcessBuilder(
                                    find("mosquitto").toString(),
                                    "-c",
                                    folder.resolve("mosquitto.conf").toString())
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("log").toFile())
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await().atMost(LIMIT).until(this::answers);
    }

    private boolean answers() throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError(Files.readString(folder.resolve("log")));
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Ends it at once, as a power cut would. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
