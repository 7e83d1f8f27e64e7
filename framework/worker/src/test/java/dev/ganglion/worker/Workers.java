package dev.ganglion.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.toy.ToyEngine;
import dev.ganglion.testkit.toy.ToyModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** What the tests of workers have in common: models of two engines, calls in flight, signals. */
final class Workers implements AutoCloseable {
    /** Only a test that fails waits this long. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path folder;
    private final WorkerIsolation isolation;

    Workers(Path folder, String... namesAndValues) {
        this.folder = folder;
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.put("ganglion." + namesAndValues[i], namesAndValues[i + 1]);
        }
        properties.putIfAbsent("ganglion.var", folder.toString());
        isolation = new WorkerIsolation(properties::get);
    }

    WorkerIsolation isolation() {
        return isolation;
    }

    /** A model whose step never ends unless it is cancelled. */
    WorkerModel waiting() {
        ModelPackage source = ToyModels.slow(folder, new ModelId("waiting", "1"), 1);
        return load(new ToyEngine(), source, Map.of());
    }

    WorkerModel probe(String... namesAndValues) {
        return probe(new ProbeEngine(), namesAndValues);
    }

    WorkerModel probe(Engine engine, String... namesAndValues) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            options.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        Path weights = folder.resolve("probe.bin");
        try {
            Files.writeString(weights, "weights");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        ModelId id = new ModelId("probe", "1");
        return load(engine, ModelPackage.of(id, "probe", weights), options);
    }

    private WorkerModel load(Engine engine, ModelPackage source, Map<String, String> options) {
        return isolation.load(
                engine, source, Options.of(engine.name(), engine.options(), options, folder));
    }

    /** A call that was sent to the worker and has not returned. */
    static CompletableFuture<Throwable> inFlight(Session session, String input, float value) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> failure.complete(catchThrowable(() -> run(session, input, value))));
        thread.setDaemon(true);
        thread.start();
        WorkerSession known = (WorkerSession) session;
        await(() -> known.callSinceNanos() != 0 || failure.isDone());
        return failure;
    }

    static void run(Session session, String input, float value) {
        session.input(input, 1).floats().put(0, value);
        session.run();
    }

    static Throwable thrown(CompletableFuture<Throwable> failure) {
        try {
            return failure.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception never) {
            throw new AssertionError("the call did not end", never);
        }
    }

    static void assertKind(Throwable thrown, Kind kind) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(kind));
    }

    static void signal(String name, long pid) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
            assertThat(kill.waitFor()).isZero();
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError("kill is needed", failed);
        }
    }

    static void await(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(LIMIT)
                .until(condition);
    }

    @Override
    public void close() {
        isolation.close();
    }
}
