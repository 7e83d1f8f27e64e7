package dev.ganglion.runtime;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.runtime.flow.Lane;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.model.ModelStore;
import dev.ganglion.runtime.plugin.Plugins;
import dev.ganglion.testkit.toy.ToyDecider;
import dev.ganglion.testkit.toy.ToyEngine;
import dev.ganglion.testkit.toy.ToyTokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A runtime over toy models in a folder of the test. */
final class Toys implements AutoCloseable {
    /** How long a test waits for what must come; only a test that fails waits this long. */
    static final Duration LIMIT = Duration.ofSeconds(30);

    final ToyEngine engine = new ToyEngine();
    final Plugins plugins = new Plugins();
    final ToyStore store;
    final ModelHost host;

    /** That of the plug-ins when nothing was changed yet. */
    final long firstGeneration;

    Toys(Path folder) {
        this(folder, LIMIT.toMillis());
    }

    Toys(Path folder, long drainLimitMillis) {
        this(folder, drainLimitMillis, 0);
    }

    Toys(Path folder, long drainLimitMillis, int memoryLimitMegabytes) {
        store = new ToyStore(folder.resolve("models"));
        // Before the host is there: it looks at its models after each change, in the background.
        plugins.add(engine, "the test");
        plugins.add(new TokenSumEngine(), "the test");
        plugins.add(new ToyTokenizer(), "the test");
        plugins.add(new ToyDecider(), "the test");
        firstGeneration = plugins.generation();
        host =
                new ModelHost(
                        new ModelStore(store.models),
                        plugins,
                        drainLimitMillis,
                        memoryLimitMegabytes);
    }

    Lanes lanes(String model) {
        return new Lanes(host, model, "the route of the test");
    }

    @Override
    public void close() {
        host.close();
    }

    static Tensor floats(float... values) {
        return shaped(values, values.length);
    }

    /** One row, as a toy-linear model takes it. */
    static Tensor row(float... values) {
        return shaped(values, 1, values.length);
    }

    private static Tensor shaped(float[] values, long... shape) {
        Tensor tensor = Tensor.allocate(Tensor.Type.FLOAT32, shape);
        for (int i = 0; i < values.length; i++) {
            tensor.floats().put(i, values[i]);
        }
        return tensor;
    }

    /** Runs one step of a lane and gives the first number of an output. */
    static float step(Lane lane, Tensor input, String output) {
        lane.steps().start(List.of(input));
        Assertions.assertThat(lane.steps().advance()).isTrue();
        return lane.steps().output(output).floats().get(0);
    }

    /** A whole message: takes a lane, makes a step, notes how it ended, gives the lane back. */
    static float message(Lanes lanes, Tensor input, String output) {
        Lane lane = lanes.acquire(null, true);
        try {
            return step(lane, input, output);
        } finally {
            lane.lease().ended(lane.steps().inferNanos(), lane.steps().failed());
            lanes.release(lane, true);
        }
    }

    /** What was thrown, which must be the framework's exception of this kind with one sentence. */
    static GanglionException refused(GanglionException.Kind kind, ThrowingCallable call) {
        GanglionException e = Assertions.catchThrowableOfType(GanglionException.class, call);
        Assertions.assertThat(e).as("what was thrown").isNotNull();
        Assertions.assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind);
        Assertions.assertThat(e.getMessage()).doesNotContain("\n");
        return e;
    }

    /** Work on a thread of its own. */
    static final class Work<T> {
        private final FutureTask<T> future;
        private final Thread thread;

        Work(Callable<T> callable) {
            future = new FutureTask<>(callable);
            thread = new Thread(future, "test work");
            thread.setDaemon(true);
            thread.start();
        }

        /** Waits until the thread waits for something. */
        void awaitWaiting() {
            long startNanos = System.nanoTime();
            while (thread.getState() != Thread.State.WAITING) {
                if (future.isDone() || System.nanoTime() - startNanos > LIMIT.toNanos()) {
                    throw new AssertionError("does not wait: " + thread.getState());
                }
                Thread.onSpinWait();
            }
        }

        boolean isDone() {
            return future.isDone();
        }

        T get() throws Exception {
            try {
                return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Exception cause) {
                    throw cause;
                }
                throw new AssertionError(e.getCause());
            } catch (TimeoutException e) {
                throw new AssertionError("stands at " + List.of(thread.getStackTrace()), e);
            }
        }
    }
}
