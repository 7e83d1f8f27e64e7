package dev.ganglion.tokenizer.wordpiece;

import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import java.util.function.Consumer;

/**
 * From ids to text: pieces inside a word join the one before, other tokens get a space in front,
 * special tokens are left out. One text comes out per push, none where there is nothing to say.
 */
final class WordPieceDecoder implements Stage<Tokens, CharSequence> {
    /** What cleaning up replaces, in this order, within each token with the space in front. */
    private static final String[][] CLEANUPS = {
        {" .", "."},
        {" ?", "?"},
        {" !", "!"},
        {" ,", ","},
        {" ' ", "'"},
        {" n't", "n't"},
        {" 'm", "'m"},
        {" do not", " don't"},
        {" 's", "'s"},
        {" 've", "'ve"},
        {" 're", "'re"},
    };

    private final WordPieceVocabulary vocabulary;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder token = new StringBuilder();
    private boolean first = true;

    WordPieceDecoder(WordPieceVocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    @Override
    public void push(Tokens item, Consumer<? super CharSequence> out) {
        boolean wasFirst = first;
        first = true;
        text.setLength(0);
        boolean still = wasFirst;
        for (int i = 0; i < item.size(); i++) {
            int id = item.id(i);
            vocabulary.check(id);
            if (!vocabulary.special().get(id)) {
                append(id, still);
                still = false;
            }
        }
        if (!text.isEmpty()) {
            out.accept(text);
        }
        first = still;
    }

    private void append(int id, boolean isFirst) {
        write(vocabulary, id, isFirst, token);
        text.append(token);
    }

    /** Writes what an id that is no special token stands for, at the start of a text or later. */
    static void write(
            WordPieceVocabulary vocabulary, int id, boolean isFirst, StringBuilder token) {
        Pieces pieces = vocabulary.pieces();
        byte[] prefix = vocabulary.prefix();
        token.setLength(0);
        if (isFirst) {
            pieces.append(id, 0, token);
        } else if (prefix != null && pieces.startsWith(id, prefix)) {
            pieces.append(id, prefix.length, token);
        } else {
            token.append(' ');
            pieces.append(id, 0, token);
        }
        if (vocabulary.cleanup()) {
            for (String[] cleanup : CLEANUPS) {
                int at = token.indexOf(cleanup[0]);
                while (at >= 0) {
                    token.replace(at, at + cleanup[0].length(), cleanup[1]);
                    at = token.indexOf(cleanup[0], at + cleanup[1].length());
                }
            }
        }
    }

    @Override
    public void flush(Consumer<? super CharSequence> out) {
        first = true;
    }
}
