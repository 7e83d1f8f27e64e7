package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.runtime.wiring.RouteStep;
import dev.ganglion.runtime.wiring.Wiring;
import dev.ganglion.testkit.toy.HandFedSensor;
import dev.ganglion.testkit.toy.RecordingActuator;
import dev.ganglion.testkit.toy.ToyExtractor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WiringTest {
    private static final String CELSIUS =
            "inputs: [{name: features, type: FLOAT32, shape: [1, 2], unit: Cel}]\n";

    @TempDir Path folder;
    private Toys toys;
    private Wiring wiring;

    private final RecordingActuator actuator = new RecordingActuator();

    @BeforeEach
    void runtime() {
        toys = new Toys(folder);
        toys.plugins.add(new ToyExtractor(), "the test");
        toys.plugins.add(actuator, "the test");
        toys.store.linear(
                "pump", "1", CELSIUS + ToyStore.LABELS, new float[] {1, 1, 0}, new float[3]);
        toys.store.tokenSum("sum", "1", ToyStore.TOKENIZER);
        wiring = new Wiring(toys.plugins, toys.host);
    }

    @AfterEach
    void noLeaseIsLeft() {
        assertThat(toys.host.serving()).allSatisfy(model -> assertThat(model.leases()).isZero());
        toys.close();
    }

    private void sensor(TensorSpec output) {
        toys.plugins.add(new HandFedSensor(output), "the test");
    }

    private RouteStep step(String word, String name, String... parameters) {
        Map<String, String> given = new TreeMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            given.put(parameters[i], parameters[i + 1]);
        }
        return new RouteStep(word, name, given, folder);
    }

    private String refusal(RouteStep... steps) {
        assertThat(wiring.missing(List.of(steps))).isNull();
        return refused(Kind.SETUP, () -> wiring.check(List.of(steps))).getMessage();
    }

    private void fits(RouteStep... steps) {
        assertThat(wiring.missing(List.of(steps))).isNull();
        assertThatCode(() -> wiring.check(List.of(steps))).doesNotThrowAnyException();
    }

    private static TensorSpec reading(Tensor.Type type, String unit, long... shape) {
        return TensorSpec.of("reading", type, unit, shape);
    }

    @Test
    void anActionsFileThatAsksForWhatTheActuatorCannotDoIsRefusedWithoutADevice() throws Exception {
        sensor(TensorSpec.TEXT);
        Files.writeString(folder.resolve("actions.yaml"), "on: fly\n");
        assertThat(
                        refusal(
                                step("sense", "hand-fed"),
                                step("act", "recording", "actions", "actions.yaml")))
                .contains(folder.resolve("actions.yaml").toString(), "'on'", "'fly'", "light_on");
        assertThat(actuator.openDevices()).isZero();
    }

    @Test
    void aMissingActionsFileIsRefused() {
        sensor(TensorSpec.TEXT);
        assertThat(
                        refusal(
                                step("sense", "hand-fed"),
                                step("act", "recording", "actions", "none.yaml")))
                .contains(folder.resolve("none.yaml").toString(), "actions=");
    }

    @Test
    void aRouteOfTensorsFits() throws Exception {
        Files.writeString(
                folder.resolve("actions.yaml"), "on: {action: light_on, room: kitchen}\n");
        sensor(reading(Tensor.Type.FLOAT32, "Cel", 1, 2));
        fits(
                step("sense", "hand-fed"),
                step("infer", "pump"),
                step("decide", "toy-argmax", "above", "0.7"),
                step("act", "recording", "actions", "actions.yaml"));
    }

    @Test
    void aRouteOfTextFits() {
        sensor(TensorSpec.TEXT);
        fits(
                step("sense", "hand-fed"),
                step("encode", "toy-bytes", "model", "sum", "truncate", "true"),
                step("infer", "sum"),
                step("decide", "toy-argmax"));
    }

    @Test
    void aRouteThatBeginsElsewhereFits() {
        fits(step("encode", "toy-bytes", "model", "sum"), step("infer", "sum"));
        fits(step("infer", "pump"));
    }

    @Test
    void anEncoderThatGivesWhatTheModelTakesFits() {
        toys.store.recurrent("level", "1", 0.5f);
        sensor(reading(Tensor.Type.FLOAT32, "1", 100));
        fits(
                step("sense", "hand-fed"),
                step("encode", "toy-eleven", "model", "level"),
                step("infer", "level"));
    }

    @Test
    void anotherUnitIsRefused() {
        sensor(reading(Tensor.Type.FLOAT32, "[degF]", 1, 2));
        assertThat(refusal(step("sense", "hand-fed"), step("infer", "pump")))
                .isEqualTo(
                        "sense:hand-fed gives reading FLOAT32[1, 2] in [degF], but infer:pump takes"
                                + " features FLOAT32[1, 2] in Cel: unit 'Cel' expected, '[degF]'"
                                + " found; put an encode: between them that converts, or change"
                                + " one of them");
    }

    @Test
    void anotherShapeIsRefused() {
        sensor(reading(Tensor.Type.FLOAT32, "Cel", 1, 3));
        assertThat(refusal(step("sense", "hand-fed"), step("infer", "pump")))
                .contains("sense:hand-fed gives reading FLOAT32[1, 3] in Cel, but infer:pump takes")
                .contains(": shape [1, 2] expected, [1, 3] found; ");
    }

    @Test
    void anotherTypeIsRefused() {
        sensor(reading(Tensor.Type.INT32, "Cel", 1, 2));
        assertThat(refusal(step("sense", "hand-fed"), step("infer", "pump")))
                .contains("sense:hand-fed gives reading INT32[1, 2] in Cel, but infer:pump takes")
                .contains(": type FLOAT32 expected, INT32 found; ");
    }

    @Test
    void anEncoderIsComparedOnBothSides() {
        sensor(reading(Tensor.Type.INT32, "1", 5));
        assertThat(
                        refusal(
                                step("sense", "hand-fed"),
                                step("encode", "toy-eleven", "model", "pump"),
                                step("infer", "pump")))
                .contains("sense:hand-fed gives reading INT32[5], but encode:toy-eleven takes")
                .contains("values FLOAT32[-1]: type FLOAT32 expected, INT32 found");
        assertThat(refusal(step("encode", "toy-eleven", "model", "pump"), step("infer", "pump")))
                .contains("encode:toy-eleven gives values FLOAT32[1], but infer:pump takes")
                .contains(": shape [1, 2] expected, [1] found");
    }

    @Test
    void textIntoAModelIsRefusedWithTheTokenizerThatItsCardNames() {
        sensor(TensorSpec.TEXT);
        assertThat(refusal(step("sense", "hand-fed"), step("infer", "sum")))
                .startsWith(
                        "sense:hand-fed gives text, but infer:sum takes [input_ids INT64[1, -1]")
                .endsWith(
                        "; put 'encode:toy-bytes' between them; of tokenizers there are:"
                                + " toy-bytes");
        assertThat(refusal(step("sense", "hand-fed"), step("infer", "pump")))
                .contains("; put 'encode:…' between them; ");
    }

    @Test
    void textIntoAFeatureExtractorIsRefused() {
        sensor(TensorSpec.TEXT);
        assertThat(
                        refusal(
                                step("sense", "hand-fed"),
                                step("encode", "toy-eleven", "model", "pump")))
                .startsWith("sense:hand-fed gives text TEXT[-1], but encode:toy-eleven takes")
                .contains("type FLOAT32 expected, TEXT found");
    }

    @Test
    void aTensorIntoATokenizerIsRefused() {
        sensor(reading(Tensor.Type.FLOAT32, "Cel", 1, 2));
        assertThat(refusal(step("sense", "hand-fed"), step("encode", "toy-bytes", "model", "sum")))
                .isEqualTo(
                        "sense:hand-fed gives reading FLOAT32[1, 2] in Cel, but encode:toy-bytes"
                                + " takes text; put an encoder there that takes such a tensor");
    }

    @Test
    void tokensIntoAModelOfTensorsAreRefused() {
        assertThat(refusal(step("encode", "toy-bytes", "model", "sum"), step("infer", "pump")))
                .isEqualTo(
                        "encode:toy-bytes gives tokens, but infer:pump takes [features FLOAT32[1,"
                                + " 2] in Cel]; put an encoder there that gives such tensors");
    }

    @Test
    void oneTensorIntoAModelOfTwoIsRefused() {
        sensor(reading(Tensor.Type.INT64, "1", 1, 2));
        assertThat(refusal(step("sense", "hand-fed"), step("infer", "sum")))
                .startsWith(
                        "sense:hand-fed gives one tensor (reading INT64[1, 2]), but infer:sum takes"
                                + " 2: [input_ids");
    }

    @Test
    void anEncodeWithoutInferIsRefused() {
        assertThat(refusal(step("encode", "toy-bytes")))
                .isEqualTo(
                        "encode:toy-bytes does not know for which model it encodes: no infer:"
                                + " follows; say model=NAME; of models there are: pump, sum");
    }

    @Test
    void aTokenizerForAModelWithoutVocabularyIsRefused() {
        assertThat(refusal(step("encode", "toy-bytes", "model", "pump")))
                .contains(
                        "the model pump@1 has no tokenizer file in its card, so encode:toy-bytes"
                                + " has nothing to read");
    }

    @Test
    void aDecideWithoutInferIsRefused() {
        assertThat(refusal(step("decide", "toy-argmax")))
                .isEqualTo(
                        "decide:toy-argmax has nothing to read: no infer: comes before it; put one"
                                + " there");
    }

    @Test
    void anOutputThatTheDeciderReadsAndTheModelLacksIsRefused() {
        toys.plugins.add(new Reads(TensorSpec.of("state", Tensor.Type.FLOAT32, "1", 1, 2)), "test");
        assertThat(refusal(step("infer", "pump"), step("decide", "reads")))
                .isEqualTo(
                        "decide:reads reads state FLOAT32[1, 2] from infer:pump (pump@1), but there"
                                + " is no such output; there are: [scores FLOAT32[1, 2]]; choose"
                                + " another decider or model");
    }

    @Test
    void anOutputOfAnotherShapeThanTheDeciderReadsIsRefused() {
        toys.plugins.add(new Reads(TensorSpec.of("scores", Tensor.Type.FLOAT32, "1", 2)), "test");
        assertThat(refusal(step("infer", "pump"), step("decide", "reads")))
                .contains("decide:reads reads scores FLOAT32[2] from infer:pump (pump@1), but")
                .contains("shape [2] expected, [1, 2] found");
    }

    @Test
    void whatTheDeciderItselfRefusesIsPassedOn() {
        assertThat(refusal(step("infer", "pump"), step("decide", "toy-argmax", "tensor", "state")))
                .startsWith(
                        "decide:toy-argmax reads the output 'state' of type FLOAT32, the card of"
                                + " pump@1 has: ");
    }

    @Test
    void anUnknownOptionIsRefusedWithAllThatExistAtTheWord() {
        assertThat(refusal(step("infer", "pump"), step("decide", "toy-argmax", "abov", "0.5")))
                .startsWith("decide:toy-argmax has no option 'abov'; it has: tensor (")
                .contains("above (a number from 0 to 1, default 0.5)");
        assertThat(refusal(step("act", "recording", "action", "x")))
                .startsWith("act:recording has no option 'action'; it has: device (text")
                .contains("actions (a file or folder)");
        assertThat(refusal(step("encode", "toy-bytes", "modl", "sum")))
                .isEqualTo(
                        "encode:toy-bytes has no option 'modl'; it has: model (text), truncate"
                                + " (true or false, default false)");
        assertThat(refusal(step("infer", "pump", "version", "1")))
                .isEqualTo(
                        "infer:pump has no option 'version'; it has: batch (a whole number from 1 to"
                                + " 256, default 1), retry (true or false, default false), sampling"
                                + " (text, default {}), grammar (text, default model), maxTokens (a"
                                + " whole number from 1 to 1000000, default 1000000)");
    }

    @Test
    void aBatchIsRefusedWhereTheModelMakesItsStepsOneByOne() {
        toys.store.recurrent("level", "1", 0.5f);
        fits(step("infer", "pump", "batch", "1"));
        fits(step("infer", "level", "batch", "16"));
        assertThat(refusal(step("infer", "pump", "batch", "16")))
                .isEqualTo(
                        "infer:pump asks for batch=16, but model pump@1 makes the steps of streams one"
                                + " by one: a toy of this format computes one stream at a time;"
                                + " leave batch out, or install a model in single precision whose"
                                + " tensors have a free first axis with a row for each stream");
    }

    @Test
    void aBatchOfNoStreamOrTooManyIsRefused() {
        toys.store.recurrent("level", "1", 0.5f);
        assertThat(refusal(step("infer", "level", "batch", "0")))
                .contains("infer:level", "batch", "from 1 to 256", "'0'");
        assertThat(refusal(step("infer", "level", "batch", "257"))).contains("257");
    }

    @Test
    void whatIsMissingIsSaidWithWhatExists() {
        assertThat(missing(step("sense", "ear")))
                .isEqualTo("the sensor 'ear' of sense:ear; there is none");
        sensor(TensorSpec.TEXT);
        assertThat(missing(step("sense", "ear")))
                .isEqualTo("the sensor 'ear' of sense:ear; there are: hand-fed");
        assertThat(missing(step("encode", "words")))
                .isEqualTo(
                        "the encoder or tokenizer 'words' of encode:words; of encoders there are:"
                                + " toy-eleven; of segmenters there is none; of tokenizers there are: toy-bytes");
        assertThat(missing(step("infer", "lamp")))
                .isEqualTo("the model 'lamp' of infer:lamp; of models there are: pump, sum");
        assertThat(missing(step("decide", "slots")))
                .isEqualTo("the decider 'slots' of decide:slots; there are: toy-argmax");
        assertThat(missing(step("act", "house")))
                .isEqualTo("the actuator 'house' of act:house; there are: recording");
        assertThat(missing(step("infer", "pump"), step("act", "house"))).contains("act:house");
    }

    @Test
    void aMissingEngineIsSaidWithTheFormatAndTheModel() {
        toys.plugins.remove(toys.engine);
        assertThat(missing(step("infer", "pump")))
                .isEqualTo(
                        "an engine that loads the format 'toy-linear' of model pump@1; of engines"
                                + " there are: token-sum");
    }

    private String missing(RouteStep... steps) {
        return wiring.missing(List.of(steps));
    }

    /** Reads one output; no test opens it. */
    private record Reads(TensorSpec input) implements Decider {
        @Override
        public String name() {
            return "reads";
        }

        @Override
        public List<TensorSpec> inputs(ModelPackage model, Options options) {
            return List.of(input);
        }

        @Override
        public Stage<Steps, Decision> open(
                ModelPackage model, Options options, Function<CharSequence, Steps> infer) {
            throw new UnsupportedOperationException("wiring opens no decider");
        }
    }
}
