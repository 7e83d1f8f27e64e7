package dev.ganglion.decider.threshold;

import java.util.Arrays;

/**
 * The exact quantiles of the last values. One thread.
 *
 * <p>Keeps the values twice, by age and by size; a new one moves only what lies between it and the
 * one that it replaces.
 */
final class SlidingQuantile {
    /** What rounding may add to the product of a share and a whole number. */
    private static final double ROUNDING = 1e-9;

    private final float[] byAge;
    private final float[] bySize;
    private int count;
    private int oldest;

    SlidingQuantile(int window) {
        byAge = new float[window];
        bySize = new float[window];
    }

    /** {@return how many values it keeps at most} */
    int window() {
        return byAge.length;
    }

    /** Takes a value, which replaces the oldest when the window is full. */
    void add(float value) {
        int to = position(value);
        if (count < byAge.length) {
            byAge[count] = value;
            System.arraycopy(bySize, to, bySize, to + 1, count - to);
            bySize[to] = value;
            count++;
            return;
        }
        int from = position(byAge[oldest]);
        byAge[oldest] = value;
        oldest = oldest + 1 == byAge.length ? 0 : oldest + 1;
        if (to > from) {
            to--;
            System.arraycopy(bySize, from + 1, bySize, from, to - from);
        } else {
            System.arraycopy(bySize, to, bySize, to + 1, from - to);
        }
        bySize[to] = value;
    }

    private int position(float value) {
        int found = Arrays.binarySearch(bySize, 0, count, value);
        return found < 0 ? -found - 1 : found;
    }

    /**
     * {@return the smallest of the values that at least this share of them does not exceed; NaN
     * when there are none}
     */
    double quantile(double share) {
        if (count == 0) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(share * count - ROUNDING);
        return bySize[Math.max(rank, 1) - 1];
    }

    /** Forgets all values. */
    void forget() {
        count = 0;
        oldest = 0;
    }
}
