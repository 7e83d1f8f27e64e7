package dev.ganglion.encoder.logmel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.api.Assertions;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LogarithmTest {
    private static double error(float x) {
        double exact = Math.log(x);
        return Math.abs(Logarithm.of(x) - exact) / Math.max(1, Math.abs(exact));
    }

    @Test
    void itIsTheLogarithmOfEachSize() {
        Random random = new Random(0);
        double worst = 0;
        for (int exponent = Float.MIN_EXPONENT; exponent <= Float.MAX_EXPONENT; exponent++) {
            for (int i = 0; i < 2_000; i++) {
                worst = Math.max(worst, error(Math.scalb(1 + random.nextFloat(), exponent)));
            }
        }
        assertThat(worst).isLessThan(3e-7);
    }

    @Test
    void nothingJumpsAroundOneAndWhereTheExponentChanges() {
        for (float middle : new float[] {1, (float) Math.sqrt(0.5), (float) Math.sqrt(2), 2}) {
            float x = middle * 0.9999f;
            float before = Logarithm.of(x);
            while (x < middle * 1.0001f) {
                x = Math.nextUp(x);
                float next = Logarithm.of(x);
                assertThat(next - before).as("from below " + x).isBetween(-3e-7f, 3e-7f);
                before = next;
            }
        }
    }

    @Test
    void oneIsExact() {
        assertThat(Logarithm.of(1)).isZero();
        assertThat(Logarithm.of(Float.MIN_NORMAL)).isCloseTo(-87.33655f, within());
        assertThat(Logarithm.of(Float.MAX_VALUE)).isCloseTo(88.72284f, within());
    }

    private static Offset<Float> within() {
        return Assertions.within(2e-5f);
    }
}
