package dev.ganglion.it;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Assumptions;

/** The command {@code ganglion} of the image that the build made, as a process of its own. */
final class Ganglion implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final List<String> out = new CopyOnWriteArrayList<>();
    private final List<String> err = new CopyOnWriteArrayList<>();
    private final List<Thread> readers = new ArrayList<>();

    private Ganglion(Process process) {
        this.process = process;
        read(process.getInputStream(), out);
        read(process.getErrorStream(), err);
    }

    /** The root of the repository. */
    static Path root() {
        return Path.of(System.getProperty("ganglion.root")).toAbsolutePath().normalize();
    }

    /** The image under test. */
    static Path image() {
        return root().resolve("bundles/image-standard/target/ganglion");
    }

    /** Skips the test when a part that comes from npm was left out of this build. */
    static void assumeFetched(String... parts) {
        for (String part : parts) {
            Assumptions.assumeTrue(
                    Files.exists(image().resolve(part)),
                    part + " was left out of this build: npm could not fetch it");
        }
    }

    /** Skips the test when llama.cpp's natives were left out of this build. */
    static void assumeLlamaCpp() {
        String processor = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
        assumeFetched("native/linux-" + processor + "/llamacpp/CONTENT");
    }

    /** A route of the repository. */
    static String route(String name) {
        return root().resolve("routes").resolve(name).toString();
    }

    /**
     * Starts a command.
     *
     * @param var the folder that it may write to
     * @param environment beside the one of this process
     */
    static Ganglion start(Path var, Map<String, String> environment, String... arguments) {
        return startUnder(List.of(), var, environment, arguments);
    }

    /**
     * Starts a command under another one.
     *
     * @param observer the other command with its arguments, for example strace
     */
    static Ganglion startUnder(
            List<String> observer, Path var, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(observer);
        command.add(image().resolve("bin/ganglion").toString());
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(var.toFile());
        builder.environment().put("GANGLION_VAR", var.resolve("var").toString());
        // What the build's own tests need must not leak in: the command sets it for itself.
        builder.environment()
                .keySet()
                .removeAll(List.of("ORT_DISABLE_TELEMETRY", "OPT_OUT_TRACKING"));
        builder.environment().putAll(environment);
        try {
            return new Ganglion(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a command. */
    static Ganglion start(Path var, String... arguments) {
        return start(var, Map.of(), arguments);
    }

    /** Runs a command to its end, with nothing on standard input. */
    static Ganglion run(Path var, String... arguments) {
        return run(var, Map.of(), arguments);
    }

    /** Runs a command to its end, with nothing on standard input. */
    static Ganglion run(Path var, Map<String, String> environment, String... arguments) {
        Ganglion command = start(var, environment, arguments);
        command.input("");
        command.exitStatus();
        return command;
    }

    private void read(InputStream stream, List<String> lines) {
        Thread reader =
                new Thread(
                        () -> {
                            try (BufferedReader in =
                                    new BufferedReader(
                                            new InputStreamReader(
                                                    stream, StandardCharsets.UTF_8))) {
                                for (String line = in.readLine();
                                        line != null;
                                        line = in.readLine()) {
                                    lines.add(line);
                                }
                            } catch (IOException closed) {
                                lines.add("(" + closed + ")");
                            }
                        });
        reader.setDaemon(true);
        reader.start();
        readers.add(reader);
    }

    /** Writes all of standard input and closes it. */
    Ganglion input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes all of standard input and closes it. */
    Ganglion input(byte[] bytes) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(bytes);
        } catch (IOException ended) {
            // A command that was refused does not read its input.
        }
        return this;
    }

    /** Writes to standard input and keeps it open. */
    Ganglion type(String text) {
        try {
            process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Waits for a line on standard output. */
    String awaitOut(Predicate<String> line) {
        return await(out, 1, line);
    }

    /** Waits for so many lines on standard output and gives the last of them. */
    String awaitOut(int count, Predicate<String> line) {
        return await(out, count, line);
    }

    /** Waits for a line on standard error. */
    String awaitErr(Predicate<String> line) {
        return await(err, 1, line);
    }

    /** Waits for so many lines on standard error and gives the last of them. */
    String awaitErr(int count, Predicate<String> line) {
        return await(err, count, line);
    }

    private String await(List<String> lines, int count, Predicate<String> wanted) {
        try {
            Awaitility.await()
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> lines.stream().filter(wanted).count() >= count || hasEnded());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("not within " + LIMIT + "; out " + out + ", err " + err, e);
        }
        List<String> found = lines.stream().filter(wanted).toList();
        if (found.size() < count) {
            throw new AssertionError(
                    "it ended with " + process.exitValue() + ", out " + out + ", err " + err);
        }
        return found.get(count - 1);
    }

    private boolean hasEnded() {
        return !process.isAlive() && readers.stream().noneMatch(Thread::isAlive);
    }

    /**
     * Sends SIGTERM, as Ctrl-C does SIGINT; unlike the process's own method it leaves its output
     * open.
     */
    Ganglion interrupt() {
        process.toHandle().destroy();
        return this;
    }

    /** Waits for the end. */
    int exitStatus() {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the command did not end; out " + out + ", err " + err);
            }
            for (Thread reader : readers) {
                reader.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        return process.exitValue();
    }

    /** The lines on standard output so far. */
    List<String> out() {
        return out;
    }

    /** The lines on standard error so far. */
    List<String> err() {
        return err;
    }

    /** Standard output, each line one JSON object. */
    List<Map<String, Object>> json() {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (String line : out) {
            try {
                objects.add(JSON.std.mapFrom(line));
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + line, e);
            }
        }
        return objects;
    }

    /** The id of the process. */
    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
