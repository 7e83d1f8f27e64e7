package dev.ganglion.tokenizer.wordpiece;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids and positions, against Hugging Face's own tokenizer. */
class SameAsHuggingFaceTest {
    private static final int PER_TEXT = 64;

    @TempDir Path folder;

    private static boolean scalar(int codePoint) {
        return codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE;
    }

    /** Each code point alone, inside a word, and after a letter that takes accents. */
    private static void compareEachCodePoint(Differential both) {
        StringBuilder text = new StringBuilder();
        for (int first = 0; first <= Character.MAX_CODE_POINT; first += PER_TEXT) {
            text.setLength(0);
            for (int c = first; c < first + PER_TEXT; c++) {
                if (scalar(c)) {
                    text.appendCodePoint(c).append(" ab").appendCodePoint(c).append("b E");
                    text.appendCodePoint(c).append("\u0316. ");
                }
            }
            both.compare(text.toString());
        }
        both.finish();
    }

    @Test
    void eachCodePointWithAVocabularyOfNearlyAllCharacters() throws IOException {
        try (Differential both = new Differential(Vocabularies.characters(), folder)) {
            compareEachCodePoint(both);
        }
    }

    /** Up to the second plane: beyond, nothing is in this vocabulary. */
    @Test
    void eachCodePointOfTwoPlanesWithTheVocabularyOfBert() throws IOException {
        try (Differential both = new Differential(Vocabularies.miniLm(), folder)) {
            for (int c = 0; c < 0x20000; c++) {
                if (scalar(c)) {
                    both.compare("to" + Character.toString(c) + "day");
                }
            }
            both.finish();
        }
    }

    /** The steps of the normalizer one by one, which hide each other when all are done. */
    @ParameterizedTest
    @CsvSource({
        "false,false,false,false",
        "true,false,false,false",
        "false,true,false,false",
        "false,false,true,false",
        "false,false,false,true",
        "true,true,null,false",
        "true,true,false,true",
        "true,true,true,false",
        "false,true,null,true",
    })
    void eachStepOfTheNormalizerAlone(String clean, String chinese, String strip, String lower)
            throws IOException {
        String json =
                Vocabularies.characters()
                        .replace("\"clean_text\":true", "\"clean_text\":" + clean)
                        .replace(
                                "\"handle_chinese_chars\":true",
                                "\"handle_chinese_chars\":" + chinese)
                        .replace("\"strip_accents\":null", "\"strip_accents\":" + strip)
                        .replace("\"lowercase\":true", "\"lowercase\":" + lower);
        Random random = new Random(7);
        try (Differential both = new Differential(json, folder)) {
            StringBuilder text = new StringBuilder();
            for (int c = 0; c < 0x20000; c++) {
                if (scalar(c)) {
                    text.append('E').appendCodePoint(c).append("\u0316\u0300 ");
                }
                if (c % PER_TEXT == PER_TEXT - 1) {
                    both.compare(text.toString());
                    text.setLength(0);
                }
            }
            for (int round = 0; round < 1000; round++) {
                both.compare(TestTexts.random(random, 40));
            }
            both.finish();
        }
    }

    @Test
    void pairsOfInterestingCharacters() throws IOException {
        try (Differential both = new Differential(Vocabularies.characters(), folder)) {
            for (int first : TestTexts.INTERESTING) {
                StringBuilder text = new StringBuilder();
                for (int second : TestTexts.INTERESTING) {
                    text.append('a').appendCodePoint(first).appendCodePoint(second).append("c ");
                    text.appendCodePoint(first).appendCodePoint(second).append(' ');
                }
                both.compare(text.toString());
            }
            both.finish();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"micro", "bert", "characters"})
    void randomTexts(String which) throws IOException {
        String json =
                switch (which) {
                    case "micro" -> Files.readString(Vocabularies.nluMicro());
                    case "bert" -> Vocabularies.miniLm();
                    default -> Vocabularies.characters();
                };
        Random random = new Random(20_000);
        try (Differential both = new Differential(json, folder)) {
            for (int round = 0; round < 10_000; round++) {
                both.compare(TestTexts.random(random, 1 + random.nextInt(30)));
            }
            both.finish();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {98, 99, 100, 101, 102, 150, 5000})
    void longWords(int length) throws IOException {
        try (Differential both = new Differential(Vocabularies.miniLm(), folder)) {
            both.compare("a".repeat(length));
            both.compare("x " + "\u00E9".repeat(length) + ". y");
            both.compare("\uD835\uDC00".repeat(length));
            both.compare("a\u0301".repeat(length));
            both.compare("ab\u0000".repeat(length));
            both.compare("\u0301\u0316".repeat(length) + "z");
            both.compare("\u4E00".repeat(length));
            both.compare("unbelievably".repeat(length / 12));
            both.finish();
        }
    }

    /**
     * A surrogate without its other half is U+FFFD, which cleaning removes. DJL passes each as
     * three U+FFFD, so positions differ, and all surrogate pairs of such a text as six, so they get
     * lost.
     */
    @Test
    void loneSurrogates() throws IOException {
        String[] texts = {
            "\uD800",
            "turn\uD83D on",
            "\uDC00the \uDBFF lights\uDFFF",
            "\uDE00\uD83D",
            "a\uD800\u0301"
        };
        try (Differential both = new Differential(Vocabularies.miniLm(), folder);
                Stage<CharSequence, Tokens> encoder = both.vocabulary.encoder(0, false)) {
            Reference.Encoded[] all = both.reference.encode(texts);
            for (int i = 0; i < texts.length; i++) {
                String text = texts[i];
                long[] expected = all[i].ids();
                encoder.push(text, tokens -> {});
                encoder.flush(
                        tokens ->
                                assertThat(Arrays.stream(tokens.ids()).asLongStream().toArray())
                                        .as(text)
                                        .containsExactly(expected));
            }
        }
    }

    @Test
    void textsWithoutAWord() throws IOException {
        try (Differential both = new Differential(Vocabularies.miniLm(), folder)) {
            for (String text :
                    new String[] {"", " ", "\t\n", "\u0000", "\u0301", "\uE000\u200B "}) {
                both.compare(text);
            }
            both.finish();
        }
    }

    /** Added tokens of each kind in random company. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "single_word",
                "lstrip",
                "rstrip",
                "lstrip rstrip",
                "single_word lstrip rstrip",
                "normalized",
                "normalized single_word",
                "normalized lstrip rstrip",
                "normalized plain rstrip"
            })
    void addedTokens(String flags) throws IOException {
        String[] contents = {
            "<x>", "<x><y>", "\u00C9t\u00E9", "lamp", "[MASK]s", "\u4E00", "\u00E9"
        };
        StringBuilder added = new StringBuilder();
        int id = 9;
        for (String content : contents) {
            added.append(',').append(Vocabularies.added(id++, content, flags));
        }
        String json =
                Vocabularies.json(",\"a\":5,\"##a\":6,\"lam\":7,\"s\":8", added.toString(), "##");
        String[] parts = {
            "<x>",
            "<y>",
            "\u00C9t\u00E9",
            "ete",
            "E\u0301te\u0301",
            "lamp",
            "LAMP",
            "[MASK]",
            "[CLS]",
            "[mask]",
            "s",
            " ",
            "  ",
            "\t",
            "\u3000",
            "a",
            "_",
            "-",
            "\u4E00",
            "\u00E9",
            "e\u0301",
            "\u200D",
            "\u0000",
            "\uD83D\uDE00",
            "1",
            "\u0300"
        };
        Random random = new Random(3);
        try (Differential both = new Differential(json, folder)) {
            for (int round = 0; round < 4000; round++) {
                StringBuilder text = new StringBuilder();
                for (int i = 1 + random.nextInt(7); i > 0; i--) {
                    text.append(parts[random.nextInt(parts.length)]);
                }
                both.compare(text.toString());
            }
            both.finish();
        }
    }

    /** Which characters a token that must be a word of its own may stand beside. */
    @Test
    void eachCodePointBesideATokenThatIsASingleWord() throws IOException {
        String added =
                ","
                        + Vocabularies.added(6, "<x>", "single_word")
                        + ","
                        + Vocabularies.added(7, "<y>", "lstrip rstrip");
        String json = Vocabularies.json(",\"a\":5", added, "##");
        StringBuilder text = new StringBuilder();
        try (Differential both = new Differential(json, folder)) {
            for (int c = 0; c < 0x30000; c++) {
                if (scalar(c)) {
                    text.append('-').appendCodePoint(c).append("<x>-<x>").appendCodePoint(c);
                    text.append("<y>").appendCodePoint(c).append('-');
                }
                if (c % PER_TEXT == PER_TEXT - 1) {
                    both.compare(text.toString());
                    text.setLength(0);
                }
            }
            both.finish();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"##", "@@", "in", "\u00E9"})
    void otherPrefixesOfPieces(String prefix) throws IOException {
        String tokens =
                ",\"in\":5,\"PREa\":6,\"ga\":7,\"PREga\":8,\"a\":9,\"PREin\":10,\"PRE\":11,\"e\":12"
                        .replace("PRE", prefix)
                        .replace(prefix.equals("in") ? ",\"in\":11" : "?", ",\"zz\":11");
        String json = Vocabularies.json(tokens, "", prefix);
        String[] parts = {"in", "a", "ga", "e", "@@", "##", "\u00E9", "z"};
        Random random = new Random(11);
        try (Differential both = new Differential(json, folder)) {
            for (int round = 0; round < 2000; round++) {
                StringBuilder text = new StringBuilder();
                for (int i = 1 + random.nextInt(6); i > 0; i--) {
                    text.append(parts[random.nextInt(parts.length)]);
                }
                both.compare(text.toString());
            }
            both.finish();
        }
    }

    /** Any ids, among them special tokens, pieces first, and tokens that cleaning up changes. */
    @ParameterizedTest
    @ValueSource(strings = {"cleanup", "no cleanup", "no decoder"})
    void decodedText(String kind) throws IOException {
        String added =
                ","
                        + Vocabularies.added(14, " do not", "plain")
                        + ","
                        + Vocabularies.added(15, " 's . ?", "plain")
                        + ","
                        + Vocabularies.added(16, "\uD83D\uDE00\u00E9\u4E00", "plain");
        String json =
                Vocabularies.json(
                        ",\".\":5,\"##s\":6,\"'\":7,\"n't\":8,\"do\":9,\"'s\":10,\"##\":11,\"##.\":12,\"!\":13",
                        added,
                        "##");
        if (kind.equals("no cleanup")) {
            json = json.replace("\"cleanup\":true", "\"cleanup\":false");
        } else if (kind.equals("no decoder")) {
            json = json.replaceFirst("\"decoder\":\\{[^}]*}", "\"decoder\":null");
        }
        Random random = new Random(5);
        try (Differential both = new Differential(json, folder);
                Stage<Tokens, CharSequence> decoder = both.vocabulary.decoder()) {
            for (int round = 0; round < 3000; round++) {
                long[] ids = random.longs(random.nextInt(9), 0, both.vocabulary.size()).toArray();
                StringBuilder decoded = new StringBuilder();
                for (long id : ids) {
                    Tokens one = new Tokens();
                    one.add((int) id, 0, 0);
                    decoder.push(one, decoded::append);
                }
                decoder.flush(decoded::append);
                assertThat(decoded.toString())
                        .as(Arrays.toString(ids))
                        .isEqualTo(both.reference.decode(ids, true));
            }
        }
    }
}
