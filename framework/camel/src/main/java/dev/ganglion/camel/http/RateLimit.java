package dev.ganglion.camel.http;

import java.util.function.LongSupplier;

/** So many a minute; what was not used within the last minute may come at once. Thread-safe. */
final class RateLimit {
    private static final double MINUTE_NANOS = 60e9;

    private final int perMinute;
    private final LongSupplier clock;
    private double left;
    private long sinceNanos;

    RateLimit(int perMinute, LongSupplier clock) {
        this.perMinute = perMinute;
        this.clock = clock;
        this.left = perMinute;
        this.sinceNanos = clock.getAsLong();
    }

    /** {@return 0 when one more is allowed, else in how many seconds it will be} */
    synchronized int take() {
        long nowNanos = clock.getAsLong();
        // In floating point: a product of whole numbers overflows after a few hours of silence.
        double passedNanos = Math.max(0, nowNanos - sinceNanos);
        left = Math.min(perMinute, left + passedNanos * perMinute / MINUTE_NANOS);
        sinceNanos = nowNanos;
        if (left >= 1) {
            left--;
            return 0;
        }
        return (int) Math.max(1, Math.ceil((1 - left) * 60 / perMinute));
    }
}
