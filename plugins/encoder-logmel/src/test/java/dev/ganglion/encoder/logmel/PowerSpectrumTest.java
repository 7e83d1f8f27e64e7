package dev.ganglion.encoder.logmel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PowerSpectrumTest {
    private static float[] compute(float[] samples) {
        float[] halved = new float[samples.length];
        for (int i = 0; i < samples.length; i++) {
            halved[i] = samples[i] / 2;
        }
        float[] power = new float[samples.length / 2 + 1];
        Arrays.fill(power, Float.NaN);
        new PowerSpectrum(samples.length).compute(halved, power);
        return power;
    }

    private static double naive(float[] samples, int bin) {
        double real = 0;
        double imaginary = 0;
        for (int i = 0; i < samples.length; i++) {
            // The angle is taken of what is left of the product, which is exact.
            double angle = 2 * Math.PI * ((long) i * bin % samples.length) / samples.length;
            real += samples[i] * Math.cos(angle);
            imaginary -= samples[i] * Math.sin(angle);
        }
        return real * real + imaginary * imaginary;
    }

    private static void isTheNaiveOne(float[] samples, String what) {
        double energy = 0;
        for (float sample : samples) {
            energy += (double) sample * sample;
        }
        double tolerance = 1e-6 * Math.sqrt(samples.length * energy);
        float[] power = compute(samples);
        for (int bin = 0; bin < power.length; bin++) {
            assertThat(Math.sqrt(power[bin]))
                    .as("magnitude of bin " + bin + " of " + samples.length + ", " + what)
                    .isEqualTo(Math.sqrt(naive(samples, bin)), within(tolerance));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 32, 64, 128, 256, 512, 1024, 2048})
    void itIsTheNaiveTransform(int size) {
        Random random = new Random(size);
        for (int round = 0; round < 5; round++) {
            float[] noise = new float[size];
            for (int i = 0; i < size; i++) {
                noise[i] = 2 * random.nextFloat() - 1;
            }
            isTheNaiveOne(noise, "noise");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 32, 64, 128, 256})
    void itIsTheNaiveTransformOfEachImpulse(int size) {
        for (int at = 0; at < size; at++) {
            float[] impulse = new float[size];
            impulse[at] = 1;
            isTheNaiveOne(impulse, "an impulse at " + at);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 32, 64, 128, 256, 512})
    void itIsTheNaiveTransformOfEachTone(int size) {
        for (int tone = 0; tone <= size / 2; tone++) {
            float[] cosine = new float[size];
            for (int i = 0; i < size; i++) {
                cosine[i] = (float) Math.cos(2 * Math.PI * tone * i / size + 0.3);
            }
            isTheNaiveOne(cosine, "tone " + tone);
        }
    }

    @Test
    void theLongestTransformIsRightWhereItCanBeSeen() {
        float[] samples = new float[65_536];
        Arrays.fill(samples, 1);
        float[] power = compute(samples);
        assertThat(power[0]).isEqualTo(65_536f * 65_536f);
        assertThat(Arrays.copyOfRange(power, 1, power.length)).containsOnly(0);
    }
}
