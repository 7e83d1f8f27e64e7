package dev.ganglion.runtime.cascade;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How long a stage takes, as it did lately: each answer counts an eighth, those before the rest.
 * Thread-safe, takes no lock.
 */
public final class Pace {
    private final AtomicLong nanos = new AtomicLong(-1);

    /** Nothing is known yet. */
    public Pace() {}

    /** Notes how long an answer took. */
    public void took(long tookNanos) {
        long before = nanos.get();
        // Two at once may lose one of them: an estimate stands that.
        nanos.set(before < 0 ? tookNanos : before + (tookNanos - before) / 8);
    }

    /** Notes that it was not asked for this: one slow answer must not keep it out for ever. */
    public void passedOver() {
        nanos.updateAndGet(before -> before - before / 8);
    }

    /** {@return how long the next answer is expected to take; 0 when nothing is known} */
    public long expectedNanos() {
        return Math.max(0, nanos.get());
    }
}
