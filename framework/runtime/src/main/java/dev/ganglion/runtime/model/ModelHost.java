package dev.ganglion.runtime.model;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.runtime.plugin.Plugins;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads models when they are first asked for, lends them out, and replaces them while they are in
 * use.
 *
 * <p>Replacing loads the next version, compares its tensors with those of the current one, warms it
 * up, and only then lets it serve, with one volatile write. Whatever fails before leaves the
 * current one serving. At most two versions of a model are in memory: a replacement waits until the
 * version before the current one has been given back by all, and names those who hold it when that
 * takes longer than the drain limit.
 *
 * <p>When an engine goes, its models serve on: dropping them would stop the routes, and calling
 * into what a bundle freed would crash the process.
 *
 * <p>Models are loaded and warmed up on a thread of their own with a large stack (ONNX Runtime
 * recurses over the graph), and closed on another, so that no message pays for it. Thread-safe.
 */
public final class ModelHost implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ModelHost.class);
    private static final long LOADING_STACK_BYTES = 8L << 20;

    /**
     * A model in memory, for people.
     *
     * @param id name and version
     * @param engine the engine that loaded it
     * @param leases how many leases are out
     * @param mappedBytes see {@link Model#mappedBytes}
     * @param allocatedBytes see {@link Model#allocatedBytes}
     */
    public record Serving(
            ModelId id, String engine, int leases, long mappedBytes, long allocatedBytes) {}

    private static final class Slot {
        final ReentrantLock changing = new ReentrantLock();
        volatile @Nullable LoadedModel current;
        volatile @Nullable LoadedModel previous;
    }

    private final ModelStore store;
    private final Plugins plugins;
    private final long drainLimitMillis;
    private final Map<String, Slot> slots = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService loading;
    private final ExecutorService reaper;
    private volatile boolean closed;

    /**
     * A host without models.
     *
     * @param drainLimitMillis how long a replacement waits for the leases of the version before the
     *     current one
     */
    public ModelHost(ModelStore store, Plugins plugins, long drainLimitMillis) {
        this.store = store;
        this.plugins = plugins;
        this.drainLimitMillis = drainLimitMillis;
        this.loading =
                Executors.newSingleThreadExecutor(
                        task -> daemon(new Thread(null, task, "models", LOADING_STACK_BYTES)));
        this.reaper =
                Executors.newSingleThreadExecutor(task -> daemon(new Thread(task, "model reaper")));
    }

    private static Thread daemon(Thread thread) {
        thread.setDaemon(true);
        return thread;
    }

    /** {@return the store that models come from} */
    public ModelStore store() {
        return store;
    }

    /** {@return the plug-ins that load and read them} */
    public Plugins plugins() {
        return plugins;
    }

    /**
     * Has the listener called with a model's name each time a newer version begins to serve.
     *
     * @return ends that
     */
    public Runnable onReplaced(Consumer<String> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /**
     * Lends the serving version; loads the newest one when none serves yet.
     *
     * @param holder who asks, for messages: the route
     * @throws GanglionException of kind SETUP when there is no such model, its files are damaged,
     *     or no engine loads it
     */
    public Lease lease(String name, String holder) {
        while (true) {
            LoadedModel current = current(name);
            if (current.acquire()) {
                return new Lease(current, holder);
            }
        }
    }

    private LoadedModel current(String name) {
        Slot slot = slots.computeIfAbsent(name, any -> new Slot());
        LoadedModel current = slot.current;
        if (current != null) {
            return current;
        }
        slot.changing.lock();
        try {
            current = slot.current;
            if (current == null) {
                refuseWhenClosed(name);
                ModelId newest = store.newest(name);
                if (newest == null) {
                    throw new GanglionException(
                            Kind.SETUP, "there is no model '" + name + "'; " + store.existing());
                }
                current = load(newest);
                slot.current = current;
            }
            return current;
        } finally {
            slot.changing.unlock();
        }
    }

    /**
     * Lets another version serve. Returns when it does; leases of the former one may still be out.
     *
     * @throws GanglionException when the current one stays: SETUP because of the next one's files,
     *     tensors or warm-up, RETRY because another replacement is under way or the version before
     *     is still in use
     */
    public void replace(ModelId next) {
        Slot slot = slots.computeIfAbsent(next.name(), any -> new Slot());
        if (!slot.changing.tryLock()) {
            throw new GanglionException(
                    Kind.RETRY,
                    "model '"
                            + next.name()
                            + "' is being loaded or replaced already; wait until that has ended");
        }
        try {
            refuseWhenClosed(next.name());
            awaitDrained(slot, next);
            LoadedModel current = slot.current;
            LoadedModel loaded = load(next);
            try {
                if (current != null) {
                    loaded.refuseOtherTensors(current);
                }
            } catch (RuntimeException | LinkageError e) {
                // Here and now: a third version must not be loaded beside it.
                discard(loaded, e);
                throw e;
            }
            slot.current = loaded;
            if (current != null) {
                slot.previous = current;
                current.retire();
                log.info("model {} serves instead of {}", next, current.card.source().id());
            }
        } finally {
            slot.changing.unlock();
        }
        listeners.forEach(listener -> listener.accept(next.name()));
    }

    private void refuseWhenClosed(String name) {
        if (closed) {
            throw new GanglionException(
                    Kind.RETRY,
                    "model '"
                            + name
                            + "' is not loaded, because the runtime is ending; start it again");
        }
    }

    private static void discard(LoadedModel loaded, Throwable why) {
        try {
            loaded.close();
        } catch (RuntimeException | LinkageError e) {
            why.addSuppressed(e);
        }
    }

    private void awaitDrained(Slot slot, ModelId next) {
        LoadedModel previous = slot.previous;
        if (previous == null) {
            return;
        }
        try {
            if (previous.closed.await(drainLimitMillis, TimeUnit.MILLISECONDS)) {
                slot.previous = null;
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new GanglionException(
                Kind.RETRY,
                "model "
                        + next
                        + " cannot be loaded yet: the version before the current one, "
                        + previous.card.source().id()
                        + ", is still in use after "
                        + drainLimitMillis
                        + " ms by "
                        + previous.holders.stream()
                                .map(Lease::holder)
                                .sorted()
                                .distinct()
                                .collect(Collectors.joining(", "))
                        + "; end those streams or try again later");
    }

    private LoadedModel load(ModelId id) {
        try {
            return loading.submit(() -> loadHere(id)).get();
        } catch (InterruptedException e) {
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

    private LoadedModel loadHere(ModelId id) {
        ModelCard card = store.verified(id);
        ModelPackage source = card.source();
        Engine engine = plugins.engineFor(source.format());
        if (engine == null) {
            throw new GanglionException(
                    Kind.SETUP,
                    "no engine loads the format '"
                            + source.format()
                            + "' of model "
                            + id
                            + "; of engines "
                            + plugins.existing(Engine.class));
        }
        Options options =
                Options.of(
                        "engine " + engine.name() + " for model " + id,
                        engine.options(),
                        source.options(),
                        source.folder());
        Model model;
        try {
            model = engine.load(source, options);
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
                new LoadedModel(card.completedBy(model), model, engine.name(), plugins, this::reap);
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

    private void reap(LoadedModel drained) {
        try {
            reaper.execute(() -> unload(drained));
        } catch (RejectedExecutionException ended) {
            // The host was closed while this lease was out.
            unload(drained);
        }
    }

    private static void unload(LoadedModel drained) {
        try {
            drained.close();
            log.info("model {} unloaded", drained.card.source().id());
        } catch (RuntimeException | LinkageError e) {
            log.warn("closing model {} failed", drained.card.source().id(), e);
        }
    }

    /** {@return the models in memory, those that are drained included} */
    public List<Serving> serving() {
        List<Serving> serving = new ArrayList<>();
        for (Slot slot : slots.values()) {
            for (LoadedModel loaded : new LoadedModel[] {slot.current, slot.previous}) {
                if (loaded != null && loaded.closed.getCount() > 0) {
                    serving.add(
                            new Serving(
                                    loaded.card.source().id(),
                                    loaded.engine,
                                    loaded.holders.size(),
                                    loaded.model.mappedBytes(),
                                    loaded.model.allocatedBytes()));
                }
            }
        }
        return serving;
    }

    /**
     * Closes each model when its last lease ends; models without leases at once. Waits for those,
     * and for a loading or replacement that is under way.
     */
    @Override
    public void close() {
        closed = true;
        for (Slot slot : slots.values()) {
            slot.changing.lock();
            try {
                LoadedModel current = slot.current;
                slot.current = null;
                if (current != null) {
                    current.retire();
                }
            } finally {
                slot.changing.unlock();
            }
        }
        loading.shutdown();
        reaper.shutdown();
        try {
            if (!reaper.awaitTermination(5, TimeUnit.SECONDS)) {
                log.warn("models are still being closed after 5 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
