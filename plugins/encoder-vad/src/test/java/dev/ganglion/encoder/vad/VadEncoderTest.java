package dev.ganglion.encoder.vad;

import static dev.ganglion.encoder.vad.Sound.FRAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.testkit.Tensors;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VadEncoderTest {
    private static final VadEncoder VAD = new VadEncoder();

    private static Stage<Sample<Tensor>, Sample<Tensor>> open(Map<String, String> given) {
        return Sound.open(given, Sound.noModel());
    }

    private static void refuses(Kind kind, ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(kind);
                            assertThat(refused).hasMessageStartingWith("encode:vad: ");
                            assertThat(refused.getMessage())
                                    .contains(Arrays.asList(words))
                                    .doesNotContain("\n");
                        });
    }

    /** When a route is wired, not when the first sample comes. */
    private static void refusesOptions(Map<String, String> given, String... words) {
        refuses(Kind.SETUP, () -> VAD.input(Sound.options(given)), words);
        refuses(Kind.SETUP, () -> VAD.output(Sound.options(given)), words);
        refuses(Kind.SETUP, () -> open(given), words);
    }

    @Test
    void itTakesSoundOfAnyLengthAndGivesFramesOf32Milliseconds() {
        assertThat(VAD.input(Sound.options(Map.of())))
                .isEqualTo(TensorSpec.of("audio", Tensor.Type.FLOAT32, "1", -1).atRateHz(16_000));
        assertThat(VAD.output(Sound.options(Map.of("sampleRateHz", "8000"))))
                .isEqualTo(TensorSpec.of("audio", Tensor.Type.FLOAT32, "1", 256).atRateHz(8_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"44100", "11025", "16001"})
    void anotherRateIsRefused(String rate) {
        refusesOptions(Map.of("sampleRateHz", rate), "8000 or 16000", rate, "resample");
    }

    @Test
    void boundsThatContradictEachOtherAreRefused() {
        refusesOptions(Map.of("above", "0.5", "below", "0.6"), "'below'", "0.5", "0.6");
    }

    @Test
    void anUtteranceThatCouldNotEvenBeginIsRefused() {
        refusesOptions(Map.of("maxMillis", "200"), "'maxMillis'", "320 ms", "'padMillis'", "200");
    }

    @Test
    void aNumberThatIsNoneIsRefusedWithItsPlace() {
        Stage<Sample<Tensor>, Sample<Tensor>> stage = open(Map.of());
        refuses(
                Kind.INPUT,
                () -> stage.push(Sound.sample(7, 0, 0, 0, Float.NaN, 0), result -> {}),
                "NaN",
                "position 3",
                "sample 7",
                "'mic'");
        float[] sound = new float[FRAME + 1];
        sound[FRAME] = Float.POSITIVE_INFINITY;
        refuses(
                Kind.INPUT,
                () -> stage.push(Sound.sample(8, sound), result -> {}),
                "Infinity",
                "position 512");
    }

    @Test
    void whatIsNoSoundIsRefused() {
        Stage<Sample<Tensor>, Sample<Tensor>> stage = open(Map.of());
        Tensor row = Tensors.of(new float[] {1, 2}, 1, 2);
        refuses(
                Kind.SETUP,
                () -> stage.push(new Sample<>("mic", 3, 0, row, false), result -> {}),
                "sample 3",
                "'mic'",
                "16000 Hz",
                "FLOAT32[1, 2]");
    }

    @Test
    void aSampleOfNothingIsTaken() {
        Stage<Sample<Tensor>, Sample<Tensor>> stage = open(Map.of());
        stage.push(
                Sound.sample(1),
                result -> {
                    throw new AssertionError("nothing in, something out");
                });
    }

    @Test
    void afterARefusalTheStageIsAsNew() {
        float[] sound = Sound.murmur(16_000, 3, 0.001f, 1, 2);
        List<Sample<Tensor>> expected = Sound.results(open(Map.of()), sound, FRAME);
        Stage<Sample<Tensor>, Sample<Tensor>> stage = open(Map.of());
        stage.push(Sound.sample(1, Arrays.copyOf(sound, 20_000)), result -> {});
        assertThatThrownBy(() -> stage.push(Sound.sample(2, Float.NaN), result -> {}))
                .isInstanceOf(GanglionException.class);
        List<Sample<Tensor>> found = Sound.results(stage, sound, FRAME);
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            assertThat(Tensors.describe(found.get(i).value()))
                    .isEqualTo(Tensors.describe(expected.get(i).value()));
        }
    }

    @Test
    void nothingIsAllocatedWhileThereIsNoSpeech() {
        Stage<Sample<Tensor>, Sample<Tensor>> stage = open(Map.of());
        Sample<Tensor> quiet = Sound.sample(1, new float[320]);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long pushes = 20_000;
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < pushes; i++) {
                stage.push(quiet, result -> {});
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat((double) least / pushes).as("bytes per push").isLessThan(1);
    }
}
