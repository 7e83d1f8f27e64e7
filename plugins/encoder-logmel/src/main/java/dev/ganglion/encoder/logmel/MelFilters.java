package dev.ganglion.encoder.logmel;

import org.jspecify.annotations.Nullable;

/**
 * Triangles of equal width on the mel scale as HTK has it, each rising from the middle of the one
 * before and falling to the middle of the next, with the height 1. Only the bins under a triangle
 * are kept. Immutable, shared by all streams.
 *
 * <p>From one middle to the next, a bin counts for the triangle that rises and for the one that
 * falls, and for no other: both weights lie side by side, and each power is read once.
 */
final class MelFilters {
    private final int bands;
    private final int firstBin;

    /** For each stretch from a middle to the next, the bin behind its last. */
    private final int[] ends;

    /** For each bin from the first, what it counts for the triangle that rises, and that falls. */
    private final float[] weights;

    private MelFilters(int bands, int firstBin, int[] ends, float[] weights) {
        this.bands = bands;
        this.firstBin = firstBin;
        this.ends = ends;
        this.weights = weights;
    }

    /** {@return the filters, or null when a triangle lies between two bins and is empty} */
    static @Nullable MelFilters of(
            int bands, double lowHz, double highHz, int sampleRateHz, int fftSize) {
        double[] edgesHz = edgesHz(bands, lowHz, highHz);
        double binHz = (double) sampleRateHz / fftSize;
        int firstBin = (int) Math.floor(edgesHz[0] / binHz) + 1;
        int[] ends = new int[bands + 1];
        for (int stretch = 0; stretch <= bands; stretch++) {
            int end = (int) Math.floor(edgesHz[stretch + 1] / binHz) + 1;
            ends[stretch] = Math.min(end, fftSize / 2 + 1);
        }
        float[] weights = new float[2 * Math.max(0, ends[bands] - firstBin)];
        double risen = 0;
        int bin = firstBin;
        for (int stretch = 0; stretch <= bands; stretch++) {
            double widthHz = edgesHz[stretch + 1] - edgesHz[stretch];
            double rising = 0;
            double falling = 0;
            for (; bin < ends[stretch]; bin++) {
                double rise = (bin * binHz - edgesHz[stretch]) / widthHz;
                double fall = Math.max(0, 1 - rise);
                weights[2 * (bin - firstBin)] = (float) rise;
                weights[2 * (bin - firstBin) + 1] = (float) fall;
                rising += rise;
                falling += fall;
            }
            if (stretch > 0 && risen + falling <= 0) {
                return null;
            }
            risen = rising;
        }
        return new MelFilters(bands, firstBin, ends, weights);
    }

    private static double[] edgesHz(int bands, double lowHz, double highHz) {
        double low = mel(lowHz);
        double step = (mel(highHz) - low) / (bands + 1);
        double[] edgesHz = new double[bands + 2];
        for (int edge = 0; edge < edgesHz.length; edge++) {
            edgesHz[edge] = 700 * (Math.pow(10, (low + edge * step) / 2595) - 1);
        }
        return edgesHz;
    }

    private static double mel(double hz) {
        return 2595 * Math.log10(1 + hz / 700);
    }

    /**
     * Writes the logarithm of each band's energy.
     *
     * @param at where the first band goes
     */
    void logarithms(float[] power, float floor, float scale, float offset, float[] into, int at) {
        float[] weights = this.weights;
        int bin = firstBin;
        int w = 0;
        float risen = 0;
        for (int stretch = 0; stretch <= bands; stretch++) {
            int end = ends[stretch];
            float rising = 0;
            float falling = 0;
            for (; bin < end; bin++) {
                rising += weights[w] * power[bin];
                falling += weights[w + 1] * power[bin];
                w += 2;
            }
            if (stretch > 0) {
                into[at + stretch - 1] = Logarithm.of(risen + falling + floor) * scale + offset;
            }
            risen = rising;
        }
    }
}
