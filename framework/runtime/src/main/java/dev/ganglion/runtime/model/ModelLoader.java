package dev.ganglion.runtime.model;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.runtime.plugin.Plugins;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a verified package into memory and warms it up, on a thread of its own with a large stack:
 * ONNX Runtime recurses over the graph.
 */
final class ModelLoader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ModelLoader.class);
    private static final long STACK_BYTES = 8L << 20;

    private final Plugins plugins;
    private final Consumer<LoadedModel> drained;
    private final List<Isolation> isolations = new CopyOnWriteArrayList<>();
    private final ExecutorService loadingFirst = thread("models", () -> {});

    /** What is loaded beside something that serves must not take the time of messages. */
    private final ExecutorService loadingBeside =
            thread("models (low priority)", LowPriority::take);

    private static ExecutorService thread(String name, Runnable first) {
        return Executors.newSingleThreadExecutor(
                task -> {
                    Runnable work =
                            () -> {
                                first.run();
                                task.run();
                            };
                    Thread thread = new Thread(null, work, name, STACK_BYTES);
                    thread.setDaemon(true);
                    return thread;
                });
    }

    ModelLoader(Plugins plugins, Consumer<LoadedModel> drained) {
        this.plugins = plugins;
        this.drained = drained;
    }

    void add(Isolation isolation) {
        isolations.add(isolation);
    }

    void remove(Isolation isolation) {
        isolations.remove(isolation);
    }

    /**
     * Loads the model and runs its first steps.
     *
     * @param beside whether another version serves meanwhile
     */
    LoadedModel load(ModelCard card, Deployment deployment, boolean beside) {
        ModelId id = card.source().id();
        ExecutorService loading = beside ? loadingBeside : loadingFirst;
        Future<LoadedModel> loaded = loading.submit(() -> loadHere(card, deployment));
        try {
            return loaded.get();
        } catch (InterruptedException e) {
            // The thread that loads does not hear of it, and nobody else would close the model.
            loading.execute(() -> discard(loaded, e));
            Thread.currentThread().interrupt();
            throw new GanglionException(
                    Kind.RETRY, "loading model " + id + " was interrupted; try again", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GanglionException known) {
                throw known;
            }
            throw new GanglionException(
                    Kind.SETUP,
                    "model " + id + " could not be loaded (" + e.getCause() + ")",
                    e.getCause());
        }
    }

    /**
     * {@return the engine that loads the model}
     *
     * @throws GanglionException of kind SETUP when there is none
     */
    Engine engine(ModelPackage source, Deployment deployment) {
        String named = deployment.engine();
        Engine engine =
                named.isEmpty()
                        ? plugins.engineFor(source.format())
                        : plugins.find(Engine.class, named);
        if (engine == null) {
            throw new GanglionException(
                    Kind.SETUP,
                    named.isEmpty()
                            ? "no engine loads the format '"
                                    + source.format()
                                    + "' of model "
                                    + source.id()
                                    + "; of engines "
                                    + plugins.existing(Engine.class)
                            : "there is no engine '"
                                    + named
                                    + "' for model "
                                    + source.id()
                                    + "; "
                                    + plugins.existing(Engine.class));
        }
        if (!engine.formats().contains(source.format())) {
            throw new GanglionException(
                    Kind.SETUP,
                    "engine "
                            + engine.name()
                            + " does not load the format '"
                            + source.format()
                            + "' of model "
                            + source.id()
                            + "; it loads: "
                            + String.join(", ", new TreeSet<>(engine.formats())));
        }
        return engine;
    }

    private @Nullable Isolation isolation(ModelId id, Deployment deployment) {
        String named = deployment.isolation();
        if (named.isEmpty() || named.equals(Isolation.IN_PROCESS)) {
            return null;
        }
        for (Isolation isolation : isolations) {
            if (isolation.name().equals(named)) {
                return isolation;
            }
        }
        throw new GanglionException(
                Kind.SETUP,
                "model "
                        + id
                        + " asks for the isolation '"
                        + named
                        + "'; there are: "
                        + isolations.stream()
                                .map(each -> ", " + each.name())
                                .collect(Collectors.joining("", Isolation.IN_PROCESS, "")));
    }

    /** One at a time, as engines are promised. */
    private synchronized LoadedModel loadHere(ModelCard card, Deployment deployment) {
        ModelPackage source = card.source();
        ModelId id = source.id();
        Engine engine = engine(source, deployment);
        Isolation isolation = isolation(id, deployment);
        Options options =
                Options.of(
                        "engine " + engine.name() + " for model " + id,
                        engine.options(),
                        source.options(),
                        source.folder());
        Model model;
        try {
            model =
                    isolation == null
                            ? engine.load(source, options)
                            : isolation.load(engine, source, options);
        } catch (GanglionException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "engine "
                            + engine.name()
                            + " could not load "
                            + source.weightsFile()
                            + " of model "
                            + id
                            + " ("
                            + e
                            + "); give it a file that this engine loads, or mend the engine",
                    e);
        }
        LoadedModel loaded =
                new LoadedModel(
                        card.completedBy(model),
                        model,
                        engine,
                        isolation == null ? Isolation.IN_PROCESS : isolation.name(),
                        isolation == null ? "" : ", " + isolation.describe(model),
                        plugins,
                        drained);
        try {
            WarmUp.run(loaded);
        } catch (RuntimeException | Error e) {
            discard(loaded, e);
            throw e instanceof GanglionException known
                    ? known
                    : new GanglionException(
                            Kind.SETUP,
                            "model "
                                    + id
                                    + " failed its warm-up on engine "
                                    + engine.name()
                                    + " ("
                                    + e
                                    + "); it is not used",
                            e);
        }
        log.info("model {} loaded by engine {}", id, engine.name());
        return loaded;
    }

    private static void discard(Future<LoadedModel> loaded, Throwable why) {
        try {
            discard(loaded.get(), why);
        } catch (InterruptedException | ExecutionException e) {
            log.debug("nothing was loaded", e);
        }
    }

    /** Closes what never served. */
    static void discard(LoadedModel loaded, Throwable why) {
        try {
            loaded.close();
        } catch (RuntimeException | LinkageError e) {
            if (e != why) {
                why.addSuppressed(e);
            }
        }
    }

    @Override
    public void close() {
        loadingFirst.shutdown();
        loadingBeside.shutdown();
    }
}
