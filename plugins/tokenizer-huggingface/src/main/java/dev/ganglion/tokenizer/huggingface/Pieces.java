package dev.ganglion.tokenizer.huggingface;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What each id stands for in the middle of a text, in UTF-8. Where ids are bytes, the file says it;
 * else it is what the library adds to the text of another id. Thread-safe.
 */
final class Pieces {
    private final HuggingFaceVocabulary vocabulary;
    private final AtomicReferenceArray<byte[]> known;

    /** An id whose text is letters, and that text; what is first in a text has no blank. */
    private final long anchor;

    private final String before;

    Pieces(HuggingFaceVocabulary vocabulary, PieceFile file) {
        this.vocabulary = vocabulary;
        this.known = new AtomicReferenceArray<>(file.pieces());
        long found = 0;
        while (!isWord(text(found)) && found + 1 < known.length()) {
            found++;
        }
        this.anchor = found;
        this.before = text(found);
    }

    private String text(long... ids) {
        return vocabulary.decode(ids);
    }

    private static boolean isWord(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= 'a' && c <= 'z');
    }

    byte[] of(int id) {
        byte[] piece = known.get(id);
        if (piece == null) {
            String both = text(anchor, id);
            if (!both.startsWith(before)) {
                throw new GanglionException(
                        Kind.SETUP,
                        "vocabulary "
                                + vocabulary.file()
                                + " has ids that change the text before them ("
                                + id
                                + " makes '"
                                + both
                                + "' of '"
                                + before
                                + "'), so that no grammar can be read with it; leave the grammar"
                                + " out");
            }
            piece = both.substring(before.length()).getBytes(StandardCharsets.UTF_8);
            known.set(id, piece);
        }
        return piece;
    }
}
