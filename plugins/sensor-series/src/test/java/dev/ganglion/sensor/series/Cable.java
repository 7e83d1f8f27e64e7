package dev.ganglion.sensor.series;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.stream.Stream;

/** A pair of pseudo terminals that socat joins: a serial port and the device at its other end. */
final class Cable implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration LONGEST_OPENING = Duration.ofSeconds(2);

    private final Path folder;
    private final Path port;
    private final Path device;
    private Process process;

    /** Plugs one in, or skips the test where socat is not installed. */
    Cable() {
        Path program = Mosquitto.find("socat");
        assumeTrue(program != null, "socat is not installed; apt-get install socat");
        try {
            folder = Files.createTempDirectory("cable");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        port = folder.resolve("port");
        device = folder.resolve("device");
        plugIn();
    }

    String port() {
        return port.toString();
    }

    void plugIn() {
        try {
            process =
                    new ProcessBuilder(
                                    Mosquitto.find("socat").toString(),
                                    "pty,raw,echo=0,link=" + port,
                                    "pty,raw,echo=0,link=" + device)
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("log").toFile())
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await().atMost(LIMIT).until(() -> Files.exists(port) && Files.exists(device));
    }

    /** Pulls the plug: both ends are gone, as when a USB cable is pulled. */
    void unplug() {
        process.destroy();
        process.onExit().join();
        await().atMost(LIMIT).until(() -> !Files.exists(port));
    }

    void say(String text) {
        try {
            Files.write(device, text.getBytes(StandardCharsets.UTF_8), StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until this process has the port open. */
    void awaitReader() {
        await().atMost(LIMIT).until(this::isRead);
    }

    /** Waits until this process has the port open, or for so long that nobody will open it. */
    void awaitReaderOrQuiet() {
        long start = System.nanoTime();
        while (!isRead() && System.nanoTime() - start < LONGEST_OPENING.toNanos()) {
            Thread.onSpinWait();
        }
    }

    private boolean isRead() {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            Path real = port.toRealPath();
            return files.anyMatch(file -> leadsTo(file, real));
        } catch (IOException gone) {
            return false;
        }
    }

    private static boolean leadsTo(Path link, Path to) {
        try {
            return Files.readSymbolicLink(link).equals(to);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
