package dev.ganglion.tokenizer.wordpiece;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.encode.Vocabulary;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What a tokenizer file says. Immutable, so any number of threads share it.
 *
 * @param file what it was read from, for messages
 * @param unknown the id of a word that cannot be cut into pieces
 * @param longestWord in code points; a longer word is unknown
 * @param raw added tokens that are looked for in the text as it was written
 * @param cooked added tokens that are looked for in the normalized text
 * @param before ids of the special tokens before the text
 * @param after ids of the special tokens behind the text
 * @param special the ids that a decoder leaves out
 * @param prefix what a decoder takes off tokens inside a word; null when it joins them as they are
 * @param cleanup whether a decoder takes out the spaces before punctuation
 * @param said what each id stands for in the middle of a text, once it was asked for
 */
record WordPieceVocabulary(
        String file,
        Pieces pieces,
        int unknown,
        int longestWord,
        NormalizedText.Steps steps,
        AddedTokens raw,
        AddedTokens cooked,
        int[] before,
        int[] after,
        BitSet special,
        byte @Nullable [] prefix,
        boolean cleanup,
        AtomicReferenceArray<byte[]> said)
        implements Vocabulary {
    @Override
    public int size() {
        return pieces.size();
    }

    @Override
    public Stage<CharSequence, Tokens> encoder(int maxTokens, boolean truncate) {
        if (maxTokens < 0) {
            throw new IllegalArgumentException(
                    "maxTokens: 0 for no limit or more expected, " + maxTokens + " found");
        }
        int added = before.length + after.length;
        if (maxTokens > 0 && maxTokens < added) {
            throw new GanglionException(
                    Kind.SETUP,
                    "vocabulary "
                            + file
                            + " adds "
                            + added
                            + " special tokens to each text, but the model takes only "
                            + maxTokens
                            + " tokens; raise the limit of the model");
        }
        return new WordPieceEncoder(this, maxTokens == 0 ? Integer.MAX_VALUE : maxTokens, truncate);
    }

    @Override
    public Stage<Tokens, CharSequence> decoder() {
        return new WordPieceDecoder(this);
    }

    @Override
    public byte[] piece(int id) {
        check(id);
        byte[] known = said.get(id);
        if (known == null) {
            StringBuilder token = new StringBuilder();
            if (!special.get(id)) {
                WordPieceDecoder.write(this, id, false, token);
            }
            known = Utf8.of(token.toString());
            said.set(id, known);
        }
        return known;
    }

    /** Refuses an id that the vocabulary does not have. */
    void check(int id) {
        if (id < 0 || id >= size()) {
            throw new GanglionException(
                    Kind.INPUT,
                    "vocabulary "
                            + file
                            + " has ids from 0 to "
                            + (size() - 1)
                            + ", but "
                            + id
                            + " is to be decoded; use the vocabulary of the model that said it");
        }
    }
}
