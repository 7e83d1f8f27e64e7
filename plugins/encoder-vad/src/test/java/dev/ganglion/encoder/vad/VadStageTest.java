package dev.ganglion.encoder.vad;

import static dev.ganglion.encoder.vad.Sound.FRAME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.testkit.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where utterances begin and end, frame by frame, by probabilities that the test says. */
class VadStageTest {
    private final Map<String, String> given =
            new HashMap<>(
                    Map.of(
                            "detector", FakeVad.NAME,
                            "speechMillis", "64",
                            "silenceMillis", "96",
                            "padMillis", "32"));

    private Stage<Sample<Tensor>, Sample<Tensor>> open() {
        return Sound.open(given, name -> new FakeVad());
    }

    /** However it is cut. */
    private List<List<Integer>> utterances(float[] sound) {
        List<List<Integer>> expected = null;
        for (int portion : new int[] {sound.length, 1, 100, 320, FRAME, FRAME + 1, 5_000}) {
            List<Sample<Tensor>> results = Sound.results(open(), sound, portion);
            assertThat(results).allSatisfy(r -> assertThat(r.value().hasShape(FRAME)).isTrue());
            List<List<Integer>> found = Sound.found(results);
            assertThat(expected == null ? found : expected)
                    .as("in portions of " + portion)
                    .isEqualTo(found);
            expected = found;
        }
        return expected == null ? List.of() : expected;
    }

    private List<List<Integer>> utterances(double... probabilities) {
        return utterances(Sound.frames(probabilities));
    }

    @Test
    void anUtteranceReachesFromThePadBeforeItsSpeechToThePadBehind() {
        assertThat(utterances(0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0))
                .containsExactly(List.of(2, 3, 4, 5, 6));
    }

    @Test
    void withoutAPadItIsTheSpeechAlone() {
        given.put("padMillis", "0");
        assertThat(utterances(0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0))
                .containsExactly(List.of(3, 4, 5), List.of(9, 10));
    }

    @Test
    void millisecondsCountAsTheFramesThatTheyBegin() {
        given.put("padMillis", "33");
        given.put("speechMillis", "1");
        given.put("silenceMillis", "65");
        assertThat(utterances(0, 0, 0, 1, 0, 0, 0, 0, 0)).containsExactly(List.of(1, 2, 3, 4, 5));
    }

    @Test
    void aPadLongerThanTheStreamBeforeIsWhatThereIs() {
        given.put("padMillis", "320");
        assertThat(utterances(0, 1, 1, 0, 0, 0, 0)).containsExactly(List.of(0, 1, 2, 3, 4, 5));
    }

    @Test
    void speechThatIsTooShortIsNone() {
        assertThat(utterances(0, 1, 0, 1, 0, 0, 1, 0)).isEmpty();
    }

    @Test
    void aShortPauseDoesNotEndAnUtterance() {
        assertThat(utterances(0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0))
                .containsExactly(List.of(1, 2, 3, 4, 5, 6, 7));
    }

    @Test
    void anUtteranceEndsOnlyBelowALowerBound() {
        assertThat(utterances(0, 0.5, 0.5, 0.4, 0.4, 0.4, 0.4, 0.3, 0.3, 0.3, 0))
                .containsExactly(List.of(0, 1, 2, 3, 4, 5, 6, 7));
        given.put("below", "0.2");
        assertThat(utterances(0, 1, 1, 0.3, 0.3, 0.3, 0.3, 0.1, 0.1, 0.1, 0))
                .containsExactly(List.of(0, 1, 2, 3, 4, 5, 6, 7));
    }

    @Test
    void onceItFellBelowOnlySpeechKeepsAnUtteranceOpen() {
        assertThat(utterances(0, 1, 1, 0.3, 0.4, 0.4, 0, 0, 0))
                .containsExactly(List.of(0, 1, 2, 3));
    }

    @Test
    void whatIsSpokenIsFoundAlsoWhenItIsTheFirst() {
        assertThat(utterances(1, 1, 0, 0, 0)).containsExactly(List.of(0, 1, 2));
    }

    @Test
    void aPadIsNotGivenTwice() {
        given.put("padMillis", "128");
        given.put("silenceMillis", "64");
        assertThat(utterances(0, 1, 1, 0, 0, 1, 1, 0, 0, 0))
                .containsExactly(List.of(0, 1, 2, 3, 4), List.of(5, 6, 7, 8));
    }

    @Test
    void whatWasCutOffBehindOneGoesBeforeTheNext() {
        given.put("padMillis", "64");
        assertThat(utterances(0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0))
                .containsExactly(List.of(0, 1, 2, 3, 4, 5), List.of(6, 7, 8, 9, 10));
    }

    @Test
    void aFlushEndsAnUtteranceInTheMiddleOfItsSpeech() {
        assertThat(utterances(0, 0, 1, 1, 1)).containsExactly(List.of(1, 2, 3, 4));
        assertThat(utterances(0, 0, 1, 1, 0)).containsExactly(List.of(1, 2, 3, 4));
        assertThat(utterances(0, 0, 1, 1, 0, 0)).containsExactly(List.of(1, 2, 3, 4));
        assertThat(utterances(0, 0, 1)).isEmpty();
    }

    @Test
    void aFlushFillsTheFrameThatIsLeftWithSilence() {
        float[] sound = Arrays.copyOf(Sound.frames(0, 0, 1, 1), 3 * FRAME + 100);
        List<Sample<Tensor>> results = Sound.results(open(), sound, 320);
        assertThat(Sound.found(results)).containsExactly(List.of(1, 2, 3));
        float[] last = Tensors.floats(results.get(2).value());
        assertThat(last[99]).isEqualTo(0.003f);
        assertThat(Arrays.copyOfRange(last, 100, FRAME)).containsOnly(0f);
    }

    @Test
    void anUtteranceThatIsTooLongIsClosedAndTheNextOneFollowsWithoutAGap() {
        given.put("maxMillis", "130");
        assertThat(utterances(0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0))
                .containsExactly(List.of(1, 2, 3, 4), List.of(5, 6, 7, 8), List.of(9, 10, 11));
    }

    @Test
    void anUtteranceThatGetsTooLongInAPauseIsClosedThere() {
        given.put("maxMillis", "160");
        given.put("silenceMillis", "128");
        assertThat(utterances(0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0))
                .containsExactly(List.of(0, 1, 2, 3, 4), List.of(5, 6, 7, 8));
        given.put("speechMillis", "32");
        assertThat(utterances(0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0))
                .containsExactly(List.of(0, 1, 2, 3, 4), List.of(6, 7, 8));
    }

    @Test
    void aBoundThatIsJustWhatOpensAnUtteranceClosesItAtOnce() {
        given.put("maxMillis", "96");
        assertThat(utterances(0, 0, 1, 1, 1, 1, 0, 0, 0))
                .containsExactly(List.of(1, 2, 3), List.of(4, 5, 6));
    }

    // When

    @Test
    void aFrameIsGivenWhenItIsKnownThatAnotherFollows() {
        Stage<Sample<Tensor>, Sample<Tensor>> stage = open();
        List<Sample<Tensor>> results = new ArrayList<>();
        stage.push(
                Sound.sample(1, Sound.frames(0, 0, 1)), result -> results.add(Sound.copy(result)));
        assertThat(results).isEmpty();
        stage.push(Sound.sample(2, Sound.frames(1)), result -> results.add(Sound.copy(result)));
        assertThat(results).hasSize(2);
        stage.push(Sound.sample(3, 0), result -> results.add(Sound.copy(result)));
        assertThat(results).hasSize(3).noneMatch(Sample::last);
        stage.flush(result -> results.add(Sound.copy(result)));
        assertThat(results).hasSize(4);
        assertThat(results.get(3).last()).isTrue();
    }

    @Test
    void theLastSampleOfAStreamClosesTheUtteranceToo() {
        Stage<Sample<Tensor>, Sample<Tensor>> stage = open();
        float[] sound = Sound.frames(0, 1, 1);
        for (int turn = 0; turn < 2; turn++) {
            List<Sample<Tensor>> results = new ArrayList<>();
            stage.push(Sound.sample(1, sound), result -> results.add(Sound.copy(result)));
            stage.push(
                    new Sample<>("mic", 2, 2_000, Tensor.allocate(Tensor.Type.FLOAT32, 0), true),
                    result -> results.add(Sound.copy(result)));
            assertThat(Sound.found(results)).containsExactly(List.of(0, 1, 2));
            stage.flush(results::add);
            assertThat(results).hasSize(3);
        }
    }

    @Test
    void aFrameIsFromWhenItsLastSampleWas() {
        Stage<Sample<Tensor>, Sample<Tensor>> stage = open();
        List<Long> nanos = new ArrayList<>();
        long frame = 32_000_000;
        float[] sound = Sound.frames(0, 0, 1, 1, 1, 1);
        long start = -1_000_000_000_000L;
        for (int at = 0; at < sound.length; at += 768) {
            float[] values = Arrays.copyOfRange(sound, at, at + 768);
            Tensor value = Tensors.of(values, values.length);
            long end = start + (at + 768) * frame / FRAME;
            stage.push(
                    new Sample<>("mic", 1, end, value, false), r -> nanos.add(r.capturedNanos()));
        }
        stage.flush(result -> nanos.add(result.capturedNanos()));
        assertThat(nanos)
                .containsExactly(
                        start + 2 * frame,
                        start + 3 * frame,
                        start + 4 * frame,
                        start + 5 * frame,
                        start + 6 * frame);
    }

    @Test
    void soundThatIsReadFasterThanItSoundsIsNotOlderThanItsSamples() {
        List<Sample<Tensor>> results = Sound.results(open(), Sound.frames(0, 0, 1, 1, 1, 1), FRAME);
        assertThat(results)
                .extracting(Sample::capturedNanos)
                .containsExactly(2_000L, 3_000L, 4_000L, 5_000L, 6_000L);
        assertThat(results).extracting(Sample::sequence).containsExactly(1L, 2L, 3L, 4L, 5L);
    }
}
