package dev.ganglion.runtime.act;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.runtime.act.EnvelopeRules.Never;
import dev.ganglion.runtime.act.EnvelopeRules.Rate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What all routes to one device share: whose turn it is, how often which action was done, which
 * states hold that must not hold together, who acted last. All of it belongs to who holds {@link
 * #turn}, but for what is volatile.
 */
final class DeviceGuard {
    final String actuator;
    final ReentrantLock turn = new ReentrantLock();
    final List<ActionGate> gates = new CopyOnWriteArrayList<>();
    final Waiting waiting;

    /** How long no decision may be heard before the device is made safe; 0 for ever. */
    volatile long silenceNanos;

    volatile long heardNanos;
    private volatile long takenNanos;
    private volatile boolean taken;

    /** Nothing was done since the device was made safe, or since it was opened. */
    private boolean safe;

    private @Nullable ActionGate lastActed;
    private final Map<String, Long> lastNanos = new HashMap<>();

    private @Nullable EnvelopeFile file;
    private List<Rate> rates = List.of();
    private long[][] times = {};
    private long[] counts = {};
    private List<Never> never = List.of();
    private boolean[] known = {};
    private boolean[][] holds = {{}, {}};
    private boolean[][] heldBefore = {{}, {}};

    DeviceGuard(String actuator) {
        this.actuator = actuator;
        this.waiting = new Waiting(actuator);
    }

    /** Takes rules over; what is known of those that stay as they are stays known. */
    void follow(EnvelopeFile newFile, EnvelopeRules rules, long nowNanos) {
        if (file == newFile) {
            return;
        }
        file = newFile;
        List<Rate> newRates = rules.rates();
        long[][] newTimes = new long[newRates.size()][];
        long[] newCounts = new long[newRates.size()];
        for (int i = 0; i < newTimes.length; i++) {
            int former = rates.indexOf(newRates.get(i));
            newTimes[i] = former < 0 ? new long[newRates.get(i).count()] : times[former];
            newCounts[i] = former < 0 ? 0 : counts[former];
        }
        rates = newRates;
        times = newTimes;
        counts = newCounts;
        int pairs = rules.never().size();
        boolean[] newKnown = new boolean[pairs];
        boolean[][] newHolds = new boolean[2][pairs];
        for (int i = 0; i < pairs; i++) {
            int former = never.indexOf(rules.never().get(i));
            newKnown[i] = former >= 0 && known[former];
            newHolds[0][i] = newKnown[i] && holds[0][former];
            newHolds[1][i] = newKnown[i] && holds[1][former];
        }
        never = rules.never();
        known = newKnown;
        holds = newHolds;
        heldBefore = new boolean[2][pairs];
        heardNanos = nowNanos;
        silenceNanos = rules.silenceNanos();
        // What it would take back may be what the new rules forbid.
        lastActed = null;
        waiting.clear();
    }

    /** {@return why an action comes too early, or empty} */
    String early(Attempt attempt, long nowNanos) {
        ActionSpec action = attempt.action();
        Long last = lastNanos.get(action.name());
        if (last != null && action.minimumIntervalMillis() > 0) {
            long sinceMillis = (nowNanos - last) / 1_000_000;
            if (sinceMillis < action.minimumIntervalMillis()) {
                return "act:"
                        + actuator
                        + " takes '"
                        + action.name()
                        + "' every "
                        + action.minimumIntervalMillis()
                        + " ms at most, and the last one was "
                        + sinceMillis
                        + " ms ago";
            }
        }
        for (int i = 0; i < times.length; i++) {
            Rate rate = rates.get(i);
            if (rate.of().possibly(attempt) && counts[i] >= rate.count()) {
                long since = nowNanos - times[i][(int) (counts[i] % rate.count())];
                if (since < rate.windowNanos()) {
                    return "act:"
                            + actuator
                            + " takes "
                            + rate.of()
                            + " "
                            + rate.count()
                            + " times within "
                            + rate.windowNanos() / 1_000_000
                            + " ms at most, and that many were within the last "
                            + since / 1_000_000
                            + " ms";
                }
            }
        }
        return "";
    }

    /** {@return why an action would make two states hold that must not hold together, or empty} */
    String interlocked(Attempt attempt) {
        for (int i = 0; i < known.length; i++) {
            Never pair = never.get(i);
            boolean first = pair.first().begunBy(attempt);
            boolean second = pair.second().begunBy(attempt);
            if (first && second
                    || known[i]
                            && (first && holds[1][i] && !pair.second().endedBy(attempt)
                                    || second && holds[0][i] && !pair.first().endedBy(attempt))) {
                return "act:"
                        + actuator
                        + " does not do '"
                        + attempt.name()
                        + "', because "
                        + pair.first().begins()
                        + " and "
                        + pair.second().begins()
                        + " must never hold together"
                        + (first && second
                                ? " and it may begin both"
                                : "; end the other one first");
            }
        }
        return "";
    }

    /** Whether an action begins a state of which nobody knows whether the other one holds. */
    boolean needsToBeSafe(Attempt attempt) {
        for (int i = 0; i < known.length; i++) {
            if (!known[i]
                    && (never.get(i).first().begunBy(attempt)
                            || never.get(i).second().begunBy(attempt))) {
                return true;
            }
        }
        return false;
    }

    /** The device is about to be asked. */
    void asked(Attempt attempt, long nowNanos) {
        for (int i = 0; i < times.length; i++) {
            if (rates.get(i).of().possibly(attempt)) {
                times[i][(int) (counts[i] % rates.get(i).count())] = nowNanos;
                counts[i]++;
            }
        }
    }

    /** The device did it. */
    void done(ActionGate by, Attempt attempt, long nowNanos) {
        lastNanos.put(attempt.name(), nowNanos);
        for (int i = 0; i < known.length; i++) {
            Never pair = never.get(i);
            heldBefore[0][i] = holds[0][i];
            heldBefore[1][i] = holds[1][i];
            holds[0][i] =
                    pair.first().begunBy(attempt) || holds[0][i] && !pair.first().endedBy(attempt);
            holds[1][i] =
                    pair.second().begunBy(attempt)
                            || holds[1][i] && !pair.second().endedBy(attempt);
        }
        lastActed = by;
        safe = false;
    }

    /** {@return who did what was done last and can be taken back; null when there is none} */
    @Nullable ActionGate lastActed() {
        return lastActed;
    }

    /** What was done last was taken back. */
    void undone() {
        lastActed = null;
        for (int i = 0; i < known.length; i++) {
            holds[0][i] = heldBefore[0][i];
            holds[1][i] = heldBefore[1][i];
        }
    }

    /** The device was asked to become safe; nobody can take back what was done before. */
    void madeSafe(boolean success) {
        lastActed = null;
        safe = success;
        Arrays.fill(known, success);
        Arrays.fill(holds[0], false);
        Arrays.fill(holds[1], false);
    }

    boolean isSafe() {
        return safe;
    }

    /**
     * A decision came, whatever becomes of it: somebody is still there. Needs no turn.
     *
     * @param nowNanos the time of the clock
     * @param messageNanos when its message was taken up
     * @return whether none had come for too long before it
     */
    boolean heard(long nowNanos, long messageNanos) {
        boolean silent = taken && messageNanos - takenNanos >= silenceNanos;
        heardNanos = nowNanos;
        takenNanos = messageNanos;
        taken = true;
        return silent;
    }

    /** A route let go of the device: what it did, nobody can take back. */
    void closed(ActionGate gate) {
        gates.remove(gate);
        waiting.forget(gate);
        if (lastActed == gate) {
            lastActed = null;
        }
    }
}
