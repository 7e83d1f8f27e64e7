package dev.ganglion.decider.labels;

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
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.FakeSteps;
import dev.ganglion.testkit.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelsDeciderTest {
    private static final LabelsDecider DECIDER = new LabelsDecider();

    private static final ModelPackage MODEL =
            ModelPackage.of(new ModelId("pump", "1"), "onnx", Path.of("model.onnx"))
                    .withTensors(
                            List.of(),
                            List.of(
                                    TensorSpec.of("scores", Tensor.Type.FLOAT32, "1", -1, 3),
                                    TensorSpec.of("embedding", Tensor.Type.FLOAT32, "1", 1, 8)))
                    .withLabels(Map.of("scores", List.of("idle", "running", "broken")));

    private final List<Decision> decisions = new ArrayList<>();

    private static Options options(Map<String, String> given) {
        return Options.of("decide:labels", DECIDER.options(), given, Path.of(""));
    }

    private static Stage<Steps, Decision> open(ModelPackage model, Map<String, String> given) {
        return DECIDER.open(
                model,
                options(given),
                text -> {
                    throw new AssertionError("no text is run");
                });
    }

    private static Steps step(Tensor tensor) {
        Steps steps = new FakeSteps(MODEL, new Tokens(), List.of(Map.of("scores", tensor)));
        assertThat(steps.advance()).isTrue();
        return steps;
    }

    private static Steps step(double... scores) {
        float[] floats = new float[scores.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) scores[i];
        }
        return step(Tensors.of(floats, 1, floats.length));
    }

    private void refuses(Kind kind, ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(kind);
                            assertThat(refused).hasMessageStartingWith("decide:labels: ");
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
    void theOnlyOutputWithLabelsIsRead() {
        assertThat(DECIDER.inputs(MODEL, options(Map.of())))
                .containsExactly(TensorSpec.of("scores", Tensor.Type.FLOAT32, "1", 1, 3));
    }

    @Test
    void aModelThatGivesOneRowWithoutABatchIsReadAsItIs() {
        ModelPackage model =
                MODEL.withTensors(
                        List.of(), List.of(TensorSpec.of("scores", Tensor.Type.FLOAT32, "1", 3)));
        assertThat(DECIDER.inputs(model, options(Map.of())).get(0).shape()).containsExactly(3L);
        open(model, Map.of()).push(step(Tensors.of(new float[] {0, 9, 0}, 3)), decisions::add);
        assertThat(decisions).extracting(Decision::name).containsExactly("running");
    }

    @Test
    void aCardWithoutOutputsIsCheckedAtTheFirstStep() {
        ModelPackage model = MODEL.withTensors(List.of(), List.of());
        assertThat(DECIDER.inputs(model, options(Map.of())).get(0).shape()).containsExactly(1L, 3L);
        refuses(
                Kind.SETUP,
                () -> open(model, Map.of()).push(step(1, 2, 3, 4), decisions::add),
                "'scores'",
                "pump@1",
                "3 labels",
                "FLOAT32[1, 4]");
    }

    @Test
    void oneOfSeveralOutputsWithLabelsIsChosenByName() {
        ModelPackage model =
                MODEL.withLabels(
                        Map.of(
                                "scores", List.of("idle", "running", "broken"),
                                "embedding", List.of("a", "b", "c", "d", "e", "f", "g", "h")));
        assertThat(DECIDER.inputs(model, options(Map.of("tensor", "embedding"))).get(0).name())
                .isEqualTo("embedding");
        refusesModel(model, Map.of(), "several outputs", "'tensor'", "embedding, scores");
    }

    @Test
    void aModelWithoutLabelsIsRefused() {
        refusesModel(MODEL.withLabels(Map.of()), Map.of(), "pump@1", "labels", "scores FLOAT32");
        refusesModel(MODEL.withLabels(Map.of("scores", List.of())), Map.of(), "no labels");
    }

    @Test
    void anOutputWithoutLabelsIsRefused() {
        refusesModel(MODEL, Map.of("tensor", "embedding"), "'embedding'", "has labels: scores");
    }

    @Test
    void anOutputThatDoesNotExistIsRefused() {
        refusesModel(MODEL, Map.of("tensor", "logits"), "'logits'", "scores FLOAT32", "embedding");
    }

    @Test
    void labelsForAnOutputThatTheModelDoesNotHaveAreRefused() {
        refusesModel(
                MODEL.withLabels(Map.of("probs", List.of("a", "b"))),
                Map.of(),
                "'probs'",
                "scores FLOAT32");
    }

    @Test
    void anotherNumberOfLabelsThanClassesIsRefused() {
        refusesModel(
                MODEL.withLabels(Map.of("scores", List.of("idle", "running"))),
                Map.of(),
                "2 labels",
                "[1, 2] expected",
                "[-1, 3] found");
    }

    @Test
    void anotherTypeOrRankIsRefused() {
        for (TensorSpec output :
                List.of(
                        TensorSpec.of("scores", Tensor.Type.INT8, "1", 1, 3),
                        TensorSpec.of("scores", Tensor.Type.FLOAT32, "1", 1, 20, 3))) {
            refusesModel(
                    MODEL.withTensors(List.of(), List.of(output)), Map.of(), "'scores'", "found");
        }
    }

    @Test
    void aBackgroundThatIsNoLabelIsRefused() {
        refusesModel(MODEL, Map.of("background", "idle,asleep"), "'asleep'", "idle, running");
    }

    @Test
    void aBoundForAClassThatIsNoLabelIsRefused() {
        refusesModel(MODEL, Map.of("aboveFor", "idle:0.5,asleep:0.5"), "'asleep'", "idle, running");
    }

    @ParameterizedTest
    @ValueSource(strings = {"idle:1.1", "idle:-0.1", "idle:NaN", "idle:", "idle:much", "idle:0,5"})
    void aBoundForAClassThatIsNoProbabilityIsRefused(String bounds) {
        refusesModel(MODEL, Map.of("aboveFor", bounds), "'aboveFor'");
    }

    @Test
    void aBoundWithoutAClassOrAClassWithoutABoundIsRefused() {
        refusesModel(MODEL, Map.of("aboveFor", "0.5"), "such as yes:0.95,no:0.8", "'0.5'");
        refusesModel(MODEL, Map.of("aboveFor", "idle"), "such as yes:0.95,no:0.8", "'idle'");
        refusesModel(MODEL, Map.of("aboveFor", ":0.5"), "found ''", "idle, running");
        refusesModel(MODEL, Map.of("aboveFor", "idle:0.5,"), "found ''");
    }

    @Test
    void twoBoundsForAClassAreRefused() {
        refusesModel(MODEL, Map.of("aboveFor", "idle:0.5,idle:0.6"), "two bounds", "'idle'");
    }

    @Test
    void aBoundForABackgroundIsRefused() {
        refusesModel(
                MODEL,
                Map.of("aboveFor", "idle:0.5", "background", "broken,idle"),
                "'idle'",
                "never sure");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "finalAbove=1.1",
                "finalAbove=-0.1",
                "finalAbove=yes",
                "above=1.1",
                "above=-0.1",
                "kind=softmax",
                "steps=0",
                "steps=1.5"
            })
    void anOptionOutOfRangeIsRefused(String option) {
        String[] parts = option.split("=");
        assertThatThrownBy(() -> options(Map.of(parts[0], parts[1])))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining(parts[0])
                .hasMessageContaining(parts[1]);
    }

    // What it decides

    @Test
    void theConfidenceIsTheSoftmaxOfTheHighestLogit() {
        open(MODEL, Map.of()).push(step(1, 3, 2), decisions::add);
        assertThat(decisions).hasSize(1);
        Decision decision = decisions.get(0);
        assertThat(decision.name()).isEqualTo("running");
        assertThat(decision.sure()).isTrue();
        assertThat(decision.parameters()).isEmpty();
        assertThat(decision.confidence())
                .isEqualTo(Math.exp(3) / (Math.exp(1) + Math.exp(2) + Math.exp(3)), within(1e-12));
    }

    @Test
    void logitsTooLargeForAnExponentialAreStillRead() {
        open(MODEL, Map.of("above", "0.7")).push(step(3e38, -3e38, 1e38), decisions::add);
        open(MODEL, Map.of("above", "0.7")).push(step(-1e30, -1e38, -3e38), decisions::add);
        assertThat(decisions)
                .containsExactly(
                        new Decision("idle", Map.of(), 1, true),
                        new Decision("idle", Map.of(), 1, true));
    }

    @Test
    void probabilitiesAreTakenAsTheyAre() {
        open(MODEL, Map.of("kind", "probabilities")).push(step(0.25, 0.125, 0.625), decisions::add);
        assertThat(decisions).containsExactly(new Decision("broken", Map.of(), 0.625, true));
    }

    @Test
    void aProbabilityRoundedUpIsOne() {
        open(MODEL, Map.of("kind", "probabilities")).push(step(0, 1.0039, 0), decisions::add);
        assertThat(decisions).containsExactly(new Decision("running", Map.of(), 1, true));
    }

    @Test
    void theBoundItselfIsSure() {
        Map<String, String> given = Map.of("kind", "probabilities", "above", "0.625");
        open(MODEL, given).push(step(0.25, 0.125, 0.625), decisions::add);
        assertThat(decisions).extracting(Decision::sure).containsExactly(true);
    }

    @Test
    void aSureDecisionComesAtItsStepAndNotAgainAtTheFlush() {
        Stage<Steps, Decision> stage = open(MODEL, Map.of("above", "0.9"));
        stage.push(step(1, 1, 1.5), decisions::add);
        assertThat(decisions).isEmpty();
        stage.push(step(0, 0, 9), decisions::add);
        assertThat(decisions).extracting(Decision::name).containsExactly("broken");
        stage.flush(decisions::add);
        assertThat(decisions).hasSize(1);
    }

    @Test
    void withoutASureOneTheFlushGivesTheBestOfTheLastStep() {
        Stage<Steps, Decision> stage = open(MODEL, Map.of("above", "0.9"));
        stage.push(step(2, 1, 0), decisions::add);
        stage.push(step(0, 1, 0), decisions::add);
        assertThat(decisions).isEmpty();
        stage.flush(decisions::add);
        assertThat(decisions).hasSize(1);
        assertThat(decisions.get(0).name()).isEqualTo("running");
        assertThat(decisions.get(0).sure()).isFalse();
        assertThat(decisions.get(0).confidence()).isEqualTo(Math.E / (2 + Math.E), within(1e-7));
    }

    @Test
    void aFlushWithoutAStepGivesNothing() {
        Stage<Steps, Decision> stage = open(MODEL, Map.of());
        stage.flush(decisions::add);
        stage.push(step(1, 1, 1), decisions::add);
        stage.flush(decisions::add);
        stage.flush(decisions::add);
        assertThat(decisions).hasSize(1);
    }

    @Test
    void severalStepsInARowMustSayTheSame() {
        Stage<Steps, Decision> stage = open(MODEL, Map.of("above", "0.9", "steps", "2"));
        stage.push(step(9, 0, 0), decisions::add);
        stage.push(step(0, 9, 0), decisions::add);
        stage.push(step(1, 1.5, 1), decisions::add);
        stage.push(step(0, 9, 0), decisions::add);
        assertThat(decisions).isEmpty();
        stage.push(step(0, 9, 0), decisions::add);
        assertThat(decisions).extracting(Decision::name).containsExactly("running");
    }

    @Test
    void aRunOfStepsDoesNotGoOnAfterAFlush() {
        Stage<Steps, Decision> stage = open(MODEL, Map.of("steps", "2"));
        stage.push(step(9, 0, 0), decisions::add);
        stage.flush(decisions::add);
        stage.push(step(9, 0, 0), decisions::add);
        assertThat(decisions).extracting(Decision::sure).containsExactly(false);
    }

    @Test
    void aClassWithABoundOfItsOwnIsSureFromThere() {
        Map<String, String> given =
                Map.of(
                        "kind", "probabilities",
                        "above", "0.75",
                        "aboveFor", "running:0.5, broken:0.875");
        for (double[] scores :
                new double[][] {{0.25, 0.5, 0.25}, {0.125, 0, 0.875}, {0.75, 0.25, 0}}) {
            Stage<Steps, Decision> stage = open(MODEL, given);
            stage.push(step(scores), decisions::add);
        }
        assertThat(decisions)
                .extracting(Decision::name)
                .containsExactly("running", "broken", "idle");
        decisions.clear();
        for (double[] scores :
                new double[][] {{0.25, 0.4375, 0.3125}, {0.25, 0, 0.75}, {0.625, 0.375, 0}}) {
            Stage<Steps, Decision> stage = open(MODEL, given);
            stage.push(step(scores), decisions::add);
        }
        assertThat(decisions).isEmpty();
    }

    @Test
    void aLabelWithAColonHasABoundToo() {
        ModelPackage model =
                MODEL.withLabels(Map.of("scores", List.of("pump:idle", "running", "broken")));
        open(model, Map.of("aboveFor", "pump:idle:0.99")).push(step(2, 0, 0), decisions::add);
        assertThat(decisions).isEmpty();
    }

    @Test
    void theFinalPassIsSureFromItsOwnBound() {
        Map<String, String> given =
                Map.of("kind", "probabilities", "above", "0.9", "finalAbove", "0.5");
        Stage<Steps, Decision> stage = open(MODEL, given);
        stage.push(step(0.75, 0.125, 0.125), decisions::add);
        stage.push(step(0.25, 0.5, 0.25), decisions::add);
        stage.flush(decisions::add);
        assertThat(decisions).containsExactly(new Decision("running", Map.of(), 0.5, true));
        stage.push(step(0.75, 0.125, 0.125), decisions::add);
        stage.push(step(0.4375, 0.3125, 0.25), decisions::add);
        stage.flush(decisions::add);
        assertThat(decisions).extracting(Decision::sure).containsExactly(true, false);
    }

    @Test
    void theFinalPassIsNeverSureOfABackground() {
        Map<String, String> given = Map.of("finalAbove", "0", "background", "idle");
        Stage<Steps, Decision> stage = open(MODEL, given);
        stage.push(step(9, 0, 0), decisions::add);
        stage.flush(decisions::add);
        assertThat(decisions).extracting(Decision::name).containsExactly("idle");
        assertThat(decisions).extracting(Decision::sure).containsExactly(false);
    }

    @Test
    void theBackgroundIsNeverSure() {
        Stage<Steps, Decision> stage = open(MODEL, Map.of("background", "idle, broken"));
        stage.push(step(9, 0, 0), decisions::add);
        stage.push(step(0, 0, 9), decisions::add);
        assertThat(decisions).isEmpty();
        stage.flush(decisions::add);
        assertThat(decisions).extracting(Decision::name).containsExactly("broken");
        assertThat(decisions).extracting(Decision::sure).containsExactly(false);
        stage.push(step(0, 9, 0), decisions::add);
        assertThat(decisions).extracting(Decision::sure).containsExactly(false, true);
    }

    // What it refuses to decide

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aScoreThatIsNotFiniteIsRefused(double score) {
        for (String kind : List.of("logits", "probabilities")) {
            Stage<Steps, Decision> stage = open(MODEL, Map.of("kind", kind));
            refuses(
                    Kind.INPUT,
                    () -> stage.push(step(0.25, 0.5, score), decisions::add),
                    "pump@1",
                    "'broken'",
                    "'scores'",
                    Float.toString((float) score));
        }
    }

    @Test
    void aModelWithAStateMustStartAnewAfterNaN() {
        Stage<Steps, Decision> stage = open(MODEL.withState(Map.of("h", "h_out")), Map.of());
        refuses(Kind.REOPEN, () -> stage.push(step(Double.NaN, 0, 0), decisions::add), "NaN");
    }

    @Test
    void logitsAreNotTakenForProbabilities() {
        Stage<Steps, Decision> stage = open(MODEL, Map.of("kind", "probabilities"));
        refuses(Kind.SETUP, () -> stage.push(step(0, 4, 1), decisions::add), "4.0", "logits");
        refuses(Kind.SETUP, () -> stage.push(step(-2, 0.9, 0), decisions::add), "-2.0", "logits");
    }

    @Test
    void anotherShapeThanAgreedOnIsRefused() {
        Stage<Steps, Decision> stage = open(MODEL, Map.of());
        Tensor batch = Tensors.of(new float[6], 2, 3);
        refuses(
                Kind.SETUP,
                () -> stage.push(step(batch), decisions::add),
                "[1, 3] expected",
                "FLOAT32[2, 3] found");
    }

    @Test
    void aRefusedStepIsForgottenWithWhatCameBefore() {
        Stage<Steps, Decision> stage = open(MODEL, Map.of("above", "0.9", "steps", "2"));
        stage.push(step(9, 0, 0), decisions::add);
        refuses(Kind.INPUT, () -> stage.push(step(Double.NaN, 0, 0), decisions::add), "NaN");
        stage.flush(decisions::add);
        assertThat(decisions).isEmpty();
        stage.push(step(9, 0, 0), decisions::add);
        assertThat(decisions).isEmpty();
    }
}
