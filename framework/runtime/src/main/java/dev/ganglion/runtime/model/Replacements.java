package dev.ganglion.runtime.model;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.model.ModelHost.Replaced;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets another version, or another engine, serve in the place of what serves: load, compare, warm
 * up, ask the gates, and only then one volatile write. What fails before leaves everything as it
 * was.
 */
final class Replacements {
    private static final long POLL_NANOS = 200_000;

    private final ModelStore store;
    private final ModelLoader loader;
    private final long drainLimitMillis;
    private final MemoryLimit memory;
    private final Consumer<String> replaced;
    private final Map<String, Deployment> configured;
    private final List<ReplacementGate> gates = new CopyOnWriteArrayList<>();
    private final Runnable onTrial;
    private volatile boolean ended;

    Replacements(
            ModelStore store,
            ModelLoader loader,
            Map<String, Deployment> configured,
            long drainLimitMillis,
            MemoryLimit memory,
            Consumer<String> replaced,
            Runnable onTrial) {
        this.store = store;
        this.loader = loader;
        this.configured = configured;
        this.drainLimitMillis = drainLimitMillis;
        this.memory = memory;
        this.replaced = replaced;
        this.onTrial = onTrial;
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
        memory.refuseTooLarge(card, 0);
        LoadedModel loaded = loader.load(card, deployment(slot, card), false);
        slot.seen.addAll(there);
        slot.log.add("model " + id + " serves on engine " + loaded.engine.name() + loaded.place);
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

    static GanglionException busy(ModelId next) {
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
            memory.refuseTooLarge(card, 0);
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
            memory.refuseTooMuch(loaded);
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
            String sentence =
                    "model " + next + " serves on engine " + loaded.engine.name() + loaded.place;
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
                        : " on engine "
                                + loaded.engine.name()
                                + (loaded.place.isEmpty() ? ", in-process" : loaded.place);
        slot.log.add(sentence + on + " (" + why + ")");
        if (slot.trial != null) {
            onTrial.run();
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
        memory.refuseTooLarge(card, current.bytes());
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

    /** Ends a probation; the caller holds the lock. */
    Replaced end(Slot slot, Trial trial, boolean passed, String why) {
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

    /** Nothing is replaced any more. */
    void close() {
        ended = true;
    }
}
