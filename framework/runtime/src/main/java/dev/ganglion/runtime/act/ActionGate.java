package dev.ganglion.runtime.act;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Asks a device to act, and only what the device declared: a known action, all that it needs,
 * nothing else, in range, and not more often than it allows. Thread-safe; the device hears one
 * thing at a time.
 */
public final class ActionGate implements AutoCloseable {
    /** Is told in which order decisions come as far as the device. */
    @FunctionalInterface
    public interface Witness {
        /**
         * A decision's turn has come; called by one thread at a time, return quickly.
         *
         * @param asked whether the device is asked now; it is not when it was too early
         */
        void judged(boolean asked);
    }

    private static final Witness UNWATCHED = asked -> {};

    private final String name;
    private final Actuator.Device device;
    private final ActionRules rules;
    private final ReentrantLock turn = new ReentrantLock();
    private final Map<String, Long> lastNanos = new HashMap<>();

    /**
     * Opens the device.
     *
     * @param options the actuator's own
     * @param rules the actions file, or null: then a decision must have the name of an action
     * @throws GanglionException of kind SETUP when the rules ask for what the device cannot do
     */
    public ActionGate(Actuator actuator, Options options, @Nullable Path rules) {
        this.name = actuator.name();
        this.rules = ActionRules.of(actuator, options, rules);
        this.device = actuator.open(options);
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
        return perform(decision, nowNanos, UNWATCHED);
    }

    /**
     * The same, and tells a witness about each decision that comes as far as the device.
     *
     * @throws GanglionException of kind RETRY, SETUP or REOPEN when the device failed
     */
    public @Nullable Action perform(Decision decision, long nowNanos, Witness witness) {
        ActionSpec action = decision.sure() ? rules.action(decision) : null;
        if (action == null) {
            return null;
        }
        Map<String, Object> parameters;
        try {
            parameters = rules.parameters(decision);
        } catch (GanglionException e) {
            return new Action(action.name(), Map.of(), String.valueOf(e.getMessage()));
        }
        turn.lock();
        try {
            String early = early(action, nowNanos);
            witness.judged(early.isEmpty());
            if (!early.isEmpty()) {
                return new Action(action.name(), parameters, early);
            }
            device.perform(action.name(), parameters);
            lastNanos.put(action.name(), nowNanos);
            return new Action(action.name(), parameters, "");
        } catch (GanglionException e) {
            if (e.kind() == Kind.INPUT) {
                return new Action(action.name(), parameters, String.valueOf(e.getMessage()));
            }
            makeSafeAfter(e);
            throw e;
        } catch (RuntimeException | LinkageError e) {
            makeSafeAfter(e);
            throw new GanglionException(
                    Kind.RETRY,
                    "act:"
                            + name
                            + " failed at "
                            + action.name()
                            + parameters
                            + " ("
                            + e
                            + "); look after the device",
                    e);
        } finally {
            turn.unlock();
        }
    }

    /** Nobody knows how far a device came that failed in the middle. */
    private void makeSafeAfter(Throwable failure) {
        try {
            device.makeSafe();
        } catch (RuntimeException | LinkageError e) {
            failure.addSuppressed(e);
        }
    }

    private String early(ActionSpec action, long nowNanos) {
        Long last = lastNanos.get(action.name());
        if (last == null || action.minimumIntervalMillis() == 0) {
            return "";
        }
        long sinceMillis = (nowNanos - last) / 1_000_000;
        return sinceMillis >= action.minimumIntervalMillis()
                ? ""
                : "act:"
                        + name
                        + " takes '"
                        + action.name()
                        + "' every "
                        + action.minimumIntervalMillis()
                        + " ms at most, and the last one was "
                        + sinceMillis
                        + " ms ago";
    }

    /** Brings the device into its safe state. */
    public void makeSafe() {
        turn.lock();
        try {
            device.makeSafe();
        } finally {
            turn.unlock();
        }
    }

    /** Lets go of the device. */
    @Override
    public void close() {
        turn.lock();
        try {
            device.close();
        } finally {
            turn.unlock();
        }
    }
}
