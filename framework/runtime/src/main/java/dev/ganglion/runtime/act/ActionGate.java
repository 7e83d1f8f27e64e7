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
import java.util.Set;
import java.util.stream.Collectors;
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

    private static final Witness UNWATCHED = asked -> {};

    private final String name;
    private final Actuator actuator;
    private final Options options;
    private final Set<String> facts;
    private final ActionRules rules;
    private final Envelopes envelopes;
    private final Actuator.Device device;
    private final Binding binding;
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
        List<Parameter> known = actuator.facts(options);
        this.facts = known.stream().map(Parameter::name).collect(Collectors.toUnmodifiableSet());
        this.rules = ActionRules.of(actuator, options, rules);
        this.envelopes = envelopes;
        this.binding = new Binding(actuator, options, known, envelopes);
        this.device = actuator.open(options);
        binding.share(this);
        envelopes.add(this);
        binding.follow();
    }

    Binding binding() {
        return binding;
    }

    String actuator() {
        return name;
    }

    Actuator.Device device() {
        return device;
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
        DeviceGuard guard = binding.now().guard();
        boolean broken = guard.silenceNanos > 0 && guard.heard(envelopes.nowNanos(), nowNanos);
        ActionSpec action = decision.sure() ? rules.action(decision) : null;
        if (action == null) {
            return null;
        }
        Map<String, Object> parameters;
        try {
            parameters = rules.parameters(decision);
        } catch (GanglionException e) {
            Attempt unfit = new Attempt(decision, action, Map.of(), List.of(), facts, origin);
            return refused(unfit, String.valueOf(e.getMessage()));
        }
        Attempt said = new Attempt(decision, action, parameters, List.of(), facts, origin);
        Binding.Bound now = binding.takeTurn();
        try {
            Attempt attempt;
            try {
                attempt = touching(said);
            } catch (GanglionException e) {
                (witness == null ? UNWATCHED : witness).judged(false);
                return refused(said, String.valueOf(e.getMessage()));
            }
            if (broken && !now.guard().isSafe()) {
                makeSafe(now, "no decision had come for too long", origin);
            }
            return judge(now, attempt, nowNanos, witness == null ? UNWATCHED : witness);
        } finally {
            now.guard().turn.unlock();
        }
    }

    /** The owner's rules are about things, by whatever name they go. */
    private Attempt touching(Attempt said) {
        String failure;
        Throwable cause = null;
        try {
            List<Map<String, Object>> touched =
                    actuator.touches(options, said.name(), said.parameters());
            if (!touched.isEmpty()) {
                return new Attempt(
                        said.decision(),
                        said.action(),
                        said.parameters(),
                        touched,
                        facts,
                        said.origin());
            }
            failure = "nothing";
        } catch (GanglionException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            failure = e.toString();
            cause = e;
        }
        throw new GanglionException(
                Kind.INPUT,
                "act:"
                        + name
                        + " cannot say what "
                        + said.name()
                        + said.parameters()
                        + " would touch ("
                        + failure
                        + ")",
                cause);
    }

    private Action judge(Binding.Bound now, Attempt attempt, long nowNanos, Witness witness) {
        String why = refusal(now, attempt, nowNanos);
        if (!why.isEmpty()) {
            witness.judged(false);
            return refused(attempt, why);
        }
        EnvelopeRules.Confirm confirm = now.rules().confirmation(attempt);
        if (confirm != null) {
            witness.judged(false);
            return waits(now, attempt, confirm.byPin());
        }
        return ask(now, attempt, nowNanos, witness, "performed");
    }

    /** Why an action must not be done now, whoever confirms it; empty when it may. */
    private String refusal(Binding.Bound now, Attempt attempt, long nowNanos) {
        String why = now.file().problem;
        if (why.isEmpty()) {
            why = now.misfit();
        }
        if (why.isEmpty()) {
            why = closed ? "act:" + name + " is closed; its route stopped" : "";
        }
        if (why.isEmpty()) {
            why = envelopes.audit().problem();
        }
        if (why.isEmpty()) {
            why = now.rules().refusal(attempt);
        }
        if (why.isEmpty() && !now.rules().hours().isEmpty()) {
            why = now.rules().untimely(attempt, envelopes.timeOfDay(nowNanos));
        }
        if (why.isEmpty()) {
            why = now.guard().rates.early(attempt, nowNanos);
        }
        if (why.isEmpty() && !(actuator instanceof Rehearsal)) {
            long clockNanos = envelopes.nowNanos();
            why =
                    now.rules().hours().isEmpty()
                            ? ""
                            : now.rules().untimely(attempt, envelopes.timeOfDay(clockNanos));
            why = why.isEmpty() ? now.guard().clockRates.early(attempt, clockNanos) : why;
        }
        return why.isEmpty() ? now.guard().interlocks.refusal(name, attempt) : why;
    }

    private Action waits(Binding.Bound now, Attempt attempt, boolean byPin) {
        Confirmations.Entry entry =
                envelopes
                        .confirmations()
                        .add(now.guard(), this, attempt, now.rules(), byPin, envelopes.nowNanos());
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
        audit(attempt, "waits for confirmation", entry.id());
        return attempt.refused(why);
    }

    /** Asks the device; nothing stands between it and the action any more. */
    private Action ask(
            Binding.Bound now, Attempt attempt, long nowNanos, Witness witness, String outcome) {
        if (now.rules().dryRun()) {
            return rehearse(now, attempt, nowNanos, witness);
        }
        if (now.guard().interlocks.needsToBeSafe(attempt)
                && !makeSafe(
                        now,
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
        long line = envelopes.audit().asks(name, attempt);
        if (line < 0) {
            witness.judged(false);
            return refused(attempt, envelopes.audit().problem());
        }
        witness.judged(true);
        long askedNanos = envelopes.nowNanos();
        now.guard().asked(attempt, nowNanos, askedNanos);
        try {
            device.perform(attempt.name(), attempt.parameters());
        } catch (GanglionException e) {
            if (e.kind() == Kind.INPUT) {
                String why = String.valueOf(e.getMessage());
                envelopes.audit().answers(line, name, attempt, "refused", why);
                return attempt.refused(why);
            }
            makeSafeAfter(now, attempt, line, e);
            throw e;
        } catch (RuntimeException | LinkageError e) {
            makeSafeAfter(now, attempt, line, e);
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
        } catch (Error e) {
            makeSafeAfter(now, attempt, line, e);
            throw e;
        }
        now.guard().done(this, attempt, nowNanos, askedNanos);
        envelopes.audit().answers(line, name, attempt, outcome, "");
        return attempt.refused("");
    }

    /** Nothing is asked, but what would be done counts for what comes after it. */
    private Action rehearse(Binding.Bound now, Attempt attempt, long nowNanos, Witness witness) {
        witness.judged(false);
        now.guard().rehearsed(attempt, nowNanos);
        String why = "act:" + name + " is run dry by " + now.rules().file() + ": it was not asked";
        audit(attempt, "dry-run", why);
        return attempt.refused(why);
    }

    private Action refused(Attempt attempt, String why) {
        audit(attempt, "refused", why);
        return attempt.refused(why);
    }

    private void audit(Attempt attempt, String outcome, String why) {
        envelopes.audit().append(name, attempt, attempt.origin(), outcome, why);
    }

    /** Nobody knows how far a device came that failed in the middle. */
    private void makeSafeAfter(Binding.Bound now, Attempt attempt, long line, Throwable failure) {
        now.guard().interlocks.failed(attempt);
        envelopes
                .audit()
                .answers(line, name, attempt, "failed", String.valueOf(failure.getMessage()));
        RuntimeException second =
                SafeState.make(now.guard(), this, envelopes.audit(), "it failed", attempt.origin());
        if (second != null) {
            failure.addSuppressed(second);
        }
    }

    private boolean makeSafe(Binding.Bound now, String why, Origin origin) {
        return SafeState.make(now.guard(), null, envelopes.audit(), why, origin) == null;
    }

    /**
     * Does an action that was confirmed, if it may still be done.
     *
     * @param under the rules by which it had to be confirmed
     * @throws GanglionException of kind RETRY, SETUP or REOPEN when the device failed
     */
    Action performConfirmed(Attempt attempt, EnvelopeRules under) {
        Binding.Bound now = binding.takeTurn();
        try {
            long nowNanos = envelopes.nowNanos();
            String why =
                    now.rules() == under
                            ? refusal(now, attempt, nowNanos)
                            : "the owner's rules are others since "
                                    + attempt.name()
                                    + " was asked for; ask for it again";
            return why.isEmpty()
                    ? ask(now, attempt, nowNanos, UNWATCHED, "confirmed")
                    : refused(attempt, why);
        } finally {
            now.guard().turn.unlock();
        }
    }

    /**
     * Takes back what was done last; the caller has this device's turn.
     *
     * @return why not, or empty
     */
    String undo(DeviceGuard guard) {
        Binding.Bound now = binding.now();
        String why = now.file().problem.isEmpty() ? now.misfit() : now.file().problem;
        if (why.isEmpty()) {
            why = envelopes.audit().problem();
        }
        if (why.isEmpty() && !device.undo()) {
            why = "act:" + name + " cannot take back what it did last";
        }
        if (why.isEmpty()) {
            guard.undone();
            envelopes.audit().append(name, null, Origin.UNKNOWN, "undone", "asked by the operator");
        }
        return why;
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
     * The same, and the audit log says why. A device that stays busy for too long is made safe all
     * the same, at the same time.
     *
     * @throws RuntimeException what the device threw, which it must not
     */
    public void makeSafe(String why) {
        DeviceGuard guard = binding.now().guard();
        RuntimeException failure;
        if (guard.takeTurn(envelopes.patienceMillis())) {
            try {
                failure = SafeState.make(guard, this, envelopes.audit(), why, Origin.UNKNOWN);
            } finally {
                guard.turn.unlock();
            }
        } else {
            failure = SafeState.makeBusy(this, envelopes.audit(), why);
        }
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * Lets go of the device, in the state that it is in; of one that stays busy for too long all
     * the same.
     */
    @Override
    public void close() {
        closed = true;
        binding.close();
        envelopes.remove(this);
        DeviceGuard guard = binding.now().guard();
        boolean turn = guard.takeTurn(envelopes.patienceMillis());
        try {
            binding.now().guard().closed(this);
            device.close();
        } finally {
            if (turn) {
                guard.turn.unlock();
            }
        }
    }
}
