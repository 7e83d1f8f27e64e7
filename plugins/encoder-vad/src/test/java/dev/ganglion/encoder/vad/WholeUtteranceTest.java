package dev.ganglion.encoder.vad;

import static dev.ganglion.encoder.vad.Sound.FRAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.testkit.Tensors;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is given as frames otherwise, given as one. */
class WholeUtteranceTest {
    private static final double[] TWO = {0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0};

    private final Map<String, String> given =
            new HashMap<>(
                    Map.of(
                            "detector", FakeVad.NAME,
                            "speechMillis", "64",
                            "silenceMillis", "96",
                            "padMillis", "32",
                            "whole", "true"));

    private List<Sample<Tensor>> results(float[] sound, int portion) {
        return Sound.results(Sound.open(given, name -> new FakeVad()), sound, portion);
    }

    @Test
    void theOutputIsOneRowOfSamplesAtTheRateOfTheSound() {
        assertThat(new VadEncoder().output(Sound.options(given)))
                .isEqualTo(
                        TensorSpec.of("audio", Tensor.Type.FLOAT32, "1", 1, -1).atRateHz(16_000));
    }

    @ParameterizedTest
    @CsvSource({"1", "320", "512", "513", "9728"})
    void anUtteranceIsItsFramesOneBehindTheOther(int portion) {
        float[] sound = Sound.frames(TWO);
        List<Sample<Tensor>> whole = results(sound, portion);
        assertThat(whole).hasSize(2).allMatch(Sample::last);
        assertThat(whole).extracting(Sample::sequence).containsExactly(1L, 2L);
        assertThat(Tensors.floats(whole.get(0).value()))
                .containsExactly(Arrays.copyOfRange(sound, 2 * FRAME, 8 * FRAME));
        assertThat(Tensors.floats(whole.get(1).value()))
                .containsExactly(Arrays.copyOfRange(sound, 11 * FRAME, 16 * FRAME));
        assertThat(whole.get(1).value().hasShape(1, 5 * FRAME)).isTrue();
    }

    @Test
    void itIsFromWhenItsLastSampleWas() {
        List<Sample<Tensor>> whole = results(Sound.frames(TWO), FRAME);
        assertThat(whole).extracting(Sample::capturedNanos).containsExactly(8_000L, 16_000L);
    }

    @Test
    void aLongOneGrowsUpToTheBoundAndTheNextFollowsWithoutAGap() {
        double[] probabilities = new double[400];
        Arrays.fill(probabilities, 1);
        given.put("maxMillis", "9600");
        float[] sound = Sound.frames(probabilities);
        List<Sample<Tensor>> whole = results(sound, 5_000);
        assertThat(whole).extracting(r -> r.value().elements() / FRAME).containsExactly(300, 100);
        assertThat(Tensors.floats(whole.get(0).value()))
                .containsExactly(Arrays.copyOf(sound, 300 * FRAME));
    }

    @Test
    void withoutABoundItIsThirtySeconds() {
        double[] probabilities = new double[1_000];
        Arrays.fill(probabilities, 1);
        assertThat(results(Sound.frames(probabilities), 50_000))
                .extracting(r -> r.value().elements() / FRAME)
                .containsExactly(937, 63);
    }

    @Test
    void thePeakOfEachUtteranceIsAsAsked() {
        given.put("peak", "0.9");
        float[] sound = Sound.frames(TWO);
        for (int i = 3 * FRAME; i < 7 * FRAME; i++) {
            // The first of a frame is what the fake goes by.
            sound[i] = i % FRAME == 0 ? sound[i] : -0.001f * (i % FRAME);
        }
        for (Sample<Tensor> each : results(sound, 700)) {
            float largest = 0;
            for (float sample : Tensors.floats(each.value())) {
                largest = Math.max(largest, Math.abs(sample));
            }
            assertThat(largest).isEqualTo(0.9f);
        }
    }

    @Test
    void aPeakOfSoundThatIsSilentStaysSilent() {
        Utterance utterance = new Utterance(2, 4, 0.9);
        utterance.add(Tensors.of(new float[] {0, -0f}, 2));
        assertThat(Tensors.floats(utterance.end())).containsExactly(0f, -0f);
    }

    @ParameterizedTest
    @CsvSource({
        "false, 0.5, 1000, 'peak'",
        "true, 0, 600001, 600000",
        "true, 0, 90, 'maxMillis'",
    })
    void optionsThatContradictEachOtherAreRefused(
            String whole, String peak, String maxMillis, String word) {
        given.putAll(Map.of("whole", whole, "peak", peak, "maxMillis", maxMillis));
        assertThatThrownBy(() -> new VadEncoder().output(Sound.options(given)))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(GanglionException.Kind.SETUP))
                .hasMessageContaining(word);
    }
}
