package dev.ganglion.decider.threshold;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlidingQuantileTest {
    private static final double[] SHARES = {0, 0.01, 0.07, 0.1, 0.25, 0.5, 0.9, 0.95, 0.99, 1};

    @Test
    void itIsThatOfTheSortedWindowAtEachStep() {
        for (int window : new int[] {2, 3, 10, 100}) {
            Random random = new Random(window);
            SlidingQuantile quantile = new SlidingQuantile(window);
            float[] values = new float[5 * window];
            for (int i = 0; i < values.length; i++) {
                // Few different values, so that the same one comes and goes several times.
                values[i] = random.nextBoolean() ? random.nextInt(5) - 2 : random.nextFloat() * 4;
                quantile.add(values[i]);
                float[] sorted = Arrays.copyOfRange(values, Math.max(0, i + 1 - window), i + 1);
                Arrays.sort(sorted);
                for (double share : SHARES) {
                    assertThat(quantile.quantile(share))
                            .as("window %d, step %d, share %s", window, i, share)
                            .isEqualTo(expected(sorted, share));
                }
            }
        }
    }

    /** As it is defined: the first value that at least this share does not exceed. */
    private static double expected(float[] sorted, double share) {
        int i = 0;
        while ((double) (i + 1) / sorted.length < share - 1e-9) {
            i++;
        }
        return sorted[i];
    }

    @Test
    void aRisingAndAFallingStreamLeaveByAge() {
        SlidingQuantile quantile = new SlidingQuantile(3);
        for (int i = 1; i <= 5; i++) {
            quantile.add(i);
        }
        assertThat(quantile.quantile(0)).isEqualTo(3);
        for (int i = 1; i <= 4; i++) {
            quantile.add(-i);
        }
        assertThat(quantile.quantile(1)).isEqualTo(-2);
        assertThat(quantile.quantile(0)).isEqualTo(-4);
    }

    @Test
    void thereIsNoneOfNothing() {
        SlidingQuantile quantile = new SlidingQuantile(2);
        assertThat(quantile.quantile(0.5)).isNaN();
        quantile.add(7);
        quantile.add(8);
        quantile.add(9);
        quantile.forget();
        assertThat(quantile.quantile(0.5)).isNaN();
        quantile.add(1);
        assertThat(quantile.quantile(1)).isEqualTo(1);
    }
}
