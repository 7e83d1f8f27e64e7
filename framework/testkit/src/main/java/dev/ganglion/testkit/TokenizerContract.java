package dev.ganglion.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.encode.Tokenizer;
import dev.ganglion.api.encode.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every tokenizer keeps to. A vendor's test says which tokenizer and a vocabulary file that it
 * reads.
 */
public abstract class TokenizerContract extends PluginContract {
    private static final int THREADS = 4;

    private @Nullable Vocabulary opened;

    /** A tokenizer's test needs no constructor. */
    protected TokenizerContract() {}

    /** {@return the tokenizer under test} */
    protected abstract Tokenizer tokenizer();

    /** {@return a vocabulary file that it reads} */
    protected abstract Path file();

    /** {@return texts to work on; by default several scripts, spaces, and pairs of surrogates} */
    protected List<String> texts() {
        return List.of(
                "turn on the light in the kitchen",
                "Stell bitte die Heizung im Büro auf 21,5 °C!",
                "  two  spaces\tand a line\nbreak ",
                "数字 三 and \uD83D\uDCA1\uD83C\uDF21\uFE0F too");
    }

    /**
     * {@return what is left of a text that went to ids and back; override when it is not all, for
     * example because upper case gets lost}
     */
    protected String roundTrip(String text) {
        return text;
    }

    /** {@return whether {@link Vocabulary#decoder} gives the text back, see {@link #roundTrip}} */
    protected boolean roundTrips() {
        return true;
    }

    /**
     * {@return whether {@link Vocabulary#piece} says what each id stands for; override when the
     * kind of the vocabulary does not know}
     */
    protected boolean hasPieces() {
        return true;
    }

    @Override
    final Plugin plugin() {
        return tokenizer();
    }

    /** One vocabulary for all stages of a test, as in a route. */
    private Vocabulary vocabulary() {
        Vocabulary shared = opened;
        if (shared == null) {
            shared = tokenizer().open(file());
            opened = shared;
        }
        return shared;
    }

    @AfterEach
    void closeVocabulary() {
        if (opened != null) {
            opened.close();
        }
    }

    private List<Tokens> encodeAll(CharSequence text, int maxTokens, boolean truncate) {
        List<Tokens> results = new ArrayList<>();
        try (Stage<CharSequence, Tokens> encoder = vocabulary().encoder(maxTokens, truncate)) {
            encoder.push(text, tokens -> results.add(copy(tokens)));
            assertThat(results).as("what came out before the flush").isEmpty();
            encoder.flush(tokens -> results.add(copy(tokens)));
        }
        return results;
    }

    /** A result is valid until the next call. */
    private static Tokens copy(Tokens tokens) {
        Tokens copy = new Tokens();
        copy.start(tokens.text().toString());
        for (int i = 0; i < tokens.size(); i++) {
            copy.add(tokens.id(i), tokens.start(i), tokens.end(i));
        }
        return copy;
    }

    private Tokens encode(CharSequence text) {
        List<Tokens> results = encodeAll(text, 0, false);
        assertThat(results).hasSize(1);
        return results.get(0);
    }

    @Test
    void openRefusesAMissingFileNamingIt(@TempDir Path folder) {
        assertRefused(folder.resolve("missing.json"));
    }

    @Test
    void openRefusesAnEmptyFileNamingIt(@TempDir Path folder) throws IOException {
        assertRefused(Files.write(name(folder), new byte[0]));
    }

    @Test
    void openRefusesATruncatedFileNamingIt(@TempDir Path folder) throws IOException {
        byte[] whole = Files.readAllBytes(file());
        assertRefused(Files.write(name(folder), Arrays.copyOf(whole, whole.length / 2)));
    }

    @Test
    void openRefusesAFileOfAnotherKindNamingIt(@TempDir Path folder) throws IOException {
        byte[] foreign = "{\"this\": \"is no vocabulary\"}\n".getBytes(StandardCharsets.UTF_8);
        assertRefused(Files.write(name(folder), foreign));
    }

    private Path name(Path folder) {
        return folder.resolve(file().getFileName().toString());
    }

    private void assertRefused(Path damaged) {
        assertThatThrownBy(() -> tokenizer().open(damaged).close())
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(GanglionException.Kind.SETUP))
                .hasMessageContaining(damaged.toString());
    }

    @Test
    void eachIdIsInTheVocabulary() {
        for (String text : texts()) {
            for (int id : encode(text).ids()) {
                assertThat(id).as(text).isBetween(0, vocabulary().size() - 1);
            }
        }
    }

    @Test
    void eachTokenStandsForAPartOfTheTextInOrder() {
        for (String text : texts()) {
            Tokens tokens = encode(text);
            assertThat(tokens.text().toString()).isEqualTo(text);
            assertThat(tokens.size()).isPositive();
            int start = 0;
            for (int i = 0; i < tokens.size(); i++) {
                String token = "token " + i + " of '" + text + "'";
                assertThat(tokens.start(i)).as(token).isBetween(0, tokens.end(i));
                assertThat(tokens.end(i)).as(token).isLessThanOrEqualTo(text.length());
                if (tokens.start(i) < tokens.end(i)) {
                    assertThat(tokens.start(i)).as(token).isGreaterThanOrEqualTo(start);
                    start = tokens.start(i);
                }
            }
        }
    }

    @Test
    void anEmptyTextGivesOneResultToo() {
        Tokens tokens = encode("");
        for (int i = 0; i < tokens.size(); i++) {
            assertThat(tokens.end(i)).as("end of special token " + i).isZero();
        }
    }

    @Test
    void aTextThatIsJustShortEnoughIsNotTouched() {
        for (String text : texts()) {
            int[] whole = encode(text).ids();
            for (boolean truncate : new boolean[] {true, false}) {
                assertThat(encodeAll(text, whole.length, truncate).get(0).ids())
                        .containsExactly(whole);
            }
        }
    }

    @Test
    void aLongerTextIsCutWhereTheRouteAllowsIt() {
        for (String text : texts()) {
            int fewer = encode(text).size() - 1;
            assertThat(encodeAll(text, fewer, true).get(0).size()).as(text).isEqualTo(fewer);
        }
    }

    @Test
    void aLongerTextIsRefusedOtherwiseWithBothNumbers() {
        for (String text : texts()) {
            int tokens = encode(text).size();
            assertThatThrownBy(() -> encodeAll(text, tokens - 1, false))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused ->
                                    assertThat(refused.kind())
                                            .isEqualTo(GanglionException.Kind.INPUT))
                    .hasMessageContaining(Integer.toString(tokens))
                    .hasMessageContaining(Integer.toString(tokens - 1));
        }
    }

    @Test
    void aRefusedTextLeavesTheEncoderAsFlushed() {
        String text = texts().get(0);
        String shorter = text.substring(0, text.length() / 2);
        int[] expected = encode(shorter).ids();
        int room = encode(text).size() - 1;
        List<int[]> results = new ArrayList<>();
        try (Stage<CharSequence, Tokens> encoder = vocabulary().encoder(room, false)) {
            encoder.push(text, tokens -> results.add(tokens.ids()));
            assertThatThrownBy(() -> encoder.flush(tokens -> results.add(tokens.ids())))
                    .isInstanceOf(GanglionException.class);
            encoder.push(shorter, tokens -> results.add(tokens.ids()));
            encoder.flush(tokens -> results.add(tokens.ids()));
        }
        assertThat(results).hasSize(1);
        assertThat(results.get(0)).containsExactly(expected);
    }

    @Test
    void idsGiveTheTextBack() {
        assumeGiven(roundTrips(), "roundTrips()");
        for (String text : texts()) {
            StringBuilder decoded = new StringBuilder();
            try (Stage<Tokens, CharSequence> decoder = vocabulary().decoder()) {
                decoder.push(encode(text), decoded::append);
                decoder.flush(decoded::append);
            }
            assertThat(decoded.toString()).isEqualTo(roundTrip(text));
        }
    }

    /** In the middle of a text, where the first word has a blank before it. */
    @Test
    void thePiecesOfATextAreItsBytes() {
        assumeGiven(hasPieces() && roundTrips(), "hasPieces() and roundTrips()");
        for (String text : texts()) {
            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            for (int id : encode(text).ids()) {
                joined.writeBytes(vocabulary().piece(id));
            }
            String pieces = joined.toString(StandardCharsets.UTF_8);
            assertThat(pieces).as(text).isIn(roundTrip(text), " " + roundTrip(text));
        }
    }

    @Test
    void theSpecialTokensAroundATextHavePiecesWithoutBytes() {
        assumeGiven(hasPieces(), "hasPieces()");
        for (int id : encode("").ids()) {
            assertThat(vocabulary().piece(id)).as("piece of special token " + id).isEmpty();
        }
    }

    @Test
    void aVocabularyWithoutPiecesSaysSo() {
        assumeGiven(!hasPieces(), "hasPieces()");
        assertThatThrownBy(() -> vocabulary().piece(0))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(GanglionException.Kind.SETUP));
    }

    @Test
    void manyThreadsShareAVocabulary() {
        List<int[]> alone = texts().stream().map(text -> encode(text).ids()).toList();
        List<Runnable> work = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            work.add(
                    () -> {
                        for (int round = 0; round < 20; round++) {
                            for (int i = 0; i < alone.size(); i++) {
                                assertThat(encode(texts().get(i)).ids())
                                        .containsExactly(alone.get(i));
                            }
                        }
                    });
        }
        Threads.together(work);
    }

    /** From text to ids. */
    @Nested
    class Encoder extends StageContract<CharSequence, Tokens> {
        @Override
        protected Stage<CharSequence, Tokens> stage() {
            return vocabulary().encoder(0, false);
        }

        /** Anywhere, also between the two halves of a surrogate pair. */
        @Override
        protected List<CharSequence> cut(Random random) {
            String whole = String.join(" ", texts());
            List<CharSequence> items = new ArrayList<>();
            for (int from = 0; from < whole.length(); ) {
                int to = Math.min(whole.length(), from + 1 + random.nextInt(9));
                items.add(new StringBuilder(whole.substring(from, to)));
                from = to;
            }
            return items;
        }

        @Override
        protected void write(Tokens result, StringBuilder into) {
            for (int i = 0; i < result.size(); i++) {
                into.append(result.id(i)).append(' ').append(result.start(i)).append('-');
                into.append(result.end(i)).append('\n');
            }
            into.append(result.text()).append('\n');
        }

        @Override
        protected List<CharSequence> brokenItems() {
            return List.of();
        }

        @Override
        protected void spoil(CharSequence item) {
            ((StringBuilder) item).setLength(0);
        }
    }

    /** From ids to text. */
    @Nested
    class Decoder extends StageContract<Tokens, CharSequence> {
        @Override
        protected Stage<Tokens, CharSequence> stage() {
            return vocabulary().decoder();
        }

        @Override
        protected List<Tokens> cut(Random random) {
            int[] whole = encode(String.join(" ", texts())).ids();
            List<Tokens> items = new ArrayList<>();
            for (int from = 0; from < whole.length; ) {
                int to = Math.min(whole.length, from + 1 + random.nextInt(4));
                items.add(tokens(Arrays.copyOfRange(whole, from, to)));
                from = to;
            }
            return items;
        }

        private Tokens tokens(int... ids) {
            Tokens tokens = new Tokens();
            for (int id : ids) {
                tokens.add(id, 0, 0);
            }
            return tokens;
        }

        @Override
        protected void write(CharSequence result, StringBuilder into) {
            into.append(result);
        }

        /** Ids that no vocabulary of this size has. */
        @Override
        protected List<Tokens> brokenItems() {
            return List.of(tokens(-1), tokens(vocabulary().size()));
        }

        @Override
        protected void spoil(Tokens item) {
            item.start("");
        }
    }
}
