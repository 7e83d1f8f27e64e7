package dev.ganglion.runtime.act;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What all routes to one device share: whose turn it is, how often which action was done, which
 * states hold that must not hold together, who acted last. All of it belongs to who holds {@link
 * #turn}, but for what is volatile.
 */
final class DeviceGuard {
    private static final int CLOCK_PERCENT = 90;

    final String actuator;
    final ReentrantLock turn = new ReentrantLock();
    final List<ActionGate> gates = new CopyOnWriteArrayList<>();

    /** By when messages were taken up. */
    final Rates rates;

    /** By the clock, so that messages that were held back do not come all at once. */
    final Rates clockRates;

    final Interlocks interlocks = new Interlocks();

    /** Whether somebody is making it safe because of a silence. */
    final AtomicBoolean silenced = new AtomicBoolean();

    /** How long no decision may be heard before the device is made safe; 0 for ever. */
    volatile long silenceNanos;

    volatile long heardNanos;
    private volatile long takenNanos;
    private volatile boolean taken;

    /** Nothing was done since the device was made safe. */
    private boolean safe;

    /** Something was asked of the device since it was opened or made safe. */
    private boolean acted;

    private boolean dry;
    private @Nullable ActionGate lastActed;

    /** Why there is nothing to take back. */
    private String nothing = "";

    private @Nullable EnvelopeFile file;

    DeviceGuard(String actuator) {
        this.actuator = actuator;
        this.rates = new Rates(actuator, 100);
        this.clockRates = new Rates(actuator, CLOCK_PERCENT);
    }

    /** Whether nothing of the past can keep an action from being done any more. */
    boolean isForgettable(long nowNanos) {
        return rates.isForgettable(nowNanos) && clockRates.isForgettable(nowNanos);
    }

    /** {@return whether the turn was got within the time} */
    boolean takeTurn(long patienceMillis) {
        try {
            return turn.tryLock(patienceMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return turn.tryLock();
        }
    }

    /** Takes rules over, and says whether they are others. */
    boolean follow(EnvelopeFile newFile, EnvelopeRules rules, long nowNanos) {
        if (file == newFile) {
            return false;
        }
        file = newFile;
        rates.follow(rules.rates());
        clockRates.follow(rules.rates());
        interlocks.follow(rules.never());
        heardNanos = nowNanos;
        silenceNanos = rules.silenceNanos();
        dry = rules.dryRun();
        // What it would take back may be what the new rules forbid.
        forgetLast("the owner's rules are others since it acted");
        return true;
    }

    /**
     * The device is about to be asked.
     *
     * @param takenNanos when the message was taken up
     * @param nowNanos the time of the clock
     */
    void asked(Attempt attempt, long takenNanos, long nowNanos) {
        rates.asked(attempt, takenNanos);
        clockRates.asked(attempt, nowNanos);
        acted = true;
        safe = false;
    }

    /** The device did it. */
    void done(ActionGate by, Attempt attempt, long takenNanos, long nowNanos) {
        rates.done(attempt, takenNanos);
        clockRates.done(attempt, nowNanos);
        interlocks.done(attempt);
        lastActed = by;
    }

    /** It would have been done, were anything asked at all. */
    void rehearsed(Attempt attempt, long takenNanos) {
        rates.asked(attempt, takenNanos);
        rates.done(attempt, takenNanos);
        interlocks.rehearsed(attempt);
    }

    /** {@return who did what was done last and can be taken back; null when there is none} */
    @Nullable ActionGate lastActed() {
        return lastActed;
    }

    /** What was done last was taken back. */
    void undone() {
        forgetLast("the last action was taken back already");
        interlocks.undone();
    }

    /**
     * The device was asked to become safe; nobody can take back what was done before.
     *
     * @param whole whether nothing of the device was left out, and nothing failed
     */
    void madeSafe(boolean whole) {
        forgetLast("it was made safe since it acted");
        safe = whole;
        if (whole) {
            acted = false;
            interlocks.madeSafe();
        }
    }

    boolean isSafe() {
        return safe;
    }

    /** Whether the owner wants nothing to be asked, and nothing was before. */
    boolean isUntouched() {
        return dry && !acted;
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
        if (lastActed == gate) {
            forgetLast("the route that acted last is gone");
        }
    }

    private void forgetLast(String why) {
        if (lastActed != null) {
            lastActed = null;
            nothing = why;
        }
    }

    /** {@return why there is nothing to take back} */
    String whyNothing(String otherwise) {
        return nothing.isEmpty()
                ? otherwise
                : "act:" + actuator + " did nothing that could be taken back: " + nothing;
    }
}
