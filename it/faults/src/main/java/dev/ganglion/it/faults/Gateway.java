package dev.ganglion.it.faults;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** The container under test, a process, and what it says. */
final class Gateway implements AutoCloseable {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int STOP_SECONDS = 30;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int TAIL = 15;

    /** Something that may fail to be asked for. */
    interface Condition {
        boolean holds() throws IOException;
    }

    private final Setup setup;
    private final Path var;
    private final Process process;
    private final Thread interrupted;
    private final List<String> said = new CopyOnWriteArrayList<>();

    private Gateway(Setup setup, Path var, Process process) {
        this.setup = setup;
        this.var = var;
        this.process = process;
        // Ctrl-C ends this program; the container must not run on.
        interrupted = new Thread(process.toHandle()::destroy, "interrupted");
        Runtime.getRuntime().addShutdownHook(interrupted);
        Thread reader = new Thread(this::read, "what the container says");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts it and returns when its route runs. */
    static Gateway start(Setup setup) throws IOException {
        // Not below the setup: the address of a Unix socket is short.
        Path var = Files.createTempDirectory("faults");
        ProcessBuilder builder =
                new ProcessBuilder(
                        setup.home().resolve("bin/ganglion").toString(),
                        "start",
                        "--routes",
                        setup.routes().toString());
        builder.environment().putAll(setup.environment(var));
        builder.redirectErrorStream(true);
        Gateway gateway = new Gateway(setup, var, builder.start());
        try {
            gateway.await(
                    "the route under test did not run",
                    () ->
                            gateway.lines("answer.camel.yaml is running") > 0
                                    && gateway.lines("started on the routes") > 0);
            return gateway;
        } catch (IOException | RuntimeException | Error e) {
            gateway.close();
            throw e;
        }
    }

    private void read() {
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                said.add(line);
            }
        } catch (IOException closed) {
            said.add("(" + closed + ")");
        }
    }

    Setup setup() {
        return setup;
    }

    /** {@return how many lines with this part it has said} */
    int lines(String part) {
        return (int) said.stream().filter(line -> line.contains(part)).count();
    }

    /** {@return what it said last, for messages} */
    String tail() {
        return "it said last: "
                + String.join(
                        System.lineSeparator(),
                        said.subList(Math.max(0, said.size() - TAIL), said.size()));
    }

    /** Waits for something; what takes more than a minute is a failure. */
    void await(String otherwise, Condition condition) throws IOException {
        await(otherwise, LIMIT_NANOS, condition);
    }

    /** Waits for something, at most so long. */
    void await(String otherwise, long limitNanos, Condition condition) throws IOException {
        long endNanos = System.nanoTime() + limitNanos;
        while (!condition.holds()) {
            boolean ended = !process.isAlive();
            if (ended || System.nanoTime() > endNanos) {
                throw new IOException(
                        setup.subject().label()
                                + ": "
                                + otherwise
                                + (ended
                                        ? ", because the container ended with status "
                                                + process.exitValue()
                                        : " within " + limitNanos / 1_000_000_000L + " s")
                                + "; "
                                + tail());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /**
     * Asks on the control socket.
     *
     * @throws IOException with the container's sentence when it refuses
     */
    Map<String, Object> ask(Map<String, Object> request) throws IOException {
        Map<String, Object> answered = answer(request);
        if (!Boolean.TRUE.equals(answered.get("ok"))) {
            throw new IOException(
                    setup.subject().label() + ": " + request + " was refused: " + answered);
        }
        return answered;
    }

    /** {@return the answer on the control socket, a refusal too} */
    Map<String, Object> answer(Map<String, Object> request) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (SocketChannel channel =
                SocketChannel.open(UnixDomainSocketAddress.of(var.resolve("control.sock")))) {
            String line = JSON.std.asString(request) + "\n";
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
            while (channel.read(buffer) >= 0) {
                answer.write(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
        }
        return JSON.std.mapFrom(answer.toString(StandardCharsets.UTF_8));
    }

    /** {@return when the model that answers was loaded, in milliseconds since 1970; 0 for none} */
    long servingSinceMillis() throws IOException {
        if (ask(Map.of("command", "model.list")).get("models") instanceof List<?> models) {
            for (Object each : models) {
                if (each instanceof Map<?, ?> model
                        && setup.subject().model().equals(model.get("name"))
                        && "serving".equals(model.get("state"))
                        && setup.subject().isolation().equals(model.get("isolation"))
                        && model.get("sinceMillis") instanceof Number since) {
                    return since.longValue();
                }
            }
        }
        return 0;
    }

    /** {@return how many messages were answered or failed so far} */
    long messages() throws IOException {
        long messages = 0;
        if (ask(Map.of("command", "top")).get("routes") instanceof List<?> routes) {
            for (Object each : routes) {
                if (each instanceof Map<?, ?> route
                        && route.get("messages") instanceof Number number) {
                    messages += number.longValue();
                }
            }
        }
        return messages;
    }

    /** {@return the Java processes below the container's} */
    List<ProcessHandle> workers() {
        return process.descendants()
                .filter(child -> child.info().command().orElse("").endsWith("java"))
                .filter(child -> child.children().findAny().isEmpty())
                .toList();
    }

    /** {@return what it and its children take now} */
    Figures figures() throws IOException {
        return Figures.of(process.toHandle());
    }

    @Override
    public void close() throws IOException {
        Runtime.getRuntime().removeShutdownHook(interrupted);
        process.toHandle().destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(var)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
