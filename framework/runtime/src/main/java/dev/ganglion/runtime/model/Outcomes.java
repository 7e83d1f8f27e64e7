package dev.ganglion.runtime.model;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How the messages of one version ended: how many, how many of them failed because of the model,
 * and how long the last ones took in it. Written by all streams without a lock; a reader may miss a
 * message that ends at the same moment.
 */
final class Outcomes {
    private static final int KEPT = 1024;

    private final AtomicLong messages = new AtomicLong();
    private final AtomicInteger failures = new AtomicInteger();
    private final long[] inferNanos = new long[KEPT];

    void record(long nanos, boolean failed) {
        long number = messages.getAndIncrement();
        inferNanos[(int) (number & (KEPT - 1))] = nanos;
        if (failed) {
            failures.incrementAndGet();
        }
    }

    long messages() {
        return messages.get();
    }

    int failures() {
        return failures.get();
    }

    /** {@return the time that 95 of 100 of the last messages did not exceed; 0 without messages} */
    long percentile95Nanos() {
        int count = (int) Math.min(KEPT, messages.get());
        if (count == 0) {
            return 0;
        }
        long[] sorted = Arrays.copyOf(inferNanos, count);
        Arrays.sort(sorted);
        return sorted[Math.min(count - 1, count * 95 / 100)];
    }
}
