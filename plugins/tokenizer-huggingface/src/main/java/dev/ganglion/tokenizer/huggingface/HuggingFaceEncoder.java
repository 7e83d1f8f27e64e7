package dev.ganglion.tokenizer.huggingface;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import java.util.function.Consumer;

/** From text to ids. The library counts positions in code points; they become chars here. */
final class HuggingFaceEncoder implements Stage<CharSequence, Tokens> {
    private static final char REPLACEMENT = '\uFFFD';

    private final HuggingFaceVocabulary vocabulary;
    private final int maxTokens;
    private final boolean truncate;
    private final Tokens tokens = new Tokens();
    private final StringBuilder text = new StringBuilder();
    private int[] chars = new int[64];
    private boolean flushed = true;

    HuggingFaceEncoder(HuggingFaceVocabulary vocabulary, int maxTokens, boolean truncate) {
        this.vocabulary = vocabulary;
        this.maxTokens = maxTokens;
        this.truncate = truncate;
    }

    @Override
    public void push(CharSequence item, Consumer<? super Tokens> out) {
        start();
        text.append(item);
    }

    /** The text of the last result stays readable until then. */
    private void start() {
        if (flushed) {
            flushed = false;
            text.setLength(0);
        }
    }

    @Override
    public void flush(Consumer<? super Tokens> out) {
        start();
        flushed = true;
        tokens.start(text);
        boolean pairs = measure();
        long encoding = vocabulary.encode(whole());
        long[] ids;
        CharSpan[] spans;
        TokenizersLibrary library = vocabulary.library();
        try {
            ids = library.getTokenIds(encoding);
            spans = library.getTokenCharSpans(encoding);
        } finally {
            library.deleteEncoding(encoding);
        }
        // What the library adds has no span: it stays where a text is cut.
        int first = 0;
        while (first < ids.length && spans[first] == null) {
            first++;
        }
        int last = ids.length;
        while (last > first && spans[last - 1] == null) {
            last--;
        }
        int kept = last;
        if (ids.length > maxTokens) {
            if (!truncate) {
                throw new GanglionException(
                        Kind.INPUT,
                        "a text of "
                                + ids.length
                                + " tokens is longer than the "
                                + maxTokens
                                + " that the model takes; shorten it, or let it be truncated");
            }
            kept = last - (ids.length - maxTokens);
        }
        for (int i = 0; i < ids.length; i++) {
            CharSpan span = spans[i];
            if (span == null) {
                int at = i < first ? 0 : text.length();
                tokens.add((int) ids[i], at, at);
            } else if (i < kept) {
                int start = span.getStart();
                int end = span.getEnd();
                tokens.add((int) ids[i], pairs ? chars[start] : start, pairs ? chars[end] : end);
            }
        }
        out.accept(tokens);
    }

    /**
     * The text for the library, which would take a lone surrogate for three characters and lose
     * each surrogate pair of such a text.
     */
    private String whole() {
        StringBuilder repaired = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                if (repaired == null) {
                    repaired = new StringBuilder(text);
                }
                repaired.setCharAt(i, REPLACEMENT);
            }
        }
        return repaired == null ? text.toString() : repaired.toString();
    }

    /** Notes where in chars each code point starts; {@return whether that differs at all} */
    private boolean measure() {
        int length = text.length();
        if (chars.length <= length) {
            chars = new int[Math.max(length + 1, 2 * chars.length)];
        }
        int codePoints = 0;
        for (int i = 0; i < length; codePoints++) {
            chars[codePoints] = i;
            i += Character.charCount(Character.codePointAt(text, i));
        }
        chars[codePoints] = length;
        return codePoints < length;
    }
}
