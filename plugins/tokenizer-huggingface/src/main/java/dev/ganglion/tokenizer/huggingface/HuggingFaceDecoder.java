package dev.ganglion.tokenizer.huggingface;

import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * From ids to text. What ids mean depends on those before, so each push decodes the last ones that
 * gave text together with the new ones, and gives what came to it; what ends in the middle of a
 * character waits for more.
 */
final class HuggingFaceDecoder implements Stage<Tokens, CharSequence> {
    private static final char INCOMPLETE = '\uFFFD';

    private final HuggingFaceVocabulary vocabulary;

    /** First the ids whose text was given last, then those that wait. */
    private long[] ids = new long[64];

    private int given;
    private int size;

    /** The text of the ids that were given. */
    private String before = "";

    HuggingFaceDecoder(HuggingFaceVocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    @Override
    public void push(Tokens item, Consumer<? super CharSequence> out) {
        int known = given;
        int used = size;
        String text = before;
        forget();
        if (used + item.size() > ids.length) {
            ids = Arrays.copyOf(ids, 2 * (used + item.size()));
        }
        for (int i = 0; i < item.size(); i++) {
            vocabulary.check(item.id(i));
            ids[used++] = item.id(i);
        }
        String all = vocabulary.decode(Arrays.copyOf(ids, used));
        boolean complete = all.isEmpty() || all.charAt(all.length() - 1) != INCOMPLETE;
        if (complete && all.length() > text.length() && all.startsWith(text)) {
            out.accept(all.substring(text.length()));
            System.arraycopy(ids, known, ids, 0, used - known);
            used -= known;
            known = used;
            text = vocabulary.decode(Arrays.copyOf(ids, used));
        }
        given = known;
        size = used;
        before = text;
    }

    @Override
    public void flush(Consumer<? super CharSequence> out) {
        String all = vocabulary.decode(Arrays.copyOf(ids, size));
        int from = before.length();
        forget();
        if (all.length() > from) {
            out.accept(all.substring(from));
        }
    }

    private void forget() {
        given = 0;
        size = 0;
        before = "";
    }
}
