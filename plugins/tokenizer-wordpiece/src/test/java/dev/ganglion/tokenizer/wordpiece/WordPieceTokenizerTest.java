package dev.ganglion.tokenizer.wordpiece;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.management.ThreadMXBean;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.encode.Vocabulary;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordPieceTokenizerTest {
    private static final String SMALL =
            Vocabularies.json(",\"turn\":5,\"on\":6,\"##ed\":7,\".\":8,\"cafe\":9", "", "##");

    @TempDir Path folder;

    private Vocabulary open(String json) throws IOException {
        return new WordPieceTokenizer().open(Vocabularies.write(folder, json));
    }

    private String encode(String json, String text) throws IOException {
        return encode(json, text, 0, true);
    }

    /** Each token as {@code id[start,end)}. */
    private String encode(String json, String text, int maxTokens, boolean truncate)
            throws IOException {
        StringBuilder written = new StringBuilder();
        try (Stage<CharSequence, Tokens> encoder = open(json).encoder(maxTokens, truncate)) {
            encoder.push(text, tokens -> {});
            encoder.flush(
                    tokens -> {
                        for (int i = 0; i < tokens.size(); i++) {
                            written.append(i == 0 ? "" : " ").append(tokens.id(i)).append('[');
                            written.append(tokens.start(i)).append(',').append(tokens.end(i));
                            written.append(')');
                        }
                    });
        }
        return written.toString();
    }

    @Test
    void positionsCountCharsOfTheTextAsItWasWritten() throws IOException {
        assertThat(encode(SMALL, "\uD83D\uDE00 TURNed on."))
                .isEqualTo("2[0,0) 1[0,2) 5[3,7) 7[7,9) 6[10,12) 8[12,13) 3[13,13)");
    }

    @Test
    void anAccentOfItsOwnBelongsToNoTokenWhereItEndsAWord() throws IOException {
        assertThat(encode(SMALL, "cafe\u0301 caf\u00E9 c\u0301afe"))
                .isEqualTo("2[0,0) 9[0,4) 9[6,10) 9[11,16) 3[16,16)");
    }

    @Test
    void aSpecialTokenInTheTextIsThatToken() throws IOException {
        assertThat(encode(SMALL, "turn [MASK]. [mask]"))
                .startsWith("2[0,0) 5[0,4) 4[4,11) 8[11,12) 1[13,14)");
    }

    @Test
    void theFilesOwnTruncationAndPaddingAreIgnored() throws IOException {
        String json =
                SMALL.replace(
                                "\"truncation\":null",
                                "\"truncation\":{\"direction\":\"Right\",\"max_length\":3,"
                                        + "\"strategy\":\"LongestFirst\",\"stride\":0}")
                        .replace(
                                "\"padding\":null",
                                "\"padding\":{\"strategy\":{\"Fixed\":9},\"direction\":\"Right\","
                                        + "\"pad_to_multiple_of\":null,\"pad_id\":0,"
                                        + "\"pad_type_id\":0,\"pad_token\":\"[PAD]\"}");
        assertThat(encode(json, "turn on on on"))
                .isEqualTo("2[0,0) 5[0,4) 6[5,7) 6[8,10) 6[11,13) 3[13,13)");
    }

    @Test
    void aTextThatIsCutKeepsTheSpecialTokensAroundIt() throws IOException {
        assertThat(encode(SMALL, "turn on on on", 4, true))
                .isEqualTo("2[0,0) 5[0,4) 6[5,7) 3[13,13)");
        assertThat(encode(SMALL, "turn on on on", 2, true)).isEqualTo("2[0,0) 3[13,13)");
    }

    @Test
    void aModelWithoutRoomForTheSpecialTokensIsRefused() throws IOException {
        Vocabulary vocabulary = open(SMALL);
        assertThatThrownBy(() -> vocabulary.encoder(1, true))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(Kind.SETUP))
                .hasMessageContaining("2 special tokens");
        assertThatThrownBy(() -> vocabulary.encoder(-1, true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTemplateMayAddAnyNumberOfTokensOnEitherSide() throws IOException {
        String template =
                "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":["
                        + "{\"SpecialToken\":{\"id\":\"[CLS]\",\"type_id\":0}},"
                        + "{\"SpecialToken\":{\"id\":\"two\",\"type_id\":0}},"
                        + "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],\"special_tokens\":{"
                        + "\"[CLS]\":{\"id\":\"[CLS]\",\"ids\":[2]},"
                        + "\"two\":{\"id\":\"two\",\"ids\":[4,0]}}}";
        String json = SMALL.replaceFirst("\"post_processor\":\\{[^}]*}", template);
        assertThat(encode(json, "on")).isEqualTo("2[0,0) 4[0,0) 0[0,0) 6[0,2)");
        assertThat(
                        encode(
                                SMALL.replaceFirst(
                                        "\"post_processor\":\\{[^}]*}", "\"post_processor\":null"),
                                "on"))
                .isEqualTo("6[0,2)");
    }

    @Test
    void theSectionsMayComeInAnyOrder() throws IOException {
        int model = SMALL.indexOf("\"model\":");
        String json =
                "{"
                        + SMALL.substring(model, SMALL.length() - 1)
                        + ","
                        + SMALL.substring(1, model - 1)
                        + "}";
        assertThat(encode(json, "turned")).isEqualTo(encode(SMALL, "turned"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"type\":\"WordPiece\",\"unk|\"type\":\"BPE\",\"unk|is BPE|encode:huggingface",
                "\"model\":{|\"other\":{|no \"model\"|tokenizer.json",
                "\"BertNormalizer\"|\"NFKC\"|\"normalizer\" of type NFKC|BertNormalizer",
                "{\"type\":\"BertPreTokenizer\"}|null|no \"pre_tokenizer\"|BertPreTokenizer",
                "\"BertPreTokenizer\"|\"Whitespace\"|type Whitespace|encode:huggingface",
                "\"BertProcessing\"|\"RobertaProcessing\"|RobertaProcessing|TemplateProcessing",
                "\"type\":\"WordPiece\",\"prefix\"|\"type\":\"BPEDecoder\",\"prefix\"|BPEDecoder|WordPiece",
                "\"turn\":5|\"turn\":50|each id from 0 to 9|gaps",
                "\"turn\":5|\"turn\":6|each id from 0 to 9|once",
                "\"turn\":5|\"turn\":-1|each id from 0 to 9|once",
                "\"turn\":5|\"turn\":\"5\"|'turn'|whole number",
                "\"turn\":5|\"turn\":99999999999|damaged|range",
                "\"unk_token\":\"[UNK]\"|\"unk_token\":\"<unk>\"|'<unk>'|unk_token",
                "\"id\":4,|\"id\":9,|'[MASK]'|4",
                "\"content\":\"[MASK]\"|\"content\":\"[NEW]\"|'[NEW]'|10",
                "\"content\":\"[MASK]\"|\"content\":\"\"|''|10",
                "\"[SEP]\",3|\"[SEP]\",77|77|0 to 9",
                "\"clean_text\":true|\"clean_text\":\"yes\"|clean_text|true or false",
                "\"max_input_chars_per_word\":100|\"max_input_chars_per_word\":1.5|max_input|whole",
            })
    void openRefusesWhatItDoesNotRead(String from, String to, String found, String expected) {
        assertThat(SMALL).contains(from);
        assertThatThrownBy(() -> open(SMALL.replace(from, to)))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(Kind.SETUP))
                .hasMessageContaining(folder.resolve("tokenizer.json").toString())
                .hasMessageContaining(found)
                .hasMessageContaining(expected);
    }

    @Test
    void openRefusesATemplateWithoutTheText() {
        String template =
                "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[],"
                        + "\"special_tokens\":{}}";
        String json = SMALL.replaceFirst("\"post_processor\":\\{[^}]*}", template);
        assertThatThrownBy(() -> open(json)).hasMessageContaining("sequence A exactly once");
    }

    @Test
    void openRefusesAnAddedTokenThatNormalizingDeletes() {
        String json = SMALL.replace("\"content\":\"[MASK]\"", "\"content\":\"\u200B\"");
        String normalized =
                Vocabularies.json("", "," + Vocabularies.added(5, "\u200B", "normalized"), "##");
        assertThatThrownBy(() -> open(json)).isInstanceOf(GanglionException.class);
        assertThatThrownBy(() -> open(normalized)).hasMessageContaining("nothing is left");
    }

    @Test
    void openRefusesAFolder() {
        assertThatThrownBy(() -> new WordPieceTokenizer().open(folder))
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("no file");
    }

    @Test
    void eachCutOffFileIsRefused() {
        byte[] whole = SMALL.getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < whole.length; length++) {
            String part = new String(whole, 0, length, StandardCharsets.UTF_8);
            assertThatThrownBy(() -> open(part)).as(part).isInstanceOf(GanglionException.class);
        }
    }

    @Test
    void aDecoderRefusesAnIdThatTheVocabularyLacks() throws IOException {
        Tokens tokens = new Tokens();
        tokens.add(10, 0, 0);
        try (Stage<Tokens, CharSequence> decoder = open(SMALL).decoder()) {
            assertThatThrownBy(() -> decoder.push(tokens, text -> {}))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused -> assertThat(refused.kind()).isEqualTo(Kind.INPUT))
                    .hasMessageContaining("0 to 9")
                    .hasMessageContaining("10");
        }
    }

    /** A text of nothing but accents, unsorted, must not take time with its square. */
    @Test
    void aPieceIsWhatAnIdSaysInTheMiddleOfAText() throws IOException {
        Vocabulary vocabulary = open(SMALL);
        List<String> pieces = new ArrayList<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            pieces.add(new String(vocabulary.piece(id), StandardCharsets.UTF_8));
        }
        assertThat(pieces).containsExactly("", "", "", "", "", " turn", " on", "ed", ".", " cafe");
        assertThat(vocabulary.piece(5)).isSameAs(vocabulary.piece(5));
        for (int id : new int[] {-1, vocabulary.size()}) {
            assertThatThrownBy(() -> vocabulary.piece(id))
                    .isInstanceOf(GanglionException.class)
                    .hasMessageContaining("ids from 0 to 9, but " + id);
        }
    }

    @Test
    void aLongTextOfAccentsIsOneWordOfNothing() throws IOException {
        assertThat(encode(SMALL, "\u0301\u0316".repeat(1_000_000))).startsWith("2[0,0) 3[");
        assertThat(encode(SMALL, "turn " + "x".repeat(1_000_000))).contains("1[5,1000005)");
    }

    @Test
    void aLongTextLeavesTheEncoderUsable() throws IOException {
        List<int[]> results = new ArrayList<>();
        try (Stage<CharSequence, Tokens> encoder = open(SMALL).encoder(0, false)) {
            for (String text : new String[] {"on ".repeat(100_000), "turn", "on"}) {
                encoder.push(text, tokens -> {});
                encoder.flush(tokens -> results.add(tokens.ids()));
            }
        }
        assertThat(results.get(0)).hasSize(100_002);
        assertThat(results.get(1)).containsExactly(2, 5, 3);
        assertThat(results.get(2)).containsExactly(2, 6, 3);
    }

    @Test
    void aWarmEncoderAllocatesNothing() {
        String[] texts = {
            "turn on the kitchen lights",
            "Se\u00F1orita, \u6570\u5B57 \uD55C\uAD6D\uC5B4 \u0301\u0316 [SEP] unbelievable \uD83D\uDE00!",
        };
        Consumer<Tokens> out = tokens -> {};
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        try (Stage<CharSequence, Tokens> encoder =
                new WordPieceTokenizer().open(Vocabularies.nluMicro()).encoder(64, true)) {
            // The least of a few tries: now and then the JVM allocates something of its own.
            long fewest = Long.MAX_VALUE;
            for (int tried = 0; tried < 6; tried++) {
                long before = threads.getThreadAllocatedBytes(thread);
                for (int round = 0; round < 2_000; round++) {
                    for (String text : texts) {
                        encoder.push(text, out);
                        encoder.flush(out);
                    }
                }
                fewest = Math.min(fewest, threads.getThreadAllocatedBytes(thread) - before);
            }
            assertThat(fewest).isZero();
        }
    }

    @Test
    void aWarmDecoderAllocatesNothing() {
        Tokens tokens = new Tokens();
        for (int id : new int[] {2, 815, 86, 76, 1834, 2099, 17, 3}) {
            tokens.add(id, 0, 0);
        }
        Consumer<CharSequence> out = text -> {};
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        try (Stage<Tokens, CharSequence> decoder =
                new WordPieceTokenizer().open(Vocabularies.nluMicro()).decoder()) {
            // The least of a few tries: now and then the JVM allocates something of its own.
            long fewest = Long.MAX_VALUE;
            for (int tried = 0; tried < 6; tried++) {
                long before = threads.getThreadAllocatedBytes(thread);
                for (int round = 0; round < 2_000; round++) {
                    decoder.push(tokens, out);
                    decoder.flush(out);
                }
                fewest = Math.min(fewest, threads.getThreadAllocatedBytes(thread) - before);
            }
            assertThat(fewest).isZero();
        }
    }

    /** Texts and ids that the model's own Python pipeline gave. */
    @Test
    void theGoldenIdsOfNluMicro() throws IOException {
        Path golden =
                Path.of(System.getProperty("ganglion.shared.data", ""), "golden/nlu-micro.json");
        Assumptions.assumeTrue(Files.exists(golden), "the shared data is not here: " + golden);
        Object cases = JSON.std.mapFrom(Files.readString(golden)).get("cases");
        assertThat((List<?>) cases)
                .isNotEmpty()
                .allSatisfy(
                        each -> {
                            Map<?, ?> one = (Map<?, ?>) each;
                            List<Integer> ids = new ArrayList<>();
                            try (Stage<CharSequence, Tokens> encoder =
                                    new WordPieceTokenizer()
                                            .open(Vocabularies.nluMicro())
                                            .encoder(0, false)) {
                                encoder.push((String) one.get("text"), tokens -> {});
                                encoder.flush(
                                        tokens -> {
                                            for (int id : tokens.ids()) {
                                                ids.add(id);
                                            }
                                        });
                            }
                            assertThat(ids).isEqualTo(one.get("input_ids"));
                        });
    }
}
