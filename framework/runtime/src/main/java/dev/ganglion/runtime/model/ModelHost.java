package dev.ganglion.runtime.model;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.plugin.Plugins;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads models when they are first asked for, lends them out, and replaces them while they are in
 * use.
 *
 * <p>Replacing loads the next version, compares its tensors with those of the current one, warms it
 * up, asks the {@linkplain ReplacementGate gates}, and only then lets it serve, with one volatile
 * write. Whatever fails before leaves the current one serving. How it takes over is a {@link
 * Strategy}. At most two versions of a model are in memory: a replacement waits until the version
 * before the current one has been given back by all, and names those who hold it when that takes
 * longer than the drain limit.
 *
 * <p>When an engine goes, its models serve on: dropping them would stop the routes, and calling
 * into what a bundle freed would crash the process. When it comes back, or another one that loads
 * the format, they are loaded anew by that one. A newer version that is installed takes over by
 * itself.
 *
 * <p>Models are loaded and warmed up on a thread of their own, and closed on another, so that no
 * message pays for it. Thread-safe.
 */
public final class ModelHost implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ModelHost.class);

    /**
     * A model in memory, for people.
     *
     * @param id name and version
     * @param state {@code serving}, {@code probation}, {@code canary}, {@code shadow}, {@code
     *     standby} or {@code draining}
     * @param engine the engine that loaded it
     * @param isolation where it runs
     * @param leases how many leases are out
     * @param mappedBytes see {@link Model#mappedBytes}
     * @param allocatedBytes see {@link Model#allocatedBytes}
     * @param sinceMillis when it was loaded, in milliseconds since 1970
     */
    public record Serving(
            ModelId id,
            String state,
            String engine,
            String isolation,
            int leases,
            long mappedBytes,
            long allocatedBytes,
            long sinceMillis) {}

    /**
     * What a replacement did.
     *
     * @param model what answers, or will once its probation has passed
     * @param instead the other version; null when there was none
     * @param sentence the same for people
     */
    public record Replaced(ModelId model, @Nullable ModelId instead, String sentence) {}

    /**
     * Something that was decided about a model.
     *
     * @param atMillis when, in milliseconds since 1970
     * @param sentence what and why
     */
    public record Decided(long atMillis, String sentence) {}

    private final ModelStore store;
    private final Plugins plugins;
    private final Map<String, Slot> slots = new ConcurrentHashMap<>();
    private final Map<String, Deployment> configured = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final ModelLoader loader;
    private final Replacements replacements;
    private final ModelWatch watch;
    private final ExecutorService reaper;
    private volatile boolean closed;

    /** A host without models and without a limit of memory. */
    public ModelHost(ModelStore store, Plugins plugins, long drainLimitMillis) {
        this(store, plugins, drainLimitMillis, 0);
    }

    /**
     * A host without models.
     *
     * @param drainLimitMillis how long a replacement waits for the leases of the version before the
     *     current one
     * @param memoryLimitMegabytes how much all models together may take; 0 for no limit
     */
    public ModelHost(
            ModelStore store, Plugins plugins, long drainLimitMillis, int memoryLimitMegabytes) {
        this.store = store;
        this.plugins = plugins;
        this.loader = new ModelLoader(plugins, this::reap);
        Consumer<String> replaced = name -> listeners.forEach(each -> each.accept(name));
        this.replacements =
                new Replacements(
                        store,
                        loader,
                        configured,
                        drainLimitMillis,
                        new MemoryLimit(memoryLimitMegabytes * 1_000_000L, slots.values()),
                        replaced,
                        this::watchTrials);
        this.watch = new ModelWatch(store, plugins, loader, slots.values(), replacements, replaced);
        this.reaper =
                Executors.newSingleThreadExecutor(
                        task -> {
                            Thread thread = new Thread(task, "model reaper");
                            thread.setDaemon(true);
                            return thread;
                        });
        plugins.onChange(watch::changed);
    }

    private void watchTrials() {
        watch.look();
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
     * Has the listener called with a model's name each time other versions begin to serve.
     *
     * @return ends that
     */
    public Runnable onReplaced(Consumer<String> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Models can be run there, from now on. */
    public void add(Isolation isolation) {
        loader.add(isolation);
        lookAgain();
    }

    /** No model is loaded there any more. */
    public void remove(Isolation isolation) {
        loader.remove(isolation);
    }

    /** Asks the gate before each replacement. */
    public void add(ReplacementGate gate) {
        replacements.add(gate);
    }

    /** Asks it no more. */
    public void remove(ReplacementGate gate) {
        replacements.remove(gate);
    }

    /**
     * Says how a model is run on this device, over what its card says; takes effect at once, in the
     * background.
     */
    public void configure(String name, Deployment deployment) {
        Strategy.IMMEDIATE.with("the configuration of model " + name, deployment.replacement());
        configured.put(name, deployment);
        lookAgain();
    }

    /**
     * Looks, in the background, for newer versions in the store and for engines that changed.
     *
     * @return is done when it has looked, and replaced what was found
     */
    public Future<?> lookAgain() {
        return watch.changed();
    }

    /**
     * Lends a serving version; loads the newest one when none serves yet.
     *
     * @param holder who asks, for messages: the route
     * @throws GanglionException of kind SETUP when there is no such model, its files are damaged,
     *     or no engine loads it
     */
    public Lease lease(String name, String holder) {
        Slot slot = slot(name);
        while (true) {
            LoadedModel picked = slot.pick();
            if (picked == null) {
                picked = first(slot);
            }
            if (picked.acquire()) {
                return new Lease(picked, holder);
            }
        }
    }

    /** {@return whether each message has to ask which version is its own: a canary is under way} */
    public BooleanSupplier splitting(String name) {
        Slot slot = slot(name);
        return () -> slot.canary != null;
    }

    private Slot slot(String name) {
        return slots.computeIfAbsent(name, Slot::new);
    }

    private LoadedModel first(Slot slot) {
        slot.changing.lock();
        try {
            LoadedModel current = slot.current;
            if (current == null) {
                refuseWhenClosed(slot.name);
                ModelId newest = store.newest(slot.name);
                if (newest == null) {
                    throw new GanglionException(
                            Kind.SETUP,
                            "there is no model '" + slot.name + "'; " + store.existing());
                }
                current = replacements.first(slot, newest);
                slot.current = current;
            }
            return current;
        } finally {
            slot.changing.unlock();
            watch.again(slot.name);
        }
    }

    /** Lets another version serve as card and configuration say, by default at once. */
    public Replaced replace(ModelId next) {
        return replace(next, Map.of());
    }

    /**
     * Lets another version serve. Returns when it does, or is on probation; leases of the former
     * one may still be out.
     *
     * @param strategy the keys of {@link Strategy#with}, over those of card and configuration
     * @throws GanglionException when the current one stays: SETUP because of the next one's files,
     *     tensors, warm-up, memory or a gate, RETRY because another replacement is under way or the
     *     version before is still in use
     */
    public Replaced replace(ModelId next, Map<String, String> strategy) {
        refuseWhenClosed(next.name());
        try {
            return replacements.replace(slot(next.name()), next, strategy, "by command");
        } finally {
            watch.again(next.name());
        }
    }

    /**
     * Goes back to the version before, or ends a probation by rolling it back.
     *
     * @throws GanglionException of kind RETRY when there is nothing to go back to
     */
    public Replaced rollback(String name) {
        return ended(name, false, "rolled back by command");
    }

    /**
     * Ends a probation by accepting the version.
     *
     * @throws GanglionException of kind RETRY when none is under way
     */
    public Replaced promote(String name) {
        return ended(name, true, "promoted by command");
    }

    private Replaced ended(String name, boolean passed, String why) {
        try {
            return replacements.end(slot(name), passed, why);
        } finally {
            watch.again(name);
        }
    }

    /**
     * Serves the same version with another engine.
     *
     * @throws GanglionException as {@link #replace}
     */
    public Replaced engine(String name, String engine) {
        Slot slot = slot(name);
        Deployment before = slot.commanded;
        LoadedModel current = slot.current;
        ModelId id = current == null ? store.newest(name) : current.id();
        if (id == null) {
            throw new GanglionException(
                    Kind.SETUP, "there is no model '" + name + "'; " + store.existing());
        }
        slot.commanded = new Deployment(engine, "", Map.of());
        try {
            return replacements.replace(
                    slot,
                    id,
                    Map.of("strategy", "immediate"),
                    "engine " + engine + " was asked for by command");
        } catch (RuntimeException | Error e) {
            slot.commanded = before;
            throw e;
        } finally {
            watch.again(name);
        }
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

    private void reap(LoadedModel drained) {
        try {
            reaper.execute(() -> unload(drained));
        } catch (RejectedExecutionException ended) {
            // The host was closed while this lease was out.
            unload(drained);
        }
    }

    private void unload(LoadedModel drained) {
        try {
            drained.close();
            log.info("model {} unloaded", drained.id());
        } catch (RuntimeException | LinkageError e) {
            log.warn("closing model {} failed", drained.id(), e);
        }
        if (!drained.makesRoom) {
            watch.again(drained.id().name());
        }
    }

    /** {@return the models in memory, those that are drained included} */
    public List<Serving> serving() {
        List<Serving> serving = new ArrayList<>();
        for (Slot slot : slots.values()) {
            slot.inMemory()
                    .forEach(
                            (loaded, state) ->
                                    serving.add(
                                            new Serving(
                                                    loaded.id(),
                                                    state,
                                                    loaded.engine.name(),
                                                    loaded.isolation,
                                                    loaded.holders.size(),
                                                    loaded.mappedBytes(),
                                                    loaded.allocatedBytes(),
                                                    loaded.sinceMillis)));
        }
        return serving;
    }

    /**
     * {@return the card of the version that serves, or of the newest one when none does yet; null
     * when there is no such model} Loads nothing.
     *
     * @throws GanglionException of kind SETUP when the card says something that cannot be
     */
    public @Nullable ModelCard card(String name) {
        Slot slot = slots.get(name);
        LoadedModel serving = slot == null ? null : slot.current;
        if (serving != null) {
            return serving.card;
        }
        ModelId newest = store.newest(name);
        return newest == null ? null : store.card(newest);
    }

    /** {@return whether the serving version has read its vocabulary with this tokenizer} */
    public boolean reads(String name, String tokenizer) {
        Slot slot = slots.get(name);
        LoadedModel current = slot == null ? null : slot.current;
        return current != null && current.reads(tokenizer);
    }

    /** {@return who uses the versions of a model, in any state} */
    public List<Lease> leases(String name) {
        Slot slot = slots.get(name);
        return slot == null
                ? List.of()
                : slot.inMemory().keySet().stream()
                        .flatMap(loaded -> loaded.holders.stream())
                        .toList();
    }

    /** {@return what was decided about a model, the oldest first} */
    public List<Decided> decided(String name) {
        Slot slot = slots.get(name);
        return slot == null ? List.of() : slot.log.list();
    }

    /**
     * Closes each model when its last lease ends; models without leases at once. Waits for those,
     * and for a loading or replacement that is under way.
     */
    @Override
    public void close() {
        closed = true;
        replacements.close();
        watch.close();
        for (Slot slot : slots.values()) {
            slot.changing.lock();
            try {
                close(slot);
            } finally {
                slot.changing.unlock();
            }
        }
        loader.close();
        reaper.shutdown();
        try {
            if (!reaper.awaitTermination(5, TimeUnit.SECONDS)) {
                log.warn("models are still being closed after 5 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(Slot slot) {
        Trial trial = slot.trial;
        LoadedModel current = slot.current;
        slot.trial = null;
        slot.canary = null;
        slot.current = null;
        if (trial != null) {
            Shadow shadow = trial.shadow;
            if (shadow != null) {
                trial.base.shadow = null;
                shadow.end();
            }
            trial.next.retire();
            trial.base.retire();
        } else if (current != null) {
            current.retire();
        }
    }
}
