package dev.ganglion.encoder.vad;

import static dev.ganglion.encoder.vad.Sound.FRAME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnergyDetectorTest {
    private static final double FRAME_SECONDS = 0.032;

    /** For each utterance its begin and end in seconds, known by where its first samples stand. */
    private static List<double[]> seconds(int sampleRateHz, float[] sound) {
        List<double[]> found = new ArrayList<>();
        Map<String, String> given = Map.of("sampleRateHz", "" + sampleRateHz);
        List<Sample<Tensor>> results =
                Sound.results(Sound.open(given, Sound.noModel()), sound, 320);
        int frame = sampleRateHz * 32 / 1_000;
        int from = 0;
        double[] utterance = null;
        for (Sample<Tensor> result : results) {
            while (!isAt(sound, from, result.value())) {
                from += frame;
            }
            if (utterance == null) {
                utterance = new double[] {(double) from / sampleRateHz, 0};
                found.add(utterance);
            }
            from += frame;
            if (result.last()) {
                utterance[1] = (double) from / sampleRateHz;
                utterance = null;
            }
        }
        return found;
    }

    private static boolean isAt(float[] sound, int at, Tensor frame) {
        for (int i = 0; i < frame.elements(); i++) {
            float expected = at + i < sound.length ? sound[at + i] : 0;
            if (expected != frame.floats().get(i)) {
                return false;
            }
        }
        return true;
    }

    private static void assertBetween(double[] found, double from, double to) {
        // The pad is 7 frames; the envelope may take some frames to rise and to fall.
        assertThat(from - found[0]).as("pad before").isBetween(0.1, 0.3);
        assertThat(found[1] - to).as("pad behind").isBetween(0.1, 0.4);
    }

    @ParameterizedTest
    @ValueSource(ints = {8_000, 16_000})
    void eachBurstIsAnUtteranceWithItsPads(int sampleRateHz) {
        float[] sound = Sound.murmur(sampleRateHz, 8, 0.001f, 1, 2.5, 4, 5.5);
        List<double[]> found = seconds(sampleRateHz, sound);
        assertThat(found).hasSize(2);
        assertBetween(found.get(0), 1, 2.5);
        assertBetween(found.get(1), 4, 5.5);
    }

    @Test
    void aMurmurAloneIsSilence() {
        assertThat(seconds(16_000, Sound.murmur(16_000, 10, 0.003f))).isEmpty();
        assertThat(seconds(16_000, new float[160_000])).isEmpty();
    }

    @Test
    void anOffsetOfTheMicrophoneIsNotHeard() {
        float[] sound = Sound.murmur(16_000, 4, 0.001f, 1, 2);
        for (int i = 0; i < sound.length; i++) {
            sound[i] += 0.2f;
        }
        List<double[]> found = seconds(16_000, sound);
        assertThat(found).hasSize(1);
        assertBetween(found.get(0), 1, 2);
    }

    @Test
    void aClickIsNoSpeech() {
        float[] sound = Sound.murmur(16_000, 4, 0.001f);
        sound[20_000] = 1;
        sound[20_001] = -1;
        assertThat(seconds(16_000, sound)).isEmpty();
    }

    @Test
    void aHissAfterDigitalSilenceIsNoSpeech() {
        float[] sound = Sound.murmur(16_000, 4, 0.001f);
        Arrays.fill(sound, 0, 16_000, 0);
        assertThat(seconds(16_000, sound)).isEmpty();
    }

    @Test
    void speechAtTheVeryBeginningIsFound() {
        List<double[]> found = seconds(16_000, Sound.murmur(16_000, 3, 0.001f, 0, 1));
        assertThat(found).hasSize(1);
        assertThat(found.get(0)[0]).isLessThan(3 * FRAME_SECONDS);
    }

    @Test
    void aFanThatWasSwitchedOnIsSilenceAfterSomeSeconds() {
        float[] fan = Sound.murmur(16_000, 20, 0.03f, 15, 16);
        float[] sound = Sound.murmur(16_000, 20, 0.001f);
        System.arraycopy(fan, 32_000, sound, 32_000, sound.length - 32_000);
        List<double[]> found = seconds(16_000, sound);
        assertThat(found).hasSize(2);
        assertThat(found.get(0)[1]).as("the fan alone, from 2 s on").isLessThan(12);
        assertThat(found.get(1)[0]).as("speech over the fan").isBetween(14.5, 15.2);
        assertThat(found.get(1)[1]).isBetween(15.8, 16.5);
    }

    @Test
    void theProbabilityIsOneOfLoudness() {
        EnergyDetector detector = new EnergyDetector();
        Tensor frame = Tensor.allocate(Tensor.Type.FLOAT32, FRAME);
        assertThat(detector.probability(frame)).isBetween(0.0, 0.1);
        for (int i = 0; i < FRAME; i++) {
            frame.floats().put(i, i % 2 == 0 ? 0.5f : -0.5f);
        }
        assertThat(detector.probability(frame)).isBetween(0.9, 1.0);
        detector.reset();
        frame = Tensor.allocate(Tensor.Type.FLOAT32, FRAME);
        assertThat(detector.probability(frame)).isBetween(0.0, 0.1);
    }
}
