package dev.ganglion.worker;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * An engine whose one input says what it shall do, and that tells what it sees as the message of an
 * exception. What it does when it loads and opens is an option.
 */
public final class ProbeEngine implements Engine {
    static final int ECHO = 0;
    static final int THROW_INPUT = 1;
    static final int THROW_NULL_POINTER = 2;
    static final int TELL_OPTIONS = 3;
    static final int TELL_ENVIRONMENT = 4;
    static final int TELL_MARKER = 5;
    static final int FILL_DIRECT_MEMORY = 6;
    static final int FILL_HEAP = 7;
    static final int EXIT = 8;
    static final int OVERFLOW_STACK = 9;
    static final int TRY_PORT = 10;
    static final int TRY_FILES = 11;
    static final int WAIT_FOR_EVER = 12;

    public ProbeEngine() {}

    @Override
    public String name() {
        return "probe";
    }

    @Override
    public Set<String> formats() {
        return Set.of("probe");
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.choice("load", List.of("well", "refuse", "exit", "hang"))
                        .withDefault("well"),
                Parameter.choice("open", List.of("well", "refuse", "exit")).withDefault("well"),
                Parameter.number("scale", "1", 0, 10).withDefault("2.5"),
                Parameter.integer("port", "1", 0, 65535).withDefault("0"),
                Parameter.flag("loud").withDefault("true"),
                Parameter.text("note"),
                Parameter.path("file"));
    }

    @Override
    public Model load(ModelPackage source, Options options) {
        switch (options.text("load")) {
            case "refuse" ->
                    throw new GanglionException(
                            Kind.SETUP, source.weightsFile() + " is not to its taste");
            case "exit" -> Runtime.getRuntime().halt(7);
            case "hang" -> waitForEver();
            default -> {}
        }
        return new ProbeModel(options);
    }

    private static void waitForEver() {
        while (true) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException ignored) {
                // As native code would.
            }
        }
    }

    private record ProbeModel(Options options) implements Model {
        @Override
        public List<TensorSpec> inputs() {
            return List.of(TensorSpec.of("what", Tensor.Type.FLOAT32, "1", TensorSpec.ANY));
        }

        @Override
        public List<TensorSpec> outputs() {
            return List.of(TensorSpec.of("echo", Tensor.Type.FLOAT32, "1", TensorSpec.ANY));
        }

        @Override
        public Session open() {
            switch (options.text("open")) {
                case "refuse" -> throw new GanglionException(Kind.RETRY, "it is not in the mood");
                case "exit" -> Runtime.getRuntime().halt(7);
                default -> {}
            }
            return new ProbeSession(options);
        }

        @Override
        public void close() {}
    }

    private static final class ProbeSession implements Session {
        private final Options options;
        private final List<Object> kept = new ArrayList<>();
        private Tensor input = Tensor.allocate(Tensor.Type.FLOAT32, 1);

        ProbeSession(Options options) {
            this.options = options;
        }

        @Override
        public Tensor input(String name, long... shape) {
            if (!input.hasShape(shape)) {
                input = Tensor.allocate(Tensor.Type.FLOAT32, shape);
            }
            return input;
        }

        @Override
        public void run() {
            switch ((int) input.floats().get(0)) {
                case THROW_INPUT ->
                        throw new GanglionException(Kind.INPUT, "it does not like this");
                case THROW_NULL_POINTER -> Objects.requireNonNull(null, "nothing here");
                case TELL_OPTIONS ->
                        throw new IllegalStateException(
                                options + " " + (options.has("file") ? options.path("file") : ""));
                case TELL_ENVIRONMENT ->
                        throw new IllegalStateException(
                                System.getenv() + " " + Path.of("").toAbsolutePath());
                case TELL_MARKER -> throw new IllegalStateException(Marker.text());
                case FILL_DIRECT_MEMORY -> fill(true);
                case FILL_HEAP -> fill(false);
                case EXIT -> Runtime.getRuntime().halt(7);
                case OVERFLOW_STACK -> overflow(0);
                case TRY_PORT -> throw new IllegalStateException(tryPort());
                case TRY_FILES -> throw new IllegalStateException(tryFiles());
                case WAIT_FOR_EVER -> waitForEver();
                default -> {}
            }
        }

        private void fill(boolean direct) {
            while (true) {
                ByteBuffer more =
                        direct ? ByteBuffer.allocateDirect(1 << 22) : ByteBuffer.allocate(1 << 22);
                for (int i = 0; i < more.capacity(); i += 1024) {
                    more.put(i, (byte) 1);
                }
                kept.add(more);
            }
        }

        private static int overflow(int depth) {
            return depth < 0 ? 0 : 1 + overflow(depth + 1);
        }

        private String tryPort() {
            StringBuilder found = new StringBuilder();
            try (Socket socket =
                    new Socket(InetAddress.getLoopbackAddress(), (int) options.integer("port"))) {
                found.append("TCP connected ").append(socket.isConnected());
            } catch (IOException refused) {
                found.append("TCP refused: ").append(refused.getMessage());
            }
            try (DatagramSocket socket = new DatagramSocket()) {
                found.append(", UDP bound ").append(socket.isBound());
            } catch (IOException refused) {
                found.append(", UDP refused: ").append(refused.getMessage());
            }
            return found.toString();
        }

        private String tryFiles() {
            StringBuilder found = new StringBuilder();
            attempt(found, "read", () -> Files.readAllBytes(Path.of(options.text("note"))));
            attempt(found, "list", () -> Files.list(Path.of("/")).close());
            attempt(found, "write", () -> Files.writeString(Path.of(options.text("note")), "x"));
            attempt(found, "run", () -> new ProcessBuilder("/bin/ls").start().waitFor());
            attempt(found, "own", () -> Files.writeString(Path.of("here"), "x"));
            return found.toString();
        }

        private interface Attempt {
            void make() throws Exception;
        }

        private static void attempt(StringBuilder found, String what, Attempt attempt) {
            try {
                attempt.make();
                found.append(what).append(" allowed; ");
            } catch (Exception refused) {
                found.append(what).append(" refused; ");
            }
        }

        @Override
        public Tensor output(String name) {
            return input;
        }

        @Override
        public void reset() {}

        @Override
        public void cancel() {}

        @Override
        public void close() {}
    }
}
