package dev.ganglion.encoder.vad;

import static dev.ganglion.encoder.vad.Sound.FRAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What the model is given, and what is done about what it gives. */
class ModelDetectorTest {
    private static final Map<String, String> OPTIONS =
            Map.of(
                    "detector", FakeVad.NAME,
                    "speechMillis", "64",
                    "silenceMillis", "96",
                    "padMillis", "32");

    private final List<FakeVad> sessions = new ArrayList<>();

    private Stage<Sample<Tensor>, Sample<Tensor>> open(Map<String, String> given) {
        return Sound.open(
                given,
                name -> {
                    assertThat(name).isEqualTo(FakeVad.NAME);
                    sessions.add(new FakeVad());
                    return sessions.get(sessions.size() - 1);
                });
    }

    private static float[] rising(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i / 10_000f;
        }
        return values;
    }

    @Test
    void theModelGetsTheEndOfTheFrameBeforeTheFrame() {
        Stage<Sample<Tensor>, Sample<Tensor>> stage = open(OPTIONS);
        float[] sound = rising(2 * FRAME);
        stage.push(Sound.sample(1, sound), result -> {});
        FakeVad session = sessions.get(0);
        assertThat(session.rateHz()).isEqualTo(16_000);
        List<float[]> inputs = session.inputs;
        float[] first = inputs.get(inputs.size() - 2);
        assertThat(first).hasSize(576);
        assertThat(Arrays.copyOf(first, 64)).containsOnly(0f);
        assertThat(Arrays.copyOfRange(first, 64, 576)).isEqualTo(Arrays.copyOf(sound, FRAME));
        assertThat(inputs.get(inputs.size() - 1))
                .isEqualTo(Arrays.copyOfRange(sound, FRAME - 64, 2 * FRAME));
    }

    @Test
    void atHalfTheRateAFrameIsHalfAsLong() {
        Stage<Sample<Tensor>, Sample<Tensor>> stage =
                open(Map.of("detector", FakeVad.NAME, "sampleRateHz", "8000"));
        float[] sound = rising(FRAME);
        stage.push(Sound.sample(1, sound), result -> {});
        FakeVad session = sessions.get(0);
        assertThat(session.rateHz()).isEqualTo(8_000);
        assertThat(session.inputs.get(session.inputs.size() - 1))
                .isEqualTo(Arrays.copyOfRange(sound, 256 - 32, FRAME));
    }

    @Test
    void aFlushStartsTheModelAnew() {
        Stage<Sample<Tensor>, Sample<Tensor>> stage = open(OPTIONS);
        FakeVad session = sessions.get(0);
        stage.push(Sound.sample(1, rising(FRAME)), result -> {});
        int resets = session.resets;
        stage.flush(result -> {});
        stage.push(Sound.sample(2, rising(FRAME)), result -> {});
        assertThat(session.resets).isEqualTo(resets + 1);
        assertThat(session.context()).containsOnly(0f);
        assertThat(sessions).hasSize(1);
    }

    @Test
    void theModelGoesOnFromOneUtteranceToTheNext() {
        Stage<Sample<Tensor>, Sample<Tensor>> stage = open(OPTIONS);
        stage.push(Sound.sample(1, Sound.frames(0)), result -> {});
        int resets = sessions.get(0).resets;
        Sound.found(Sound.results(stage, Sound.frames(0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0), FRAME));
        assertThat(sessions.get(0).resets).isEqualTo(resets);
        assertThat(sessions).hasSize(1);
    }

    @Test
    void aModelThatWasReplacedIsLetGoBetweenUtterancesOnly() {
        Stage<Sample<Tensor>, Sample<Tensor>> stage = open(OPTIONS);
        List<Sample<Tensor>> results = new ArrayList<>();
        stage.push(Sound.sample(1, Sound.frames(0, 1, 1)), r -> results.add(Sound.copy(r)));
        sessions.get(0).usable = false;
        stage.push(Sound.sample(2, Sound.frames(1, 1, 0, 0, 0)), r -> results.add(Sound.copy(r)));
        assertThat(sessions).hasSize(1);
        stage.push(Sound.sample(3, Sound.frames(0)), r -> results.add(Sound.copy(r)));
        assertThat(sessions).hasSize(2);
        assertThat(sessions.get(0).closed).isOne();
        assertThat(sessions.get(1).closed).isZero();
        assertThat(results).hasSize(6);
        stage.close();
        assertThat(sessions.get(1).closed).isOne();
    }

    private static Stage<Sample<Tensor>, Sample<Tensor>> openOver(FakeVad session) {
        return Sound.open(OPTIONS, name -> session);
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

    private static void refusesAtTheStart(FakeVad session, String... words) {
        refuses(Kind.SETUP, () -> openOver(session), words);
        assertThat(session.closed).as("the session that was opened is closed").isOne();
    }

    @Test
    void aModelWithoutTheseInputsIsRefused() {
        refusesAtTheStart(
                new FakeVad() {
                    @Override
                    public Tensor input(String name, long... shape) {
                        throw new IllegalArgumentException("no input '" + name + "'; it has: x");
                    }
                },
                "'fake-vad'",
                "no input 'input'; it has: x",
                "FLOAT32[1, 576]",
                "silero-vad");
    }

    @Test
    void aModelThatTakesOtherNumbersIsRefused() {
        refusesAtTheStart(
                new FakeVad() {
                    @Override
                    Tensor allocate(long... shape) {
                        return Tensor.allocate(Tensor.Type.INT32, shape);
                    }
                },
                "its 'input' is INT32[1, 576]");
    }

    @Test
    void aModelThatGivesSomethingElseThanOneProbabilityIsRefused() {
        FakeVad two = new FakeVad();
        two.output = Tensor.allocate(Tensor.Type.FLOAT32, 1, 2);
        refusesAtTheStart(two, "FLOAT32[1, 1]", "its 'output' is FLOAT32[1, 2]");
        FakeVad flat = new FakeVad();
        flat.output = Tensor.allocate(Tensor.Type.FLOAT32, 1);
        refusesAtTheStart(flat, "its 'output' is FLOAT32[1]");
        FakeVad whole = new FakeVad();
        whole.output = Tensor.allocate(Tensor.Type.INT32, 1, 1);
        refusesAtTheStart(whole, "its 'output' is INT32[1, 1]");
    }

    @Test
    void aModelThatGivesLogitsIsRefused() {
        refusesAtTheStart(
                new FakeVad() {
                    @Override
                    float probability(float[] values, int start) {
                        return -3.5f;
                    }
                },
                "0 to 1",
                "it gave -3.5");
    }

    @Test
    void aModelThatLosesItsWayStartsAnew() {
        FakeVad session =
                new FakeVad() {
                    @Override
                    float probability(float[] values, int start) {
                        return values[start] == 9 ? Float.NaN : values[start];
                    }
                };
        Stage<Sample<Tensor>, Sample<Tensor>> stage = openOver(session);
        refuses(
                Kind.REOPEN,
                () -> stage.push(Sound.sample(1, Sound.frames(0, 1, 1, 9)), result -> {}),
                "'fake-vad'",
                "NaN");
        int resets = session.resets;
        assertThat(Sound.found(Sound.results(stage, Sound.frames(0, 1, 1, 0, 0, 0), FRAME)))
                .containsExactly(List.of(0, 1, 2, 3));
        assertThat(session.resets).isEqualTo(resets + 1);
    }

    @Test
    void aModelThatBreaksPassesItsReasonOnAndIsOpenedAgain() {
        Stage<Sample<Tensor>, Sample<Tensor>> stage =
                Sound.open(
                        OPTIONS,
                        name -> {
                            sessions.add(new BreaksAtNine());
                            return sessions.get(sessions.size() - 1);
                        });
        assertThatThrownBy(() -> stage.push(Sound.sample(1, Sound.frames(1, 9)), result -> {}))
                .isSameAs(BreaksAtNine.GONE);
        assertThat(Sound.found(Sound.results(stage, Sound.frames(0, 1, 1, 0, 0, 0), FRAME)))
                .containsExactly(List.of(0, 1, 2, 3));
        assertThat(sessions).hasSize(2);
        assertThat(sessions.get(0).closed).isOne();
    }

    private static final class BreaksAtNine extends FakeVad {
        static final GanglionException GONE = new GanglionException(Kind.REOPEN, "gone");

        @Override
        float probability(float[] values, int start) {
            if (values[start] == 9) {
                usable = false;
                throw GONE;
            }
            return values[start];
        }
    }
}
