package dev.ganglion.tokenizer.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.encode.Vocabulary;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HuggingFaceTokenizerTest {
    private static final String HOME_LM = "home-lm-tokenizer.json";
    private static final String UNIGRAM = "unigram-tokenizer.json";
    private static final String WORD_PIECE = "wordpiece-tokenizer.json";

    @TempDir Path folder;

    static Path resource(String name) {
        URL url = HuggingFaceTokenizerTest.class.getResource("/" + name);
        try {
            return Path.of(Objects.requireNonNull(url).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Vocabulary open(String name) {
        return new HuggingFaceTokenizer().open(resource(name));
    }

    /** Each token as the text it stands for, or its id in brackets when that is none. */
    private static List<String> parts(String file, String text, int maxTokens) {
        List<String> parts = new ArrayList<>();
        try (Vocabulary vocabulary = open(file);
                Stage<CharSequence, Tokens> encoder = vocabulary.encoder(maxTokens, true)) {
            encoder.push(text, tokens -> {});
            encoder.flush(
                    tokens -> {
                        for (int i = 0; i < tokens.size(); i++) {
                            int start = tokens.start(i);
                            int end = tokens.end(i);
                            parts.add(
                                    start == end
                                            ? "[" + tokens.id(i) + " at " + start + "]"
                                            : text.substring(start, end));
                        }
                    });
        }
        return parts;
    }

    @Test
    void positionsCountCharsNotCodePointsOfBytePairs() {
        assertThat(parts(HOME_LM, "\uD83D\uDE00 turn \uD83D\uDE00 on", 0))
                .startsWith("\uD83D\uDE00")
                .contains(" on")
                .doesNotContain("on", "n")
                .allSatisfy(part -> assertThat("\uD83D\uDE00 turn \uD83D\uDE00 on").contains(part));
    }

    @Test
    void positionsCountCharsNotCodePointsOfUnigrams() {
        assertThat(parts(UNIGRAM, "\uD83D\uDCA1 turn \uD83D\uDCA1lights on", 0))
                .contains("\uD83D\uDCA1", " turn", "s", " on", "[1 at 19]");
    }

    @Test
    void positionsOfWordPiecesLeaveSpecialTokensEmpty() {
        assertThat(parts(WORD_PIECE, "\uD83D\uDE00 TURNed on.", 0))
                .containsExactly("[1 at 0]", "\uD83D\uDE00", "TURN", "ed", "on", ".", "[2 at 13]");
    }

    @Test
    void aTextThatIsCutKeepsTheSpecialTokensAroundIt() {
        assertThat(parts(WORD_PIECE, "turned on.", 4))
                .containsExactly("[1 at 0]", "turn", "ed", "[2 at 10]");
        assertThat(parts(WORD_PIECE, "turned on.", 2)).containsExactly("[1 at 0]", "[2 at 10]");
    }

    /** The file says 3 tokens at most, padded to 12. */
    @Test
    void theFilesOwnTruncationAndPaddingAreIgnored() {
        assertThat(parts(UNIGRAM, "turn on the kitchen", 0)).hasSize(5);
    }

    @Test
    void aLoneSurrogateTakesNothingElseAway() {
        assertThat(parts(UNIGRAM, "\uD800 \uD83D\uDCA1 on", 0)).contains("\uD83D\uDCA1", " on");
        assertThat(parts(WORD_PIECE, "turn\uDC00ed on\uD83D", 0))
                .containsExactly("[1 at 0]", "turn", "ed", "on", "[2 at 11]");
    }

    @Test
    void aModelWithoutRoomForTheSpecialTokensIsRefused() {
        try (Vocabulary vocabulary = open(WORD_PIECE)) {
            assertThatThrownBy(() -> vocabulary.encoder(1, true))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused -> assertThat(refused.kind()).isEqualTo(Kind.SETUP))
                    .hasMessageContaining("2 special tokens");
            assertThatThrownBy(() -> vocabulary.encoder(-1, true))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aClosedVocabularyIsRefusedInsteadOfCrashing() {
        Vocabulary vocabulary = open(UNIGRAM);
        Stage<CharSequence, Tokens> encoder = vocabulary.encoder(0, false);
        vocabulary.close();
        vocabulary.close();
        encoder.push("on", tokens -> {});
        assertThatThrownBy(() -> encoder.flush(tokens -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aCharacterOfSeveralIdsComesOutWhole() {
        List<String> results = new ArrayList<>();
        try (Vocabulary vocabulary = open(HOME_LM);
                Stage<CharSequence, Tokens> encoder = vocabulary.encoder(0, false);
                Stage<Tokens, CharSequence> decoder = vocabulary.decoder()) {
            encoder.push("on \uD83D\uDE00\u00E9", tokens -> {});
            encoder.flush(
                    tokens -> {
                        for (int id : tokens.ids()) {
                            Tokens one = new Tokens();
                            one.add(id, 0, 0);
                            decoder.push(one, text -> results.add(text.toString()));
                        }
                        decoder.flush(text -> results.add(text.toString()));
                    });
        }
        assertThat(results).contains("\uD83D\uDE00", "\u00E9");
        assertThat(String.join("", results)).isEqualTo("on \uD83D\uDE00\u00E9");
    }

    @Test
    void halfACharacterAtTheEndIsSaidNonetheless() {
        StringBuilder results = new StringBuilder();
        try (Vocabulary vocabulary = open(HOME_LM);
                Stage<CharSequence, Tokens> encoder = vocabulary.encoder(0, false);
                Stage<Tokens, CharSequence> decoder = vocabulary.decoder()) {
            encoder.push("on\u00E9", tokens -> {});
            encoder.flush(
                    tokens -> {
                        tokens.truncate(tokens.size() - 1);
                        decoder.push(tokens, results::append);
                    });
            assertThat(results).isEmpty();
            decoder.flush(results::append);
        }
        assertThat(results.toString()).isEqualTo("on\uFFFD");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"type\": \"Unigram\"|\"type\": \"Trigram\"|none that Hugging Face",
                "\"unk_id\": 0|\"unk_id\": 99|none that Hugging Face",
                "\"type\": \"Metaspace\"|\"type\": \"Nothing\"|none that Hugging Face",
                "\"vocab\"|\"words\"|no \"model\" with a \"vocab\"",
                "\"model\": {|\"model\": |damaged JSON",
            })
    void openRefusesWhatTheLibraryDoesNotRead(String from, String to, String said)
            throws IOException {
        String json = Files.readString(resource(UNIGRAM));
        assertThat(json).contains(from);
        Path file = Files.writeString(folder.resolve("t.json"), json.replace(from, to));
        assertThatThrownBy(() -> new HuggingFaceTokenizer().open(file))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(Kind.SETUP))
                .hasMessageContaining(file.toString())
                .hasMessageContaining(said);
    }

    // What ids stand for

    private static String piece(Vocabulary vocabulary, int id) {
        return new String(vocabulary.piece(id), StandardCharsets.UTF_8);
    }

    @Test
    void aPieceOfBytePairsIsItsBytes() {
        try (Vocabulary vocabulary = open(HOME_LM)) {
            for (int special = 0; special < 6; special++) {
                assertThat(vocabulary.piece(special)).isEmpty();
            }
            List<String> pieces = new ArrayList<>();
            int single = 0;
            for (int id = 6; id < vocabulary.size(); id++) {
                pieces.add(piece(vocabulary, id));
                single += vocabulary.piece(id).length == 1 ? 1 : 0;
            }
            assertThat(single).isEqualTo(256);
            assertThat(pieces).contains("{\"", " the", "HassTurn", "intent", "\n", "\",\"");
            assertThat(vocabulary.piece(300)).isSameAs(vocabulary.piece(300));
        }
    }

    @Test
    void aPieceOfUnigramsHasABlankWhereAWordBegins() {
        try (Vocabulary vocabulary = open(UNIGRAM)) {
            assertThat(vocabulary.piece(0)).isEmpty();
            assertThat(piece(vocabulary, 3)).isEqualTo(" turn");
            assertThat(piece(vocabulary, 8)).isEqualTo("s");
            assertThat(piece(vocabulary, 9)).isEqualTo("\uD83D\uDCA1");
        }
    }

    @Test
    void aPieceOfWordPiecesIsCleanedUp() {
        try (Vocabulary vocabulary = open(WORD_PIECE)) {
            List<String> pieces = new ArrayList<>();
            for (int id = 0; id < vocabulary.size(); id++) {
                pieces.add(piece(vocabulary, id));
            }
            assertThat(pieces).containsExactly("", "", "", " turn", "ed", " on", ".");
        }
    }

    /** As in the vocabularies of Llama 2. */
    @Test
    void aPieceOfOneByteIsThatByte() throws IOException {
        String json =
                Files.readString(resource(UNIGRAM))
                        .replace("\"byte_fallback\": false", "\"byte_fallback\": true")
                        .replace("\\ud83d\\udca1", "<0xC3>");
        int decoder = json.indexOf("\"decoder\": {") + "\"decoder\": ".length();
        int end = json.indexOf('}', decoder) + 1;
        Path file =
                Files.writeString(
                        folder.resolve("t.json"),
                        json.substring(0, decoder)
                                + "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\","
                                + "\"pattern\":{\"String\":\"\u2581\"},\"content\":\" \"},"
                                + "{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"},"
                                + "{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}]}"
                                + json.substring(end));
        try (Vocabulary vocabulary = new HuggingFaceTokenizer().open(file)) {
            assertThat(vocabulary.piece(9)).containsExactly(0xC3);
            assertThat(piece(vocabulary, 3)).isEqualTo(" turn");
            assertThat(vocabulary.piece(1)).isEmpty();
        }
    }

    @Test
    void aVocabularyWhoseIdsStandForNothingAloneIsRefused() throws IOException {
        String json = Files.readString(resource(WORD_PIECE));
        Path file = folder.resolve("t.json");
        Files.writeString(
                file,
                json.replaceFirst(
                        "\"decoder\": *\\{[^}]*}",
                        "\"decoder\":{\"type\":\"BPEDecoder\",\"suffix\":\"</w>\"}"));
        try (Vocabulary vocabulary = new HuggingFaceTokenizer().open(file)) {
            assertThatThrownBy(() -> vocabulary.piece(3))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused -> assertThat(refused.kind()).isEqualTo(Kind.SETUP))
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("BPEDecoder");
        }
    }

    @Test
    void aPieceOfNoIdIsRefused() {
        try (Vocabulary vocabulary = open(UNIGRAM)) {
            for (int id : new int[] {-1, vocabulary.size()}) {
                assertThatThrownBy(() -> vocabulary.piece(id))
                        .isInstanceOf(GanglionException.class)
                        .hasMessageContaining("but " + id + " is to be decoded");
            }
        }
    }

    @Test
    void aFileThatIsGoneWhenItsPiecesAreAskedForIsNamed() throws IOException {
        Path file = Files.copy(resource(UNIGRAM), folder.resolve("t.json"));
        try (Vocabulary vocabulary = new HuggingFaceTokenizer().open(file)) {
            Files.delete(file);
            assertThatThrownBy(() -> vocabulary.piece(3))
                    .isInstanceOf(GanglionException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void openRefusesAFolder() {
        assertThatThrownBy(() -> new HuggingFaceTokenizer().open(folder))
                .hasMessageContaining("is no file");
    }

    @Test
    void theContextClassLoaderIsLeftAlone() {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        open(UNIGRAM).close();
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    /** Prompts and ids that the model's own Python pipeline gave. */
    @Test
    void theGoldenIdsOfHomeLm() throws IOException {
        Path golden =
                Path.of(System.getProperty("ganglion.shared.data", ""), "golden/home-lm.json");
        Assumptions.assumeTrue(Files.exists(golden), "the shared data is not here: " + golden);
        List<?> cases = (List<?>) JSON.std.mapFrom(Files.readString(golden)).get("cases");
        assertThat(cases).isNotEmpty();
        try (Vocabulary vocabulary = open(HOME_LM);
                Stage<CharSequence, Tokens> encoder = vocabulary.encoder(0, false)) {
            for (Object each : cases) {
                Map<?, ?> one = (Map<?, ?>) each;
                List<Integer> ids = new ArrayList<>();
                encoder.push("<s><|user|>" + one.get("text") + "<|action|>", tokens -> {});
                encoder.flush(
                        tokens -> {
                            for (int id : tokens.ids()) {
                                ids.add(id);
                            }
                        });
                assertThat(ids).as("%s", one.get("text")).isEqualTo(one.get("prompt_ids"));
            }
        }
    }
}
