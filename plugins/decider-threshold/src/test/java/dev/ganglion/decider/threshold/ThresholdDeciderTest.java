package dev.ganglion.decider.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What it reads and what it refuses; {@link ThresholdStageTest} has what it decides. */
class ThresholdDeciderTest {
    private static final ThresholdDecider DECIDER = Watched.DECIDER;

    private static void refuses(Kind kind, ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(kind);
                            assertThat(refused).hasMessageStartingWith("decide:threshold: ");
                            assertThat(refused.getMessage())
                                    .contains(Arrays.asList(words))
                                    .doesNotContain("\n");
                        });
    }

    private static void refusesModel(
            ModelPackage model, Map<String, String> given, String... words) {
        refuses(Kind.SETUP, () -> DECIDER.inputs(model, Watched.options(given)), words);
        refuses(Kind.SETUP, () -> new Watched(model, given), words);
    }

    // What it reads

    @Test
    void theOnlyNumberOfTheOnlyOutputIsRead() {
        assertThat(DECIDER.inputs(Watched.LIFE, Watched.options(Map.of())))
                .containsExactly(Watched.LIFE.outputs().get(0));
    }

    @Test
    void aBatchOfAnySizeIsReadAsABatchOfOne() {
        TensorSpec read =
                DECIDER.inputs(Watched.STATE, Watched.options(Map.of("class", "failure"))).get(0);
        assertThat(Watched.STATE.outputs().get(0).shape()).containsExactly(-1L, 2L);
        assertThat(read.shape()).containsExactly(1L, 2L);
    }

    @Test
    void aScalarIsRead() {
        Watched watched =
                new Watched(
                        Watched.model(TensorSpec.of("heat", Tensor.Type.FLOAT32, "Cel")), Map.of());
        watched.push(Tensors.of(new float[] {21.5f}));
        assertThat(watched.decisions)
                .containsExactly(
                        new Decision("heat", Map.of("value", 21.5, "unit", "Cel"), 1, true));
    }

    @Test
    void theUnitIsThatOfTheColumn() {
        ModelPackage room =
                Watched.model(TensorSpec.of("room", Tensor.Type.FLOAT32, "Cel,%,lx", 1, 3));
        Watched watched = new Watched(room, Map.of("index", "1"));
        watched.push(Tensors.of(new float[] {20, 45, 300}, 1, 3));
        assertThat(watched.decisions.get(0).parameters())
                .isEqualTo(Map.of("value", 45.0, "unit", "%"));
    }

    @Test
    void aProbabilityHasTheUnitOne() {
        Watched watched = new Watched(Watched.STATE, Map.of("class", "failure", "kind", "logits"));
        watched.push(1, 3);
        Decision decision = watched.decisions.get(0);
        assertThat(decision.name()).isEqualTo("failure");
        assertThat(decision.confidence()).isEqualTo(1 / (1 + Math.exp(-2)), within(1e-12));
        assertThat(decision.parameters())
                .as("with the digits of single precision")
                .isEqualTo(Map.of("value", 0.8807971, "unit", "1"));
    }

    @Test
    void logitsTooLargeForAnExponentialAreStillRead() {
        Watched watched = new Watched(Watched.STATE, Map.of("class", "failure", "kind", "logits"));
        watched.push(-3e38, 3e38);
        watched.push(3e38, -3e38);
        assertThat(watched.decisions).extracting(Decision::confidence).containsExactly(1.0, 0.0);
    }

    @Test
    void itWatchesOnAfterASureDecision() {
        for (String on : List.of("step", "change")) {
            assertThat(DECIDER.goesOn(Watched.options(Map.of("on", on, "above", "1")))).isTrue();
        }
    }

    // What it refuses to read

    @Test
    void aModelWithoutAnOutputIsRefused() {
        refusesModel(Watched.model(), Map.of(), "pump@1", "no outputs in its card");
        refusesModel(Watched.model(), Map.of("tensor", "heat"), "'heat'", "none in its card");
    }

    @Test
    void oneOfSeveralOutputsMustBeNamed() {
        ModelPackage model =
                Watched.model(
                        TensorSpec.of("heat", Tensor.Type.FLOAT32, "Cel", 1, 1),
                        TensorSpec.of("noise", Tensor.Type.FLOAT32, "dB", 1, 1));
        refusesModel(model, Map.of(), "several outputs", "'tensor'", "heat FLOAT32", "noise");
        refusesModel(model, Map.of("tensor", "light"), "'light'", "heat FLOAT32", "noise");
        assertThat(DECIDER.inputs(model, Watched.options(Map.of("tensor", "noise"))))
                .extracting(TensorSpec::unit)
                .containsExactly("dB");
    }

    @Test
    void anotherTypeOrSeveralRowsAreRefused() {
        for (TensorSpec output :
                List.of(
                        TensorSpec.of("heat", Tensor.Type.INT8, "Cel", 1, 1),
                        TensorSpec.of("heat", Tensor.Type.FLOAT32, "Cel", 20, 1))) {
            refusesModel(Watched.model(output), Map.of(), "'heat'", "one row", "found");
        }
    }

    @Test
    void anotherNumberOfLabelsThanNumbersIsRefused() {
        refusesModel(
                Watched.STATE.withLabels(Map.of("probs", List.of("a", "b", "c"))),
                Map.of("class", "a"),
                "3 labels",
                "[1, 3] expected");
    }

    @Test
    void oneOfSeveralNumbersMustBeChosen() {
        refusesModel(Watched.STATE, Map.of(), "'class'", "normal, failure");
        refusesModel(Watched.STATE.withLabels(Map.of()), Map.of(), "'index'", "probs FLOAT32");
        refusesModel(
                Watched.STATE, Map.of("class", "failure", "index", "1"), "'class' and 'index'");
    }

    @Test
    void aClassOrIndexThatDoesNotExistIsRefused() {
        refusesModel(Watched.STATE, Map.of("class", "wear"), "'wear'", "normal, failure");
        refusesModel(Watched.STATE, Map.of("index", "2"), "found 2", "the last is 1");
        refusesModel(
                Watched.STATE.withLabels(Map.of()), Map.of("class", "wear"), "'wear'", "'index'");
    }

    @Test
    void anIndexInARowOfAnyLengthIsCheckedAtTheStep() {
        ModelPackage model =
                Watched.model(TensorSpec.of("levels", Tensor.Type.FLOAT32, "1", 1, -1));
        Watched watched = new Watched(model, Map.of("index", "2"));
        watched.push(Tensors.of(new float[] {1, 2, 3}, 1, 3));
        assertThat(watched.values()).containsExactly(3.0);
        refuses(
                Kind.SETUP,
                () -> watched.push(Tensors.of(new float[] {1, 2}, 1, 2)),
                "'levels'",
                "'index' 2",
                "FLOAT32[1, 2]");
    }

    @Test
    void anotherShapeThanAgreedOnIsRefused() {
        Watched watched = new Watched(Watched.STATE, Map.of("class", "failure"));
        refuses(
                Kind.SETUP,
                () -> watched.push(Tensors.of(new float[4], 2, 2)),
                "[1, 2] expected",
                "FLOAT32[2, 2] found");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aNumberThatIsNotFiniteIsRefused(double number) {
        for (String kind : List.of("value", "probabilities", "logits")) {
            Watched watched = new Watched(Watched.STATE, Map.of("class", "failure", "kind", kind));
            refuses(
                    Kind.INPUT,
                    () -> watched.push(0.5, number),
                    "pump@1",
                    "'failure'",
                    "'probs'",
                    Float.toString((float) number));
        }
        Watched life = new Watched(Watched.LIFE, Map.of());
        refuses(Kind.INPUT, () -> life.push(number), "number 0", "'rul_cycles'");
        assertThat(life.decisions).isEmpty();
    }

    @Test
    void aNumberOfAnotherClassCountsInASoftmaxOnly() {
        Watched logits = new Watched(Watched.STATE, Map.of("class", "failure", "kind", "logits"));
        refuses(Kind.INPUT, () -> logits.push(Double.NaN, 0.5), "'normal'");
        Watched value = new Watched(Watched.STATE, Map.of("class", "failure"));
        value.push(Double.NaN, 0.5);
        assertThat(value.values()).containsExactly(0.5);
    }

    @Test
    void aModelWithAStateMustStartAnewAfterNaN() {
        Watched watched = new Watched(Watched.LIFE.withState(Map.of("h", "h_out")), Map.of());
        refuses(Kind.REOPEN, () -> watched.push(Double.NaN), "NaN");
    }

    @Test
    void logitsAreNotTakenForProbabilities() {
        Map<String, String> given = Map.of("class", "failure", "kind", "probabilities");
        Watched watched = new Watched(Watched.STATE, given);
        refuses(Kind.SETUP, () -> watched.push(0, 4), "4.0", "logits");
        refuses(Kind.SETUP, () -> watched.push(0, -0.5), "-0.5", "logits");
        watched.push(0, 1.0039);
        assertThat(watched.values()).containsExactly(1.0);
    }

    // Options that contradict each other

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "above=3 below=2 | 'above' and 'below' are both given",
                "above=3 quantile=0.9 | 'above' and 'quantile' are both given",
                "below=3 quantile=0.9 | 'below' and 'quantile' are both given",
                "quantile=0.9 factor=2 margin=3 | 'factor' and 'margin' are both given",
                "above=3 leave=4 | 'leave' is the bound of return, at most 'above' (3.0)",
                "below=3 leave=2 | 'leave' is the bound of return, at least 'below' (3.0)",
                "quantile=0.9 margin=3 leave=4 | at most 'margin' (3.0), found 4.0",
                "quantile=0.9 leave=2 | at most 'factor' (1.0), found 2.0",
                "quantile=0.1 direction=below leave=0.5 | at least 'factor' (1.0), found 0.5",
                "above=3 window=20 | 'window' belongs to a bound that follows",
                "above=3 factor=2 | 'factor' belongs to a bound that follows",
                "margin=2 | 'margin' belongs to a bound that follows",
                "above=3 direction=below | 'direction' belongs to a bound that follows",
                "leave=3 | 'leave' needs a bound",
                "on=change | on=change needs a bound",
                "high=hot | 'high' needs a bound",
                "low=cold | 'low' needs a bound",
                "above=3 name=heat | 'name' is for a number without a bound",
                "above=3 high=hot low=hot | 'high' and 'low' are both 'hot'",
                "above=3 low=alarm | 'high' and 'low' are both 'alarm'",
                "above=3 high= | 'high' is empty",
                "name= | 'name' is empty",
            })
    void whatContradictsItselfIsRefused(String given, String message) {
        refusesModel(Watched.LIFE, Watched.map(given), message);
    }

    @Test
    void aBoundThatNoProbabilityReachesIsRefused() {
        for (String bound : List.of("above=1.5", "below=-0.5", "above=0.5 leave=-1")) {
            refusesModel(
                    Watched.STATE,
                    Watched.map("class=failure kind=probabilities " + bound),
                    "from 0 to 1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quantile=1.1",
                "window=1",
                "window=100001",
                "factor=-1",
                "steps=0",
                "warmUp=-1",
                "on=flush",
                "kind=softmax",
                "direction=up",
                "above=NaN",
                "index=-1",
                "bound=3"
            })
    void anOptionOutOfRangeIsRefused(String given) {
        assertThatThrownBy(() -> Watched.options(Watched.map(given)))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining(given.split("=")[0]);
    }

    @Test
    void whatAModelCardSaysCanBeRead() {
        Options options = Watched.options(Watched.map("below=30 leave=40 high=worn low=healthy"));
        assertThat(DECIDER.inputs(Watched.LIFE, options)).hasSize(1);
    }
}
