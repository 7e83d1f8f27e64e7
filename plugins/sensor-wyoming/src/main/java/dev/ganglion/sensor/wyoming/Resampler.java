package dev.ganglion.sensor.wyoming;

import dev.ganglion.api.sense.Sensor;
import java.util.Arrays;

/**
 * Brings sound of one of the usual rates to {@link Pcm#RATE_HZ}: a windowed sinc, one row of
 * factors for each position that a new sample can have between two old ones. Nothing comes late:
 * the first new sample stands where the first old one stood.
 */
final class Resampler {
    /** On either side, at the lower of the two rates. */
    private static final int ZERO_CROSSINGS = 24;

    /** Leaves room for the filter's edge, which would fold back otherwise. */
    private static final double PASSED_BAND = 0.92;

    private static final double KAISER_BETA = 8;

    private final Blocks blocks;
    private final int up;
    private final int down;
    private final int half;
    private final float[][] rows;

    /** The last {@code 2 * half} samples, twice, so that they always stand in one piece. */
    private final float[] window;

    private int position;
    private long taken;
    private long pushed;
    private long given;

    Resampler(int rateHz, Blocks blocks) {
        this.blocks = blocks;
        int divisor = greatestCommonDivisor(rateHz, Pcm.RATE_HZ);
        this.up = Pcm.RATE_HZ / divisor;
        this.down = rateHz / divisor;
        double cutoff = PASSED_BAND * Math.min(1, (double) up / down);
        this.half = (int) Math.ceil(ZERO_CROSSINGS / cutoff);
        this.window = new float[4 * half];
        this.rows = new float[up][2 * half];
        for (int phase = 0; phase < up; phase++) {
            fill(rows[phase], (double) phase / up, cutoff);
        }
    }

    private void fill(float[] row, double fraction, double cutoff) {
        double sum = 0;
        double[] factors = new double[row.length];
        for (int i = 0; i < row.length; i++) {
            double distance = i - (half - 1) - fraction;
            double edge = distance / half;
            double x = Math.PI * cutoff * distance;
            double sinc = Math.abs(x) < 1e-9 ? 1 : Math.sin(x) / x;
            factors[i] =
                    Math.abs(edge) >= 1
                            ? 0
                            : sinc * bessel(KAISER_BETA * Math.sqrt(1 - edge * edge));
            sum += factors[i];
        }
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) (factors[i] / sum);
        }
    }

    /**
     * The modified Bessel function of the first kind and order zero, of which the window is made.
     */
    private static double bessel(double x) {
        double sum = 1;
        double term = 1;
        for (int k = 1; k < 60; k++) {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    void add(float sample, Sensor.Follower follower) {
        taken++;
        push(sample, Long.MAX_VALUE, follower);
    }

    private void push(float sample, long until, Sensor.Follower follower) {
        window[position] = sample;
        window[position + 2 * half] = sample;
        position = position + 1 == 2 * half ? 0 : position + 1;
        pushed++;
        // The newest sample is the last that a new one at (newest - half) needs.
        while (given < until && given * down / up + half < pushed) {
            float[] row = rows[(int) (given * down % up)];
            float sum = 0;
            for (int i = 0; i < row.length; i++) {
                sum += row[i] * window[position + i];
            }
            given++;
            blocks.add(sum, follower);
        }
    }

    /** Gives what the silence after the end still brings: as many samples as the sound lasted. */
    void end(Sensor.Follower follower) {
        long until = (taken * up + down - 1) / down;
        while (given < until) {
            push(0, until, follower);
        }
        taken = 0;
        given = 0;
        pushed = 0;
        position = 0;
        Arrays.fill(window, 0);
    }
}
