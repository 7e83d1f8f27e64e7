package dev.ganglion.sensor.audio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Measured with sines, away from both ends: how exact they come out, and what comes of others. */
class ResamplerTest {
    private static final double AMPLITUDE = 0.5;

    private static float[] resampled(double hertz, int fromHz, int toHz) {
        FilterBank bank = new FilterBank(fromHz, toHz);
        Resampler resampler = new Resampler(bank);
        double[] input = Wav.tone(hertz, AMPLITUDE, fromHz, fromHz / 2);
        float[] output = new float[(int) Resampler.outputSamples(input.length, bank.up, bank.down)];
        int pushed = 0;
        for (int i = 0; i < output.length; i++) {
            while (resampler.missing(1) > 0) {
                resampler.push(pushed < input.length ? (float) input[pushed] : 0);
                pushed++;
            }
            output[i] = resampler.next();
        }
        return output;
    }

    /** {@return by how much the sound differs from the same sine at the new rate, to its level} */
    private static double errorDecibel(double hertz, int fromHz, int toHz) {
        float[] output = resampled(hertz, fromHz, toHz);
        double[] ideal = Wav.tone(hertz, AMPLITUDE, toHz, output.length);
        double error = 0;
        double level = 0;
        for (int i = output.length / 4; i < output.length * 3 / 4; i++) {
            error += (output[i] - ideal[i]) * (output[i] - ideal[i]);
            level += ideal[i] * ideal[i];
        }
        return 10 * Math.log10(error / level);
    }

    private static double levelDecibel(double hertz, int fromHz, int toHz) {
        float[] output = resampled(hertz, fromHz, toHz);
        double level = 0;
        int count = 0;
        for (int i = output.length / 4; i < output.length * 3 / 4; i++) {
            level += output[i] * output[i];
            count++;
        }
        return 10 * Math.log10(level / count / (AMPLITUDE * AMPLITUDE / 2));
    }

    @ParameterizedTest
    @CsvSource({
        "44100, 16000",
        "48000, 16000",
        "16000, 8000",
        "8000, 16000",
        "22050, 16000",
        "11025, 16000",
        "44100, 8000",
        "44101, 16000",
        "16000, 44100"
    })
    void whatIsHeardAtBothRatesStaysWithoutDelay(int fromHz, int toHz) {
        double halfHz = Math.min(fromHz, toHz) / 2.0;
        for (double part : new double[] {0.013, 0.1, 0.25, 0.5, 0.7, 0.8, 0.88}) {
            assertThat(errorDecibel(part * halfHz, fromHz, toHz))
                    .as(part * halfHz + " Hz")
                    .isLessThan(-70);
        }
    }

    @ParameterizedTest
    @CsvSource({"44100, 16000", "48000, 16000", "16000, 8000", "22050, 16000", "44100, 8000"})
    void whatTheNewRateCannotHoldIsGone(int fromHz, int toHz) {
        double halfHz = toHz / 2.0;
        for (double hertz = halfHz * 1.01; hertz < fromHz / 2.0; hertz += halfHz / 17) {
            assertThat(levelDecibel(hertz, fromHz, toHz)).as(hertz + " Hz").isLessThan(-75);
        }
    }

    @ParameterizedTest
    @CsvSource({"8000, 16000", "11025, 16000", "16000, 48000"})
    void nothingIsAddedAboveWhatTheOldRateHeld(int fromHz, int toHz) {
        // All that an image would add is an error of the tone.
        assertThat(errorDecibel(fromHz * 0.44, fromHz, toHz)).isLessThan(-70);
    }

    @ParameterizedTest
    @CsvSource({"44100, 16000, 441, 160", "16000, 8000, 3, 2", "8000, 16000, 1, 2", "3, 2, 1, 1"})
    void thereAreAsManySamplesAsTheSoundLasts(int fromHz, int toHz, int inputs, int outputs) {
        FilterBank bank = new FilterBank(fromHz, toHz);
        assertThat(Resampler.outputSamples(inputs, bank.up, bank.down)).isEqualTo(outputs);
    }
}
