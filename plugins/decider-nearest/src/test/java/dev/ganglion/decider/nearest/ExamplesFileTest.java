package dev.ganglion.decider.nearest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.decider.nearest.ExamplesFile.Intent;
import dev.ganglion.decider.nearest.ExamplesFile.Sentence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesFileTest {
    @TempDir private Path folder;

    private List<Intent> read(String yaml) throws IOException {
        Path file = folder.resolve("home.yaml");
        Files.writeString(file, yaml);
        return ExamplesFile.read("decide:nearest", file);
    }

    private void refuses(String yaml, String... words) {
        refused(() -> read(yaml), words);
    }

    private void refused(ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(GanglionException.Kind.SETUP);
                            assertThat(refused.getMessage())
                                    .startsWith("decide:nearest: ")
                                    .contains("home.yaml")
                                    .contains(words)
                                    .doesNotContain("\n");
                        });
    }

    @Test
    void intentsAndSentencesKeepTheirOrderAndLines() throws IOException {
        assertThat(
                        read(
                                """
                                # what can be said
                                light_on:
                                - turn on the light
                                - lights, please

                                light_off: [turn it off, 'dark: now']
                                """))
                .containsExactly(
                        new Intent(
                                "light_on",
                                List.of(
                                        new Sentence("turn on the light", 3),
                                        new Sentence("lights, please", 4))),
                        new Intent(
                                "light_off",
                                List.of(
                                        new Sentence("turn it off", 6),
                                        new Sentence("dark: now", 6))));
    }

    @Test
    void whatYamlTakesForValuesAreSentencesToo() throws IOException {
        assertThat(read("yes:\n- yes\n- 12\n- true\n- 'null'\n").get(0).sentences())
                .extracting(Sentence::text)
                .containsExactly("yes", "12", "true", "null");
    }

    @Test
    void aSentenceMayGoOverSeveralLines() throws IOException {
        assertThat(read("a:\n- turn on\n  the light\n").get(0).sentences())
                .containsExactly(new Sentence("turn on the light", 2));
    }

    @Test
    void anEmptyFileIsRefused() {
        refuses("", "line 1", "found nothing");
        refuses("# only a comment\n", "found nothing");
        refuses("{}\n", "line 1", "found nothing");
    }

    @Test
    void aListOfSentencesWithoutIntentsIsRefused() {
        refuses("- turn on the light\n", "line 1", "mapping of intents", "found a list");
    }

    @Test
    void textWithoutAnyStructureIsRefused() {
        refuses("turn on the light\n", "line 1", "found 'turn on the light'");
    }

    @Test
    void anIntentWithoutSentencesIsRefused() {
        refuses("a: [x]\nlight_on:\n", "line 2", "'light_on'", "found nothing");
        refuses("a: [x]\nlight_on: []\n", "line 2", "'light_on'", "found an empty list");
    }

    @Test
    void aSentenceThatIsNoListIsRefused() {
        refuses("light_on: turn on\n", "line 1", "list of sentences", "'turn on'", "hyphen");
    }

    @Test
    void aSentenceWithAColonNeedsQuotes() {
        refuses("a:\n- b\n- play: music\n", "line 3", "found a mapping", "quotes");
    }

    @Test
    void aListInTheListIsRefused() {
        refuses("a:\n- [b, c]\n", "line 2", "found a list");
    }

    @Test
    void anEmptySentenceIsRefused() {
        refuses("a:\n- b\n-\n", "'a'", "found nothing");
        refuses("a:\n- b\n- '  '\n", "line 3", "found nothing");
    }

    @Test
    void aNameThatIsNoTextIsRefused() {
        refuses("a: [b]\n? [c, d]\n: [e]\n", "line 2", "the name of an intent", "a list");
        refuses("'': [b]\n", "line 1", "the name of an intent");
    }

    @Test
    void anIntentThatIsThereTwiceIsRefused() {
        refuses("a: [b]\nc: [d]\na: [e]\n", "line 3", "'a'", "line 1");
    }

    @Test
    void aSentenceThatIsThereTwiceIsRefused() {
        refuses("a: [stop]\nb:\n- go\n- stop\n", "line 4", "'stop'", "line 1");
        refuses("a: [go, go]\n", "'go'", "line 1");
    }

    @Test
    void brokenYamlIsRefusedWithItsLine() {
        refuses("a:\n- b\n- 'c\n", "line", "no valid YAML");
        refuses("a:\n- b\n\tc: d\n", "line 3", "no valid YAML");
    }

    @Test
    void aSecondDocumentIsRefused() {
        refuses("a: [b]\n---\nc: [d]\n", "no valid YAML");
    }

    @Test
    void anAnchorThatContainsItselfIsRefused() {
        refuses("a: &x\n- *x\n", "home.yaml");
    }

    @Test
    void aFileThatIsNotUtf8IsRefused() throws IOException {
        Path file = folder.resolve("home.yaml");
        Files.write(file, "a: [gr\u00fcn]\n".getBytes(StandardCharsets.ISO_8859_1));
        refused(() -> ExamplesFile.read("decide:nearest", file), "UTF-8");
    }

    @Test
    void aFileThatDoesNotExistIsRefused() {
        refused(
                () -> ExamplesFile.read("decide:nearest", folder.resolve("home.yaml")),
                "'examples'",
                "does not exist");
    }

    @Test
    void aFolderIsRefused() throws IOException {
        Path file = Files.createDirectory(folder.resolve("home.yaml"));
        refused(() -> ExamplesFile.read("decide:nearest", file), "cannot be read");
    }
}
