package dev.ganglion.runtime.model;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.model.ModelHost.Replaced;
import dev.ganglion.runtime.plugin.Plugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets another version, or another engine, serve in the place of what serves: load, compare, warm
 * up, ask the gates, and only then one volatile write. What fails before leaves everything as it
 * was.
 */
final class Replacements implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Replacements.class);
    private static final long LOOK_MILLIS = 100;
    private static final long POLL_NANOS = 200_000;

    private final ModelStore store;
    private final Plugins plugins;
    private final ModelLoader loader;
    private final Collection<Slot> slots;
    private final long drainLimitMillis;
    private final long memoryLimitBytes;
    private final Consumer<String> replaced;
    private final Map<String, Deployment> configured;
    private final List<ReplacementGate> gates = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService changes =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(task, "model changes");
                        thread.setDaemon(true);
                        return thread;
                    });
    private @Nullable ScheduledFuture<?> looking;
    private volatile boolean ended;

    Replacements(
            ModelStore store,
            Plugins plugins,
            ModelLoader loader,
            Collection<Slot> slots,
            Map<String, Deployment> configured,
            long drainLimitMillis,
            long memoryLimitBytes,
            Consumer<String> replaced) {
        this.store = store;
        this.plugins = plugins;
        this.loader = loader;
        this.slots = slots;
        this.configured = configured;
        this.drainLimitMillis = drainLimitMillis;
        this.memoryLimitBytes = memoryLimitBytes;
        this.replaced = replaced;
    }

    void add(ReplacementGate gate) {
        gates.add(gate);
    }

    void remove(ReplacementGate gate) {
        gates.remove(gate);
    }

    Deployment deployment(Slot slot, ModelCard card) {
        return card.deployment()
                .with(configured.getOrDefault(slot.name, Deployment.NONE))
                .with(slot.commanded);
    }

    /** Loads the first version of a slot; the caller holds its lock. */
    LoadedModel first(Slot slot, ModelId id) {
        List<String> there = versions(slot);
        ModelCard card = store.verified(id);
        refuseTooLarge(card, 0);
        LoadedModel loaded = loader.load(card, deployment(slot, card), false);
        slot.seen.addAll(there);
        slot.log.add("model " + id + " serves on engine " + loaded.engine.name());
        return loaded;
    }

    private List<String> versions(Slot slot) {
        return store.list().stream()
                .filter(id -> id.name().equals(slot.name))
                .map(ModelId::version)
                .toList();
    }

    /**
     * Lets another version serve, as the strategy says.
     *
     * @param values what the command says about the strategy, over what card and {@code etc/} say
     */
    Replaced replace(Slot slot, ModelId next, Map<String, String> values, String why) {
        if (!slot.changing.tryLock()) {
            throw busy(next);
        }
        try {
            Replaced done = replaceHere(slot, next, values, why);
            replaced.accept(slot.name);
            return done;
        } catch (RuntimeException | Error e) {
            slot.log.add("model " + next + " does not serve (" + why + "): " + e.getMessage());
            throw e;
        } finally {
            slot.changing.unlock();
        }
    }

    private static GanglionException busy(ModelId next) {
        return new GanglionException(
                Kind.RETRY,
                "model '"
                        + next.name()
                        + "' is being loaded or replaced already; wait until that has ended");
    }

    private Replaced replaceHere(Slot slot, ModelId next, Map<String, String> values, String why) {
        if (ended) {
            throw new GanglionException(
                    Kind.RETRY,
                    "model "
                            + next
                            + " is not loaded, because the runtime is ending; start it again");
        }
        refuseDuringTrial(slot, next);
        awaitDrained(slot, next);
        // What is installed from now on was not there to be chosen.
        List<String> there = versions(slot);
        ModelCard card = store.verified(next);
        Deployment deployment = deployment(slot, card);
        Strategy strategy =
                Strategy.IMMEDIATE
                        .with("the deployment of model " + next, deployment.replacement())
                        .with("the command", values);
        LoadedModel current = slot.current;
        LoadedModel loaded;
        if (strategy.drainFirst() && current != null) {
            loaded = drainedFirst(slot, current, card, deployment);
        } else {
            refuseTooLarge(card, 0);
            loaded = loader.load(card, deployment, current != null);
            accept(loaded, current);
        }
        slot.seen.add(next.version());
        slot.refused.remove(next.version());
        if (current == null || !current.id().equals(next)) {
            slot.seen.addAll(there);
        }
        return begin(slot, current, loaded, strategy, why);
    }

    /** Compares with the current version, and asks the gates. */
    private void accept(LoadedModel loaded, @Nullable LoadedModel current) {
        try {
            if (current != null) {
                loaded.refuseOtherTensors(current);
            }
            refuseTooMuch(loaded);
            for (ReplacementGate gate : gates) {
                gate.check(loaded.card.source(), loaded.model);
            }
        } catch (RuntimeException | Error e) {
            // Here and now: a third version must not be loaded beside it.
            ModelLoader.discard(loaded, e);
            throw e;
        }
    }

    private Replaced begin(
            Slot slot,
            @Nullable LoadedModel current,
            LoadedModel loaded,
            Strategy strategy,
            String why) {
        ModelId next = loaded.id();
        if (current == null || current.closed.getCount() == 0) {
            slot.current = loaded;
            String sentence = "model " + next + " serves on engine " + loaded.engine.name();
            slot.log.add(sentence + " (" + why + ")");
            return new Replaced(next, current == null ? null : current.id(), sentence);
        }
        String sentence =
                switch (strategy.way()) {
                    case IMMEDIATE -> {
                        slot.current = loaded;
                        leave(slot, current, loaded);
                        yield "model " + next + " serves instead of " + current.id();
                    }
                    case BLUE_GREEN -> {
                        slot.trial = new Trial(strategy, loaded, current, null);
                        slot.current = loaded;
                        current.serving = false;
                        yield "model "
                                + next
                                + " serves on probation, "
                                + current.id()
                                + " stands by";
                    }
                    case CANARY -> {
                        slot.trial = new Trial(strategy, loaded, current, null);
                        slot.canary = loaded;
                        yield "model "
                                + next
                                + " answers "
                                + strategy.sharePercent()
                                + " % of the messages, "
                                + current.id()
                                + " the others";
                    }
                    case SHADOW -> {
                        refuseOtherVocabulary(loaded, current);
                        Shadow shadow = new Shadow(loaded, current.outputs);
                        slot.trial = new Trial(strategy, loaded, current, shadow);
                        current.shadow = shadow;
                        yield "model "
                                + next
                                + " runs beside "
                                + current.id()
                                + ", which goes on answering";
                    }
                };
        String on =
                loaded.engine == current.engine && loaded.isolation.equals(current.isolation)
                        ? ""
                        : " on engine " + loaded.engine.name() + ", " + loaded.isolation;
        slot.log.add(sentence + on + " (" + why + ")");
        if (slot.trial != null) {
            look();
        }
        return new Replaced(next, current.id(), sentence);
    }

    private static void refuseOtherVocabulary(LoadedModel loaded, LoadedModel current) {
        String file = loaded.card.source().vocabulary();
        String mine = loaded.card.sha256().get(file);
        String theirs = current.card.sha256().get(current.card.source().vocabulary());
        if (!java.util.Objects.equals(mine, theirs)) {
            GanglionException refused =
                    new GanglionException(
                            Kind.SETUP,
                            "model "
                                    + loaded.id()
                                    + " cannot run as the shadow of "
                                    + current.id()
                                    + ": it reads another tokenizer file, so its inputs differ; use"
                                    + " canary or blue-green");
            ModelLoader.discard(loaded, refused);
            throw refused;
        }
    }

    /** The former version is closed when its last lease ends. */
    private static void leave(Slot slot, LoadedModel former, LoadedModel next) {
        noteBefore(slot, former, next);
        slot.draining = former;
        former.retire();
    }

    /** The same version on another engine is nothing to go back to. */
    private static void noteBefore(Slot slot, LoadedModel former, LoadedModel next) {
        if (!former.id().equals(next.id())) {
            slot.before = former.id();
        }
    }

    /**
     * Unloads the current version before the next one is loaded. New leases wait for the lock that
     * is held here; when the next one fails, the former is loaded again.
     */
    private LoadedModel drainedFirst(
            Slot slot, LoadedModel current, ModelCard card, Deployment deployment) {
        refuseTooLarge(card, current.bytes());
        slot.current = null;
        slot.draining = current;
        current.serving = false;
        current.makesRoom = true;
        replaced.accept(slot.name);
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(drainLimitMillis);
        while (!current.retireIdle()) {
            if (System.nanoTime() > endNanos || Thread.currentThread().isInterrupted()) {
                current.makesRoom = false;
                current.serving = true;
                slot.current = current;
                slot.draining = null;
                throw new GanglionException(
                        Kind.RETRY,
                        "model "
                                + current.id()
                                + " cannot be unloaded first: after "
                                + drainLimitMillis
                                + " ms it is still in use by "
                                + current.users()
                                + "; end those streams, or try again later");
            }
            java.util.concurrent.locks.LockSupport.parkNanos(POLL_NANOS);
        }
        try {
            current.closed.await();
            LoadedModel loaded = loader.load(card, deployment, false);
            accept(loaded, current);
            noteBefore(slot, current, loaded);
            return loaded;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GanglionException(
                    Kind.RETRY, "unloading model " + current.id() + " was interrupted", e);
        } catch (RuntimeException | Error e) {
            // Nothing serves now: the former one comes back, or the next lease says why not.
            try {
                slot.current = loader.load(store.verified(current.id()), asItWas(current), false);
            } catch (RuntimeException | Error again) {
                if (again != e) {
                    e.addSuppressed(again);
                }
            }
            throw e;
        }
    }

    private static Deployment asItWas(LoadedModel former) {
        return new Deployment(former.engine.name(), former.isolation, Map.of());
    }

    private static void refuseDuringTrial(Slot slot, ModelId next) {
        Trial trial = slot.trial;
        if (trial != null) {
            throw new GanglionException(
                    Kind.RETRY,
                    "model "
                            + next
                            + " cannot be loaded yet: "
                            + trial.next.id()
                            + " is a "
                            + trial.state()
                            + " beside "
                            + trial.base.id()
                            + ", and at most two versions are in memory; promote it or roll it"
                            + " back first");
        }
    }

    private void awaitDrained(Slot slot, ModelId next) {
        LoadedModel previous = slot.draining;
        if (previous == null) {
            return;
        }
        try {
            if (previous.closed.await(drainLimitMillis, TimeUnit.MILLISECONDS)) {
                slot.draining = null;
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
                        + previous.id()
                        + ", is still in use after "
                        + drainLimitMillis
                        + " ms by "
                        + previous.users()
                        + "; end those streams or try again later");
    }

    private void refuseTooLarge(ModelCard card, long freedBytes) {
        if (memoryLimitBytes == 0) {
            return;
        }
        long weightsBytes;
        try {
            weightsBytes = Files.size(card.source().weightsFile());
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP, "the weights of model " + card.source().id() + " are gone", e);
        }
        refuseBeyond(card.source().id(), weightsBytes, usedBytes() - freedBytes);
    }

    private void refuseTooMuch(LoadedModel loaded) {
        if (memoryLimitBytes > 0) {
            refuseBeyond(loaded.id(), loaded.bytes(), usedBytes());
        }
    }

    private void refuseBeyond(ModelId id, long needsBytes, long usedBytes) {
        if (usedBytes + needsBytes > memoryLimitBytes) {
            throw new GanglionException(
                    Kind.SETUP,
                    String.format(
                            java.util.Locale.ROOT,
                            "model %s does not fit: it takes %.1f MB, the models in memory take %.1f"
                                    + " MB, and the limit is %.1f MB; replace with drainFirst, unload"
                                    + " another, or raise ganglion.memoryLimitMegabytes",
                            id,
                            needsBytes / 1e6,
                            usedBytes / 1e6,
                            memoryLimitBytes / 1e6));
        }
    }

    private long usedBytes() {
        return slots.stream()
                .flatMap(slot -> slot.inMemory().keySet().stream())
                .mapToLong(LoadedModel::bytes)
                .sum();
    }

    /** Ends a probation; without one, a rollback goes back to the version before. */
    Replaced end(Slot slot, boolean passed, String why) {
        slot.changing.lock();
        try {
            Trial trial = slot.trial;
            if (trial == null) {
                ModelId before = slot.before;
                if (passed || before == null) {
                    throw new GanglionException(
                            Kind.RETRY,
                            "model '"
                                    + slot.name
                                    + "' has no version on probation"
                                    + (passed
                                            ? ", so there is none to promote"
                                            : " and none before the current one, so there is"
                                                    + " nothing to go back to"));
                }
                return replaceBack(slot, before, why);
            }
            return end(slot, trial, passed, why);
        } finally {
            slot.changing.unlock();
            replaced.accept(slot.name);
        }
    }

    private Replaced replaceBack(Slot slot, ModelId before, String why) {
        try {
            return replaceHere(slot, before, Map.of("strategy", "immediate"), why);
        } catch (RuntimeException | Error e) {
            slot.log.add("model " + before + " does not serve (" + why + "): " + e.getMessage());
            throw e;
        }
    }

    private Replaced end(Slot slot, Trial trial, boolean passed, String why) {
        String found = "";
        if (trial.shadow != null) {
            trial.base.shadow = null;
            trial.shadow.end();
            found = "; " + trial.shadow.found();
        }
        LoadedModel winner = passed ? trial.next : trial.base;
        LoadedModel loser = passed ? trial.base : trial.next;
        winner.serving = true;
        slot.current = winner;
        slot.canary = null;
        slot.trial = null;
        slot.draining = loser;
        if (passed) {
            noteBefore(slot, loser, winner);
        }
        loser.retire();
        String sentence =
                passed
                        ? "model " + winner.id() + " serves instead of " + loser.id()
                        : "model "
                                + winner.id()
                                + " serves, "
                                + loser.id()
                                + (trial.shadow != null
                                        ? " ran beside it and was unloaded"
                                        : " was rolled back");
        slot.log.add(sentence + ": " + why + found);
        return new Replaced(winner.id(), loser.id(), sentence);
    }

    /** Begins to watch those on probation, until none is left. */
    private synchronized void look() {
        if (looking == null) {
            looking =
                    changes.scheduleWithFixedDelay(
                            this::judge, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void judge() {
        boolean any = false;
        for (Slot slot : slots) {
            Trial trial = slot.trial;
            if (trial == null) {
                continue;
            }
            any = true;
            Trial.Verdict verdict = judge(trial);
            if (verdict != null) {
                slot.changing.lock();
                try {
                    if (slot.trial == trial) {
                        boolean shadow = trial.shadow != null;
                        // A shadow has shown what it does; that it answers is for people to say.
                        end(slot, trial, verdict.passed() && !shadow, verdict.why());
                        slot.seen.add(trial.next.id().version());
                    }
                } catch (RuntimeException | Error e) {
                    log.error("the probation of model {} could not be ended", trial.next.id(), e);
                } finally {
                    slot.changing.unlock();
                }
                replaced.accept(slot.name);
            }
        }
        synchronized (this) {
            if (!any && looking != null && slots.stream().allMatch(slot -> slot.trial == null)) {
                looking.cancel(false);
                looking = null;
            }
        }
    }

    private static Trial.@Nullable Verdict judge(Trial trial) {
        try {
            return trial.judge();
        } catch (RuntimeException | LinkageError e) {
            return new Trial.Verdict(false, "it cannot be judged (" + e + ")");
        }
    }

    /**
     * Looks, in the background, for engines that came anew and for versions that were installed.
     */
    void changed() {
        try {
            changes.execute(this::catchUp);
        } catch (RejectedExecutionException ended) {
            log.debug("the host was closed meanwhile");
        }
    }

    /** A model was unloaded, or a command has ended: what was put off meanwhile is tried again. */
    void again(String name) {
        for (Slot slot : slots) {
            if (slot.name.equals(name) && slot.putOff) {
                changed();
            }
        }
    }

    private void catchUp() {
        for (Slot slot : slots) {
            // Before the attempt: whoever ends what it meets looks at this afterwards.
            slot.putOff = true;
            LoadedModel current = slot.current;
            if (current == null || slot.trial != null) {
                continue;
            }
            boolean later = false;
            try {
                // Once the former one is unloaded, a newer version is looked for.
                later = reloaded(slot, current);
                if (!later) {
                    lookForNewer(slot, current);
                }
            } catch (GanglionException e) {
                later = e.kind() == Kind.RETRY;
                log.debug("model {} stays as it is", slot.name, e);
            } catch (RuntimeException | Error e) {
                log.debug("model {} stays as it is", slot.name, e);
            }
            slot.putOff = later;
        }
    }

    /** The same version on another engine, when its own one went or another one is wanted. */
    private boolean reloaded(Slot slot, LoadedModel current) {
        Deployment wanted = deployment(slot, current.card);
        Engine engine = loader.engine(current.card.source(), wanted);
        String isolation = wanted.isolation().isEmpty() ? Isolation.IN_PROCESS : wanted.isolation();
        boolean gone = plugins.entries().stream().noneMatch(e -> e.plugin() == current.engine);
        boolean other = !wanted.engine().isEmpty() && engine != current.engine;
        if (!gone && !other && isolation.equals(current.isolation)) {
            return false;
        }
        replaceUnchanged(
                slot,
                current,
                current.id(),
                Map.of("strategy", "immediate"),
                gone
                        ? "its engine was replaced"
                        : "its deployment asks for engine " + engine.name() + ", " + isolation);
        return true;
    }

    /** Does nothing when a command was faster: what was found is about another version then. */
    private void replaceUnchanged(
            Slot slot, LoadedModel found, ModelId next, Map<String, String> values, String why) {
        if (!slot.changing.tryLock()) {
            throw busy(next);
        }
        try {
            if (slot.current == found && slot.trial == null) {
                replace(slot, next, values, why);
            }
        } finally {
            slot.changing.unlock();
        }
    }

    private void lookForNewer(Slot slot, LoadedModel current) {
        ModelId newest = store.newest(slot.name);
        if (newest == null
                || slot.seen.contains(newest.version())
                || ModelStore.compareVersions(newest.version(), current.id().version()) <= 0) {
            return;
        }
        String files = files(newest);
        if (files.equals(slot.refused.get(newest.version()))) {
            return;
        }
        try {
            replaceUnchanged(slot, current, newest, Map.of(), "it was installed");
        } catch (GanglionException e) {
            if (e.kind() != Kind.RETRY) {
                slot.refused.put(newest.version(), files);
            }
            throw e;
        }
    }

    /** {@return what changes when somebody mends a package, or goes on copying it} */
    private String files(ModelId id) {
        Path folder = store.folder().resolve(id.name()).resolve(id.version());
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted()
                    .map(
                            file -> {
                                try {
                                    return file
                                            + " "
                                            + Files.size(file)
                                            + " "
                                            + Files.getLastModifiedTime(file);
                                } catch (IOException gone) {
                                    return file + " gone";
                                }
                            })
                    .collect(Collectors.joining("\n"));
        } catch (IOException | java.io.UncheckedIOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        ended = true;
        changes.shutdownNow();
        try {
            if (!changes.awaitTermination(5, TimeUnit.SECONDS)) {
                log.warn("a model is still being replaced after 5 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
