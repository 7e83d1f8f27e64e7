package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.runtime.model.ModelCard;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCardTest {
    private static final ModelId ID = new ModelId("switch", "1");

    @TempDir Path models;
    private ToyStore toys;

    @BeforeEach
    void store() {
        toys = new ToyStore(models);
    }

    private ModelCard with(String more) {
        toys.linear("switch", "1", more, new float[] {1, 2});
        return read();
    }

    private ModelCard read() {
        return ModelCard.read(toys.folder(ID));
    }

    /** The end of the sentence after the card's name. */
    private String refusal(String more) {
        toys.linear("switch", "1", more, new float[] {1, 2});
        return refusal();
    }

    private String refusal() {
        String message = refused(Kind.SETUP, this::read).getMessage();
        String start = "the model card " + toys.cardFile(ID);
        assertThat(message).startsWith(start);
        return message.substring(start.length()).strip();
    }

    @Test
    void aWholeCardIsRead() {
        ToyStore.write(toys.folder(ID).resolve("classes.json"), "{\"names\": [\"off\", \"on\"]}");
        ToyStore.write(toys.folder(ID).resolve("words.txt"), "x");
        ModelCard card =
                with(
                        """
                        inputs: [{name: features, type: FLOAT32, shape: [1, -1], unit: Cel}]
                        outputs: [{name: scores, type: FLOAT32, shape: [1, 2]}]
                        state: {before: after}
                        labels: {scores: classes.json#names, tags: [O, B, 3]}
                        tokenizer: {plugin: words, file: words.txt, maxTokens: 16, probe: {text: a b, ids: [1, 2]}}
                        options: '{"intraOpThreads": 1, "arena": true, "name": "x"}'
                        attribution: somebody
                        description: something
                        figures: {accuracy: 0.9}
                        """);
        ModelPackage source = card.source();
        assertThat(source.id()).isEqualTo(ID);
        assertThat(source.task()).isEqualTo("test");
        assertThat(source.format()).isEqualTo("toy-linear");
        assertThat(source.files()).isEqualTo(Set.of("switch-1.toy", "classes.json", "words.txt"));
        assertThat(source.weights()).isEqualTo("switch-1.toy");
        assertThat(source.inputs())
                .containsExactly(TensorSpec.of("features", Tensor.Type.FLOAT32, "Cel", 1, -1));
        assertThat(source.outputs())
                .containsExactly(TensorSpec.of("scores", Tensor.Type.FLOAT32, "1", 1, 2));
        assertThat(source.state()).isEqualTo(Map.of("before", "after"));
        assertThat(source.labels())
                .isEqualTo(Map.of("scores", List.of("off", "on"), "tags", List.of("O", "B", "3")));
        assertThat(source.tokenizer()).isEqualTo("words");
        assertThat(source.vocabulary()).isEqualTo("words.txt");
        assertThat(source.maxTokens()).isEqualTo(16);
        assertThat(source.options())
                .isEqualTo(Map.of("intraOpThreads", "1", "arena", "true", "name", "x"));
        assertThat(card.probeText()).isEqualTo("a b");
        assertThat(card.probeIds()).containsExactly(1, 2);
        assertThat(card.sha256()).hasSize(3);
    }

    @Test
    void aFolderWithOneModelFileAndNoCardIsTakenAsItIs() {
        Path file = ToyStore.write(toys.folder(ID).resolve("model.ONNX"), "");
        ModelCard card = read();
        assertThat(card.source())
                .isEqualTo(ModelPackage.of(ID, "onnx", file))
                .extracting(ModelPackage::weightsFile)
                .isEqualTo(file.toAbsolutePath());
        assertThat(card.sha256()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0", "2"})
    void aFolderWithoutCardMustHoldOneModelFile(int files) {
        for (int i = 0; i < files; i++) {
            ToyStore.write(toys.folder(ID).resolve("model.f" + i), "");
        }
        assertThat(refused(Kind.SETUP, this::read))
                .hasMessage(
                        "the model folder "
                                + toys.folder(ID)
                                + " has no model.yaml, and without one it must hold exactly one"
                                + " file model.<format>; found "
                                + files
                                + " of them");
    }

    @Test
    void aFolderThatCannotBeAModelsIsRefused() {
        assertThat(refused(Kind.SETUP, () -> ModelCard.read(models.resolve("switch/a b"))))
                .hasMessageContaining("the folder " + models.resolve("switch/a b"))
                .hasMessageContaining("cannot be a model")
                .hasMessageEndingWith("found 'switch' and 'a b'");
    }

    @Test
    void whatIsNoYamlIsRefused() {
        ToyStore.write(toys.cardFile(ID), "name: [switch");
        assertThat(refusal()).startsWith("is not YAML: ");
    }

    @Test
    void anEmptyCardIsRefused() {
        ToyStore.write(toys.cardFile(ID), "");
        assertThat(refusal())
                .isEqualTo("must give a mapping of names to values as 'the card', found 'null'");
    }

    @Test
    void aKeyThatIsGivenTwiceIsRefused() {
        assertThat(refusal("task: other\n")).startsWith("is not YAML: ").contains("task");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "speed: 3 | speed | name, version, task, format, files, weights, inputs, outputs,"
                        + " state, labels, tokenizer, options, licence, attribution, figures,"
                        + " description, engine, isolation, replacement, steps, generate",
                "generate: {promt: x} | generate.promt | prompt, lowercase, start, stop, reply,"
                        + " maxTokens, maxTokensPerSecond, grammar",
                "tokenizer: {maxtokens: 3} | tokenizer.maxtokens | plugin, file, maxTokens, probe",
                "tokenizer: {probe: {id: 3}} | tokenizer.probe.id | text, ids",
                "inputs: [{name: x, type: INT8, units: m}] | inputs.units | name, type, shape, unit, rateHz, example, fill"
            })
    void anUnknownKeyIsRefusedWithThoseThatExist(String more, String key, String known) {
        assertThat(refusal(more + "\n"))
                .isEqualTo("has an unknown key '" + key + "'; the keys are: " + known);
    }

    @ParameterizedTest
    @CsvSource({
        "name: switch, name: lamp, name, lamp, switch",
        "version: '1', version: '2', version, 2, 1"
    })
    void aCardOfAnotherFolderIsRefused(
            String line, String by, String key, String said, String expected) {
        toys.linear("switch", "1", "", new float[] {1, 2});
        toys.edit(ID, line.replace("version: 1", "version: '1'"), by);
        assertThat(refusal())
                .isEqualTo(
                        "says "
                                + key
                                + " '"
                                + said
                                + "', but lies in the folder of '"
                                + expected
                                + "'; the folder is <name>/<version>");
    }

    @Test
    void aMissingKeyIsRefusedWithThoseThatAreThere() {
        toys.linear("switch", "1", "", new float[] {1, 2});
        toys.edit(ID, "format: toy-linear\n", "");
        assertThat(refusal())
                .isEqualTo(
                        "lacks 'format'; here it has: [name, version, task, licence, weights,"
                                + " files]");
    }

    @ParameterizedTest
    @CsvSource({"../switch-1.toy", "/switch-1.toy", "a/../../b"})
    void aFileOutsideOfItsFolderIsRefused(String name) {
        toys.linear("switch", "1", "", new float[] {1, 2});
        toys.edit(ID, "  switch-1.toy:", "  " + name + ":");
        assertThat(refusal())
                .isEqualTo("lists the file '" + name + "', which is outside of its folder");
    }

    @Test
    void aChecksumThatIsNoneIsRefused() {
        toys.linear("switch", "1", "", new float[] {1, 2});
        toys.edit(ID, ToyStore.sha256(toys.folder(ID).resolve("switch-1.toy")), "abc");
        assertThat(refusal())
                .isEqualTo(
                        "gives for 'switch-1.toy' no SHA-256 of 64 lower-case hexadecimal digits,"
                                + " found 'abc'");
    }

    @Test
    void weightsAndVocabularyMustBeAmongTheFiles() {
        assertThat(refusal("tokenizer: {file: words.txt}\n"))
                .isEqualTo(
                        "names the tokenizer file 'words.txt', which is not among its files:"
                                + " [switch-1.toy]");
        toys.linear("switch", "1", "", new float[] {1, 2});
        toys.edit(ID, "weights: switch-1.toy", "weights: other.toy");
        assertThat(refusal())
                .isEqualTo(
                        "names the weights 'other.toy', which are not among its files:"
                                + " [switch-1.toy]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tokenizer: words | must give a mapping of names to values as 'tokenizer', found"
                        + " 'words'",
                "tokenizer: {maxTokens: many} | must give whole numbers as 'tokenizer.maxTokens',"
                        + " found 'many'",
                "tokenizer: {probe: {ids: [a]}} | must give whole numbers as"
                        + " 'tokenizer.probe.ids', found 'a'",
                "tokenizer: {probe: {ids: 3}} | must give a list as 'tokenizer.probe.ids', found"
                        + " '3'",
                "inputs: {name: x} | must give a list as 'inputs', found '{name=x}'",
                "inputs: [x] | must give a mapping of names to values as 'inputs', found 'x'",
                "inputs: [{name: x}] | lacks 'type'; here it has: [name]",
                "inputs: [{name: x, type: INT8, shape: 3}] | must give a list as 'inputs.shape',"
                        + " found '3'",
                "inputs: [{name: x, type: INT8, shape: [n]}] | must give whole numbers as"
                        + " 'inputs.shape', found 'n'",
                "state: after | must give a mapping of names to values as 'state', found 'after'"
            })
    void aValueOfTheWrongTypeIsRefused(String more, String sentence) {
        assertThat(refusal(more + "\n")).isEqualTo(sentence);
    }

    @Test
    void aTensorTypeThatDoesNotExistIsRefusedWithThoseThatDo() {
        assertThat(refusal("outputs: [{name: x, type: DOUBLE}]\n"))
                .startsWith(
                        "describes a tensor under 'outputs' that cannot be: type DOUBLE, expected"
                                + " one of [FLOAT32, FLOAT16, INT8, ");
        assertThat(refusal("outputs: [{name: x, type: INT8, shape: [-2]}]\n"))
                .contains("the size of an axis is 0 or more, or -1 for any, found [-2]");
    }

    @ParameterizedTest
    @CsvSource({"names", "other.json#names"})
    void labelsFromNowhereAreRefused(String where) {
        assertThat(refusal("labels: {scores: " + where + "}\n"))
                .isEqualTo(
                        "takes the labels of 'scores' from '"
                                + where
                                + "'; expected a list, or <file>#<key> with a file of the package:"
                                + " [switch-1.toy]");
    }

    @Test
    void labelsThatAreNoListOrNoJsonAreRefused() {
        Path file = ToyStore.write(toys.folder(ID).resolve("classes.json"), "{\"names\": \"off\"}");
        assertThat(refusal("labels: {scores: classes.json#names}\n"))
                .isEqualTo("takes labels from 'classes.json#names', but that is no list");
        for (String damaged : List.of("{\"names\": [", "[\"off\"]", "")) {
            ToyStore.write(file, damaged);
            toys.linear(
                    "switch", "1", "labels: {scores: classes.json#names}\n", new float[] {1, 2});
            assertThat(refused(Kind.SETUP, this::read))
                    .hasMessageStartingWith("the labels " + file + " cannot be read: ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "options: threads=1 | threads=1",
                "options: {threads: 1} | {threads=1}",
                "options: \"[1]\" | [1]"
            })
    void optionsThatAreNoLineOfJsonAreRefused(String more, String found) {
        assertThat(refusal(more + "\n"))
                .startsWith(
                        ": 'options' is one line of JSON such as '{\"intraOpThreads\": 1}', found '"
                                + found
                                + "' (");
    }
}
