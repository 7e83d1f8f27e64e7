package dev.ganglion.runtime.act;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks a device to act, and only what the device declared and its owner allows: a known action, all
 * that it needs, nothing else, in range, not more often than it may be, and what else the owner's
 * file says ({@link Envelopes}). Thread-safe; the device hears one thing at a time, from whatever
 * route.
 */
public final class ActionGate implements AutoCloseable {
    /** Is told in which order decisions come as far as the device. */
    @FunctionalInterface
    public interface Witness {
        /**
         * A decision's turn has come; called by one thread at a time, return quickly.
         *
         * @param asked whether the device is asked now; it is not when it was too early or its
         *     owner's file keeps it from being asked
         */
        void judged(boolean asked);
    }

    /** The rules of a version of the owner's file, and what is shared under it. */
    private record Bound(EnvelopeFile file, EnvelopeRules rules, DeviceGuard guard) {}

    private static final Witness UNWATCHED = asked -> {};

    private final String name;
    private final Actuator actuator;
    private final Options options;
    private final List<String> optionNames;
    private final List<ActionSpec> actions;
    private final Actuator.Device device;
    private final ActionRules rules;
    private final Envelopes envelopes;
    private volatile Bound bound;
    private volatile boolean closed;

    /**
     * Opens the device, which nobody limits further than it declares.
     *
     * @param options the actuator's own
     * @param rules the actions file, or null: then a decision must have the name of an action
     * @throws GanglionException of kind SETUP when the rules ask for what the device cannot do
     */
    public ActionGate(Actuator actuator, Options options, @Nullable Path rules) {
        this(actuator, options, rules, Envelopes.none());
    }

    /**
     * Opens the device.
     *
     * @param envelopes what the owner allows, and the audit log
     * @throws GanglionException of kind SETUP when the rules, or the owner's file, ask for what the
     *     device cannot do
     */
    public ActionGate(
            Actuator actuator, Options options, @Nullable Path rules, Envelopes envelopes) {
        this.name = actuator.name();
        this.actuator = actuator;
        this.options = options;
        this.optionNames = actuator.options().stream().map(Parameter::name).toList();
        this.actions = actuator.actions(options);
        this.rules = ActionRules.of(actuator, options, rules);
        this.envelopes = envelopes;
        EnvelopeFile file = envelopes.file();
        EnvelopeRules limits = read(file);
        this.device = actuator.open(options);
        DeviceGuard guard = guard(limits);
        this.bound = new Bound(file, limits, guard);
        guard.gates.add(this);
        envelopes.add(this);
        guard.turn.lock();
        try {
            guard.follow(file, limits, envelopes.nowNanos());
        } finally {
            guard.turn.unlock();
        }
    }

    /**
     * {@return what a version of the owner's file says of this device}
     *
     * @throws GanglionException of kind SETUP when that does not fit what it can do
     */
    EnvelopeRules read(EnvelopeFile file) {
        return EnvelopeReader.read(file, name, actions, optionNames);
    }

    private DeviceGuard guard(EnvelopeRules limits) {
        StringBuilder key = new StringBuilder(name);
        List<String> target = limits.target();
        // Where the owner says nothing, only the same options are the same device for sure.
        for (String option :
                limits.file().isEmpty()
                        ? optionNames
                        : target == null ? List.<String>of() : target) {
            key.append('\n').append(option).append('=');
            key.append(options.has(option) ? options.value(option) : "");
        }
        return envelopes.guard(key.toString(), name);
    }

    /** Waits for this device's turn, under the rules that hold then; the caller ends the turn. */
    private Bound takeTurn() {
        while (true) {
            Bound now = bound;
            now.guard.turn.lock();
            EnvelopeFile file = envelopes.file();
            if (now.file == file && now == bound) {
                now.guard.follow(file, now.rules, envelopes.nowNanos());
                return now;
            }
            now.guard.turn.unlock();
            rebind(file);
        }
    }

    /** Waits for this device's turn, whatever the owner's file says by now. */
    private DeviceGuard takeAnyTurn() {
        while (true) {
            DeviceGuard guard = bound.guard;
            guard.turn.lock();
            if (guard == bound.guard) {
                return guard;
            }
            guard.turn.unlock();
        }
    }

    private synchronized void rebind(EnvelopeFile file) {
        if (bound.file != file) {
            EnvelopeRules limits = read(file);
            DeviceGuard before = bound.guard;
            DeviceGuard after = guard(limits);
            if (before != after) {
                before.gates.remove(this);
                after.gates.add(this);
            }
            bound = new Bound(file, limits, after);
        }
    }

    /**
     * Does what the rules say about a decision. A device that failed is brought into its safe
     * state.
     *
     * @param nowNanos when the message was taken up; how often an action is allowed is judged by
     *     this time, so that a recording has the same outcome whenever it is replayed
     * @return what was done or refused; null when the decision is unsure or there is no rule for it
     * @throws GanglionException of kind RETRY, SETUP or REOPEN when the device failed
     */
    public @Nullable Action perform(Decision decision, long nowNanos) {
        return perform(decision, nowNanos, UNWATCHED, Origin.UNKNOWN);
    }

    /**
     * The same, and tells a witness about each decision that comes as far as the device.
     *
     * @throws GanglionException of kind RETRY, SETUP or REOPEN when the device failed
     */
    public @Nullable Action perform(Decision decision, long nowNanos, Witness witness) {
        return perform(decision, nowNanos, witness, Origin.UNKNOWN);
    }

    /**
     * The same, and the audit log says where the decision came from.
     *
     * @param witness null when nobody watches
     * @throws GanglionException of kind RETRY, SETUP or REOPEN when the device failed
     */
    public @Nullable Action perform(
            Decision decision, long nowNanos, @Nullable Witness witness, Origin origin) {
        DeviceGuard guard = bound.guard;
        boolean broken = guard.silenceNanos > 0 && guard.heard(envelopes.nowNanos(), nowNanos);
        ActionSpec action = decision.sure() ? rules.action(decision) : null;
        if (action == null) {
            return null;
        }
        Map<String, Object> parameters;
        try {
            parameters = rules.parameters(decision);
        } catch (GanglionException e) {
            Attempt unfit = new Attempt(decision, action, Map.of(), origin);
            return refused(unfit, String.valueOf(e.getMessage()));
        }
        Attempt said = new Attempt(decision, action, parameters, origin);
        Bound now;
        try {
            now = takeTurn();
        } catch (GanglionException e) {
            return refused(said, String.valueOf(e.getMessage()));
        }
        try {
            Attempt attempt;
            try {
                attempt = meant(said);
            } catch (GanglionException e) {
                (witness == null ? UNWATCHED : witness).judged(false);
                return refused(said, String.valueOf(e.getMessage()));
            }
            if (broken && !now.guard.isSafe()) {
                makeSafe(now.guard, "no decision had come for too long", origin);
            }
            return judge(now, attempt, nowNanos, witness == null ? UNWATCHED : witness);
        } finally {
            now.guard.turn.unlock();
        }
    }

    /** The owner's rules are about things, by whatever name they go. */
    private Attempt meant(Attempt said) {
        try {
            Map<String, Object> exact = actuator.meant(options, said.name(), said.parameters());
            return new Attempt(said.decision(), said.action(), exact, said.origin());
        } catch (GanglionException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            throw new GanglionException(
                    Kind.INPUT,
                    "act:"
                            + name
                            + " cannot say what "
                            + said.name()
                            + said.parameters()
                            + " would touch ("
                            + e
                            + ")",
                    e);
        }
    }

    private Action judge(Bound now, Attempt attempt, long nowNanos, Witness witness) {
        String why = refusal(now, attempt, nowNanos);
        if (!why.isEmpty()) {
            witness.judged(false);
            return refused(attempt, why);
        }
        EnvelopeRules.Confirm confirm = now.rules.confirmation(attempt);
        if (confirm != null) {
            witness.judged(false);
            return waits(now, attempt, confirm.byPin());
        }
        return ask(now, attempt, nowNanos, witness, "performed");
    }

    /** Why an action must not be done now, whoever confirms it; empty when it may. */
    private String refusal(Bound now, Attempt attempt, long nowNanos) {
        String why = now.file.problem;
        if (why.isEmpty()) {
            why = closed ? "act:" + name + " is closed; its route stopped" : "";
        }
        if (why.isEmpty()) {
            why = envelopes.audit().problem();
        }
        if (why.isEmpty()) {
            why = now.rules.refusal(attempt);
        }
        if (why.isEmpty() && !now.rules.hours().isEmpty()) {
            why = now.rules.untimely(attempt, envelopes.timeOfDay(nowNanos));
        }
        if (why.isEmpty()) {
            why = now.guard.early(attempt, nowNanos);
        }
        return why.isEmpty() ? now.guard.interlocked(attempt) : why;
    }

    private Action waits(Bound now, Attempt attempt, boolean byPin) {
        Waiting.Entry entry =
                now.guard.waiting.add(this, attempt, now.rules, byPin, envelopes.nowNanos());
        if (entry == null) {
            return refused(
                    attempt,
                    attempt.name()
                            + " must be confirmed, and too many actions of act:"
                            + name
                            + " wait for that; see 'ganglion confirm'");
        }
        // Without the entry's name, which would not be the same in a replay.
        String why =
                attempt.name()
                        + " of act:"
                        + name
                        + " waits to be confirmed"
                        + (byPin ? " with the PIN" : "")
                        + "; see 'ganglion confirm'";
        audit(attempt, "waits for confirmation", now.guard.waiting.id(entry));
        return attempt.refused(why);
    }

    /** Asks the device; nothing stands between it and the action any more. */
    private Action ask(Bound now, Attempt attempt, long nowNanos, Witness witness, String outcome) {
        if (now.rules.dryRun()) {
            witness.judged(false);
            now.guard.asked(attempt, nowNanos);
            String why =
                    "act:" + name + " is run dry by " + now.rules.file() + ": it was not asked";
            audit(attempt, "dry-run", why);
            return attempt.refused(why);
        }
        if (now.guard.needsToBeSafe(attempt)
                && !makeSafe(
                        now.guard,
                        "nobody knows which of the states hold that must never hold together",
                        attempt.origin())) {
            witness.judged(false);
            return refused(
                    attempt,
                    "act:"
                            + name
                            + " does not do '"
                            + attempt.name()
                            + "', because nobody knows what holds and it could not be made safe;"
                            + " look after the device");
        }
        witness.judged(true);
        now.guard.asked(attempt, nowNanos);
        try {
            device.perform(attempt.name(), attempt.parameters());
        } catch (GanglionException e) {
            if (e.kind() == Kind.INPUT) {
                return refused(attempt, String.valueOf(e.getMessage()));
            }
            makeSafeAfter(now.guard, attempt, e);
            throw e;
        } catch (RuntimeException | LinkageError e) {
            makeSafeAfter(now.guard, attempt, e);
            throw new GanglionException(
                    Kind.RETRY,
                    "act:"
                            + name
                            + " failed at "
                            + attempt.name()
                            + attempt.parameters()
                            + " ("
                            + e
                            + "); look after the device",
                    e);
        }
        now.guard.done(this, attempt, nowNanos);
        audit(attempt, outcome, "");
        return attempt.refused("");
    }

    private Action refused(Attempt attempt, String why) {
        audit(attempt, "refused", why);
        return attempt.refused(why);
    }

    private void audit(Attempt attempt, String outcome, String why) {
        envelopes.audit().append(name, attempt, attempt.origin(), outcome, why);
    }

    /** Nobody knows how far a device came that failed in the middle. */
    private void makeSafeAfter(DeviceGuard guard, Attempt attempt, Throwable failure) {
        audit(attempt, "failed", String.valueOf(failure.getMessage()));
        RuntimeException second = makeSafeNow(guard, "it failed", attempt.origin());
        if (second != null) {
            failure.addSuppressed(second);
        }
    }

    private boolean makeSafe(DeviceGuard guard, String why, Origin origin) {
        return makeSafeNow(guard, why, origin) == null;
    }

    /**
     * Makes all that the routes have opened of this device safe.
     *
     * @return what failed first, or null
     */
    private @Nullable RuntimeException makeSafeNow(DeviceGuard guard, String why, Origin origin) {
        RuntimeException failure = null;
        for (ActionGate each : guard.gates) {
            try {
                each.device.makeSafe();
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            } catch (LinkageError e) {
                failure = failure == null ? new IllegalStateException(e) : failure;
            }
        }
        guard.madeSafe(failure == null);
        envelopes
                .audit()
                .append(
                        name,
                        null,
                        origin,
                        failure == null ? "made safe" : "failed",
                        failure == null ? why : why + ", and making it safe failed: " + failure);
        return failure;
    }

    /**
     * Does an action that was confirmed, if it may still be done.
     *
     * @throws GanglionException of kind RETRY, SETUP or REOPEN when the device failed
     */
    Action performConfirmed(Attempt attempt) {
        Bound now = takeTurn();
        try {
            long nowNanos = envelopes.nowNanos();
            String why = refusal(now, attempt, nowNanos);
            return why.isEmpty()
                    ? ask(now, attempt, nowNanos, UNWATCHED, "confirmed")
                    : refused(attempt, why);
        } finally {
            now.guard.turn.unlock();
        }
    }

    /**
     * Takes back what was done last; the caller has this device's turn.
     *
     * @return why not, or empty
     */
    String undo(DeviceGuard guard) {
        String why = envelopes.audit().problem();
        if (why.isEmpty() && !device.undo()) {
            why = "act:" + name + " cannot take back what it did last";
        }
        if (why.isEmpty()) {
            guard.undone();
            envelopes.audit().append(name, null, Origin.UNKNOWN, "undone", "asked by the operator");
        }
        return why;
    }

    /** Makes the device safe because nobody decides any more; the caller has its turn. */
    void makeSafeAfterSilence(DeviceGuard guard) {
        makeSafe(guard, "no decision came for too long", Origin.UNKNOWN);
    }

    /**
     * Brings the device into its safe state.
     *
     * @throws RuntimeException what the device threw, which it must not
     */
    public void makeSafe() {
        makeSafe("asked by its route");
    }

    /**
     * The same, and the audit log says why.
     *
     * @throws RuntimeException what the device threw, which it must not
     */
    public void makeSafe(String why) {
        DeviceGuard guard = takeAnyTurn();
        try {
            RuntimeException failure = makeSafeNow(guard, why, Origin.UNKNOWN);
            if (failure != null) {
                throw failure;
            }
        } finally {
            guard.turn.unlock();
        }
    }

    /** Lets go of the device, in the state that it is in. */
    @Override
    public void close() {
        DeviceGuard guard = takeAnyTurn();
        try {
            closed = true;
            envelopes.remove(this);
            guard.closed(this);
            device.close();
        } finally {
            guard.turn.unlock();
        }
    }
}
