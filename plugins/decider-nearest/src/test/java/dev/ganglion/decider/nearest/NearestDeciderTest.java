package dev.ganglion.decider.nearest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.FakeSteps;
import dev.ganglion.testkit.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NearestDeciderTest {
    private static final NearestDecider DECIDER = new NearestDecider();

    @TempDir private Path folder;

    private final List<Decision> decisions = new ArrayList<>();

    @BeforeEach
    void threeIntents() throws IOException {
        examples("east: ['0', '10', '350']\nnorth:\n- 80\n- 100\nwest: ['180']\n");
    }

    private void examples(String yaml) throws IOException {
        Files.writeString(folder.resolve("examples.yaml"), yaml);
    }

    private Options options(Map<String, String> given) {
        Map<String, String> all = new HashMap<>(given);
        all.putIfAbsent("examples", "examples.yaml");
        return Options.of("decide:nearest", DECIDER.options(), all, folder);
    }

    private Stage<Steps, Decision> open(ModelPackage model, Map<String, String> given) {
        return DECIDER.open(model, options(given), Compass::infer);
    }

    private Decision decide(ModelPackage model, Map<String, String> given, String text) {
        Stage<Steps, Decision> stage = open(model, given);
        stage.push(Compass.step(text), decisions::add);
        stage.flush(decisions::add);
        assertThat(decisions).hasSize(1);
        return decisions.remove(0);
    }

    private void refuses(Kind kind, ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(kind);
                            assertThat(refused).hasMessageStartingWith("decide:nearest: ");
                            assertThat(refused.getMessage())
                                    .contains(Arrays.asList(words))
                                    .doesNotContain("\n");
                        });
        assertThat(decisions).isEmpty();
    }

    private void refusesModel(ModelPackage model, Map<String, String> given, String... words) {
        refuses(Kind.SETUP, () -> DECIDER.inputs(model, options(given)), words);
        refuses(Kind.SETUP, () -> open(model, given), words);
    }

    // What it reads

    @Test
    void vectorsOfTokensAreReadWhereTheModelGivesThem() {
        assertThat(DECIDER.inputs(Compass.MODEL, options(Map.of())))
                .containsExactly(TensorSpec.of("hidden", Tensor.Type.FLOAT32, "1", 1, -1, 2));
    }

    @Test
    void oneVectorIsReadWhereTheModelPoolsItself() {
        assertThat(DECIDER.inputs(Compass.POOLED, options(Map.of())))
                .containsExactly(TensorSpec.of("pooled", Tensor.Type.FLOAT32, "1", 1, 2));
        assertThat(decide(Compass.POOLED, Map.of(), "0 180 180").name()).isEqualTo("east");
    }

    @Test
    void oneOfSeveralOutputsIsChosenByName() {
        ModelPackage both =
                Compass.MODEL.withTensors(List.of(), List.of(Compass.TOKENS, Compass.SENTENCE));
        assertThat(decide(both, Map.of("tensor", "pooled"), "0 180 180").name()).isEqualTo("east");
        assertThat(decide(both, Map.of("tensor", "hidden"), "0 180 180").name()).isEqualTo("west");
        refusesModel(both, Map.of(), "2 outputs", "'tensor'", "hidden FLOAT32", "pooled FLOAT32");
    }

    @Test
    void outputsOfAnotherTypeAreNotInTheWay() {
        TensorSpec flags = TensorSpec.of("flags", Tensor.Type.BOOL, "1", 1, 2);
        ModelPackage model = Compass.MODEL.withTensors(List.of(), List.of(flags, Compass.TOKENS));
        assertThat(DECIDER.inputs(model, options(Map.of())))
                .extracting(TensorSpec::name)
                .containsExactly("hidden");
        refusesModel(
                Compass.MODEL.withTensors(List.of(), List.of(flags)),
                Map.of(),
                "0 outputs of FLOAT32",
                "flags BOOL");
        refusesModel(model, Map.of("tensor", "flags"), "'flags'", "BOOL found");
    }

    @Test
    void anOutputThatDoesNotExistIsRefused() {
        refusesModel(Compass.MODEL, Map.of("tensor", "logits"), "'logits'", "hidden FLOAT32");
    }

    @Test
    void aPoolingThatDoesNotFitTheOutputIsRefused() {
        refusesModel(Compass.MODEL, Map.of("pooling", "none"), "'none'", "[-1, -1, 2] found");
        refusesModel(Compass.POOLED, Map.of("pooling", "mean"), "'mean'", "[-1, 2] found");
        refusesModel(Compass.POOLED, Map.of("pooling", "first"), "mean, first, none");
    }

    @Test
    void aCardWithoutOutputsNeedsTensorAndPooling() {
        ModelPackage bare = Compass.MODEL.withTensors(List.of(), List.of());
        refusesModel(bare, Map.of(), "compass@1", "'tensor' and 'pooling'");
        refusesModel(bare, Map.of("tensor", "hidden"), "'tensor' and 'pooling'");
        assertThat(decide(bare, Map.of("tensor", "hidden", "pooling", "mean"), "90 91").name())
                .isEqualTo("north");
        assertThat(decide(bare, Map.of("tensor", "pooled", "pooling", "none"), "90 0").name())
                .isEqualTo("north");
    }

    @ParameterizedTest
    @ValueSource(strings = {"above=1.01", "above=-1", "pooling=max", "margin=0.1"})
    void anOptionThatDoesNotFitIsRefused(String option) {
        String[] parts = option.split("=");
        assertThatThrownBy(() -> options(Map.of(parts[0], parts[1])))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("'" + parts[0] + "'");
    }

    @Test
    void theFileWithTheExamplesIsRequired() {
        assertThatThrownBy(() -> Options.of("decide:nearest", DECIDER.options(), Map.of(), folder))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("'examples'");
    }

    @Test
    void aMistakeInTheFileIsToldWhenTheRouteIsWired() throws IOException {
        examples("east: ['0']\nnorth: ninety\n");
        refusesModel(Compass.MODEL, Map.of(), "examples.yaml line 2", "'north'");
    }

    // What it decides

    @Test
    void theNearestIntentIsTheDecisionAndItsCosineTheConfidence() {
        Decision decision = decide(Compass.MODEL, Map.of(), "60");
        assertThat(decision.name()).isEqualTo("north");
        assertThat(decision.sure()).isTrue();
        assertThat(decision.parameters()).isEmpty();
        // The examples of north lie at 80 and 100 degrees, their centroid at 90.
        assertThat(decision.confidence()).isEqualTo(Math.cos(Math.toRadians(30)), within(1e-6));
    }

    @Test
    void theMeanIsOverAllTokens() {
        Decision decision = decide(Compass.MODEL, Map.of(), "170 190 180 180");
        assertThat(decision.name()).isEqualTo("west");
        assertThat(decision.confidence()).isEqualTo(1, within(1e-6));
    }

    @Test
    void theFirstTokenAloneIsReadWhenAsked() {
        assertThat(decide(Compass.MODEL, Map.of("pooling", "first"), "0 180 180").name())
                .isEqualTo("east");
    }

    @Test
    void paddingAfterTheTokensIsNotRead() {
        Map<String, Tensor> outputs =
                Map.of("hidden", Tensors.of(new float[] {1, 0, -9, 0, Float.NaN, 0}, 1, 3, 2));
        Steps steps = new FakeSteps(Compass.MODEL, Compass.tokens("0"), List.of(outputs));
        steps.advance();
        open(Compass.MODEL, Map.of()).push(steps, decisions::add);
        assertThat(decisions).extracting(Decision::name).containsExactly("east");
    }

    @Test
    void whatIsNearNoneWaitsForTheFlushAndIsNotSure() {
        Stage<Steps, Decision> stage = open(Compass.MODEL, Map.of());
        stage.push(Compass.step("260"), decisions::add);
        assertThat(decisions).isEmpty();
        stage.flush(decisions::add);
        stage.flush(decisions::add);
        assertThat(decisions).hasSize(1);
        Decision decision = decisions.get(0);
        assertThat(decision.name()).isEqualTo("none");
        assertThat(decision.sure()).isFalse();
        assertThat(decision.parameters()).isEqualTo(Map.of("nearest", "west"));
        assertThat(decision.confidence()).isEqualTo(Math.cos(Math.toRadians(80)), within(1e-6));
    }

    @Test
    void theBoundDecidesWhatIsNear() {
        assertThat(decide(Compass.MODEL, Map.of("above", "0.86"), "60").name()).isEqualTo("north");
        assertThat(decide(Compass.MODEL, Map.of("above", "0.87"), "60").name()).isEqualTo("none");
        assertThat(decide(Compass.MODEL, Map.of("above", "0"), "260").name()).isEqualTo("west");
    }

    @Test
    void aNegativeCosineIsAConfidenceOfZero() throws IOException {
        examples("east: ['0']\n");
        Decision decision = decide(Compass.MODEL, Map.of(), "180");
        assertThat(decision.name()).isEqualTo("none");
        assertThat(decision.confidence()).isZero();
    }

    @Test
    void examplesForNoneKeepSentencesFromAnyIntent() throws IOException {
        examples("east: ['0']\nnone: ['40']\n");
        Decision decision = decide(Compass.MODEL, Map.of(), "35");
        assertThat(decision.name()).isEqualTo("none");
        assertThat(decision.sure()).isFalse();
        assertThat(decision.parameters()).isEmpty();
        assertThat(decide(Compass.MODEL, Map.of(), "5").name()).isEqualTo("east");
    }

    @Test
    void aFlushWithoutASentenceGivesNothing() {
        open(Compass.MODEL, Map.of()).flush(decisions::add);
        assertThat(decisions).isEmpty();
    }

    // What it refuses to decide

    @ParameterizedTest
    @ValueSource(strings = {"nan", "zero", "huge", "nan 0", "0 180"})
    void aVectorWithoutADirectionIsRefused(String text) {
        Stage<Steps, Decision> stage = open(Compass.MODEL, Map.of());
        if (text.equals("0 180")) {
            // Opposite by construction; rounding would leave a rest of the sine.
            Map<String, Tensor> outputs =
                    Map.of("hidden", Tensors.of(new float[] {1, 0, -1, 0}, 1, 2, 2));
            Steps steps = new FakeSteps(Compass.MODEL, Compass.tokens(text), List.of(outputs));
            steps.advance();
            refuses(Kind.INPUT, () -> stage.push(steps, decisions::add), "length 0.0", "'hidden'");
        } else {
            refuses(
                    Kind.INPUT,
                    () -> stage.push(Compass.step(text), decisions::add),
                    "compass@1",
                    "'hidden'");
        }
    }

    @Test
    void aModelWithAStateMustStartAnewAfterNaN() {
        Stage<Steps, Decision> stage =
                open(Compass.MODEL.withState(Map.of("h", "h_out")), Map.of());
        refuses(Kind.REOPEN, () -> stage.push(Compass.step("nan"), decisions::add), "NaN");
    }

    @Test
    void anotherShapeThanAgreedOnIsRefused() {
        Stage<Steps, Decision> stage = open(Compass.MODEL, Map.of());
        Map<String, Tensor> outputs = Map.of("hidden", Tensors.of(new float[3], 1, 1, 3));
        Steps steps = new FakeSteps(Compass.MODEL, Compass.tokens("0"), List.of(outputs));
        steps.advance();
        refuses(Kind.SETUP, () -> stage.push(steps, decisions::add), "[1, 1, 3] found");
    }

    @Test
    void anotherNumberOfDimensionsThanTheExamplesHadIsRefused() {
        ModelPackage bare = Compass.MODEL.withTensors(List.of(), List.of());
        Stage<Steps, Decision> stage = open(bare, Map.of("tensor", "hidden", "pooling", "mean"));
        Map<String, Tensor> outputs = Map.of("hidden", Tensors.of(new float[3], 1, 1, 3));
        Steps steps = new FakeSteps(Compass.MODEL, Compass.tokens("0"), List.of(outputs));
        steps.advance();
        refuses(
                Kind.SETUP,
                () -> stage.push(steps, decisions::add),
                "2 dimensions expected",
                "FLOAT32[1, 1, 3] found");
    }

    @Test
    void aRefusedSentenceIsForgottenWithWhatCameBefore() {
        Stage<Steps, Decision> stage = open(Compass.MODEL, Map.of());
        stage.push(Compass.step("260"), decisions::add);
        refuses(Kind.INPUT, () -> stage.push(Compass.step("nan"), decisions::add), "NaN");
        stage.flush(decisions::add);
        assertThat(decisions).isEmpty();
        stage.push(Compass.step("0"), decisions::add);
        assertThat(decisions).extracting(Decision::name).containsExactly("east");
    }

    // Examples that cannot be used

    @Test
    void anExampleWithoutADirectionIsNamedWithItsLine() throws IOException {
        examples("east:\n- '0'\n- nan\n");
        refuses(Kind.SETUP, () -> open(Compass.MODEL, Map.of()), "examples.yaml line 3", "'nan'");
    }

    @Test
    void anExampleThatTheModelDoesNotTakeIsNamedWithItsLine() throws IOException {
        GanglionException tooLong = new GanglionException(Kind.INPUT, "600 tokens, 512 fit");
        refuses(
                Kind.SETUP,
                () ->
                        DECIDER.open(
                                Compass.MODEL,
                                options(Map.of()),
                                text -> {
                                    throw tooLong;
                                }),
                "examples.yaml line 1",
                "'0'",
                "600 tokens, 512 fit");
    }

    @Test
    void aModelThatGivesNoStepIsRefused() {
        refuses(
                Kind.SETUP,
                () ->
                        DECIDER.open(
                                Compass.MODEL,
                                options(Map.of()),
                                text ->
                                        new FakeSteps(
                                                Compass.MODEL, Compass.tokens(text), List.of())),
                "no step");
    }

    @Test
    void aCancelledModelStaysCancelled() {
        GanglionException cancelled = new GanglionException(Kind.REOPEN, "cancelled");
        assertThatThrownBy(
                        () ->
                                DECIDER.open(
                                        Compass.MODEL,
                                        options(Map.of()),
                                        text -> {
                                            throw cancelled;
                                        }))
                .isSameAs(cancelled);
    }

    @Test
    void examplesThatCancelEachOtherOutAreRefused() {
        Map<String, Float> directions = Map.of("there", 1f, "back", -1f);
        refuses(
                Kind.SETUP,
                () -> {
                    examples("walk:\n- there\n- back\n");
                    DECIDER.open(
                            Compass.MODEL,
                            options(Map.of()),
                            text ->
                                    new FakeSteps(
                                            Compass.MODEL,
                                            Compass.tokens(text),
                                            List.of(
                                                    Map.of(
                                                            "hidden",
                                                            Tensors.of(
                                                                    new float[] {
                                                                        directions.get(
                                                                                text.toString()),
                                                                        0
                                                                    },
                                                                    1,
                                                                    1,
                                                                    2)))));
                },
                "line 2",
                "'walk'",
                "cancel");
    }
}
