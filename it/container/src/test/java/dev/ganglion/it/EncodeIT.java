package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ganglion encode}: the ids of the models' tokenizers. */
class EncodeIT {
    @TempDir Path folder;

    private static Map<String, Object> golden(String name) throws IOException {
        Path file = Path.of(System.getProperty("ganglion.shared.data"), "golden", name);
        assumeTrue(
                Files.exists(file),
                "the golden vectors " + file + " are not here; nothing to compare with");
        return JSON.std.mapFrom(Files.readString(file));
    }

    private List<List<Object>> encode(String model, List<String> texts) {
        Ganglion command = Ganglion.start(folder, "encode", model);
        command.input(String.join("\n", texts) + "\n");
        assertThat(command.exitStatus()).as("%s", command.err()).isZero();
        List<List<Object>> ids = new ArrayList<>();
        for (String line : command.out()) {
            try {
                ids.add(JSON.std.listFrom(line));
            } catch (IOException e) {
                throw new AssertionError(line, e);
            }
        }
        return ids;
    }

    private void equalsGoldenCases(String model) throws IOException {
        List<String> texts = new ArrayList<>();
        List<Object> expected = new ArrayList<>();
        for (Object each : (List<?>) golden(model + ".json").get("cases")) {
            texts.add(String.valueOf(((Map<?, ?>) each).get("text")));
            expected.add(((Map<?, ?>) each).get("input_ids"));
        }
        assertThat(texts).hasSizeGreaterThanOrEqualTo(10);
        assertThat(encode(model, texts)).isEqualTo(expected);
    }

    @Test
    void theIdsOfNluMicroAreThoseOfItsTraining() throws IOException {
        equalsGoldenCases("nlu-micro");
    }

    @Test
    void theIdsOfNluSmallAreThoseOfItsTraining() throws IOException {
        equalsGoldenCases("nlu-small");
    }

    @Test
    void theIdsOfTheSentenceEncoderAreThoseOfItsAuthors() throws IOException {
        Map<String, Object> golden = golden("minilm-embeddings.json");
        List<String> texts = ((List<?>) golden.get("texts")).stream().map(String::valueOf).toList();
        assertThat(encode("all-minilm-l6-v2", texts)).isEqualTo(golden.get("ids"));
    }

    @Test
    void eachLineOfAnyScriptBecomesOneArray() {
        List<List<Object>> ids =
                encode(
                        "nlu-micro",
                        List.of(
                                "turn on the kitchen lights",
                                "TÜRN ÖN THE KÏTCHEN LÎGHTS",
                                "",
                                "日本語",
                                "\uD83D\uDE00 lights",
                                "a\u0000b\u200D"));
        assertThat(ids).hasSize(6);
        assertThat(ids.get(0)).isEqualTo(List.of(2, 815, 86, 76, 1834, 2099, 3));
        assertThat(ids.get(1)).as("capitals and accents").isEqualTo(ids.get(0));
        assertThat(ids.get(2)).as("an empty line").isEqualTo(List.of(2, 3));
        assertThat(ids.get(3)).as("each character of Chinese script is a word").hasSize(5);
        assertThat(ids.get(4)).as("an emoji is a word").hasSize(4).endsWith(2099, 3);
    }

    @Test
    void anUnknownModelIsRefusedWithThoseThatExist() {
        Ganglion command = Ganglion.run(folder, "encode", "nlu-macro");
        assertThat(command.exitStatus()).isEqualTo(1);
        assertThat(command.err())
                .singleElement()
                .asString()
                .startsWith("ganglion: there is no model 'nlu-macro'; there are: ")
                .contains("all-minilm-l6-v2, ", "nlu-micro, nlu-small");
    }

    @Test
    void standardInputThatIsNotUtf8IsRefused() throws IOException {
        Path file =
                Files.write(
                        folder.resolve("in.txt"), new byte[] {'a', '\n', 'b', (byte) 0xE9, '\n'});
        Ganglion command = Ganglion.start(folder, "encode", "nlu-micro");
        command.input(Files.readAllBytes(file));
        assertThat(command.exitStatus()).isEqualTo(1);
        assertThat(command.err())
                .singleElement()
                .satisfies(
                        line ->
                                assertThat(line)
                                        .contains(
                                                "standard input is not valid UTF-8",
                                                "iconv -f ISO-8859-1 -t UTF-8"));
    }
}
