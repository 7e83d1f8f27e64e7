package dev.ganglion.tokenizer.wordpiece;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import java.util.function.Consumer;

/** From text to ids. Allocates only while a text is longer than any before. */
final class WordPieceEncoder implements Stage<CharSequence, Tokens> {
    /** Buffers that one text blew up beyond this are not kept for the next. */
    private static final int KEPT_CHARS = 1 << 16;

    private static final int BETWEEN_WORDS = NormalizedText.SPACE | NormalizedText.PUNCTUATION;

    private final WordPieceVocabulary vocabulary;
    private final Pieces pieces;
    private final int maxTokens;
    private final boolean truncate;

    /** The hash of a word from where a piece starts, up to each byte. */
    private final int[] hashes;

    private Tokens tokens = new Tokens();
    private StringBuilder text = new StringBuilder();
    private char[] chars = new char[256];
    private NormalizedText written = new NormalizedText(NormalizedText.Steps.NONE);
    private NormalizedText normalized;
    private boolean flushed = true;

    WordPieceEncoder(WordPieceVocabulary vocabulary, int maxTokens, boolean truncate) {
        this.vocabulary = vocabulary;
        this.pieces = vocabulary.pieces();
        this.maxTokens = maxTokens;
        this.truncate = truncate;
        this.hashes = new int[pieces.longest()];
        this.normalized = new NormalizedText(vocabulary.steps());
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
            if (chars.length > KEPT_CHARS) {
                tokens = new Tokens();
                text = new StringBuilder();
                chars = new char[256];
                written = new NormalizedText(NormalizedText.Steps.NONE);
                normalized = new NormalizedText(vocabulary.steps());
            }
            text.setLength(0);
        }
    }

    @Override
    public void flush(Consumer<? super Tokens> out) {
        start();
        flushed = true;
        int length = text.length();
        if (length > chars.length) {
            chars = new char[Math.max(length, 2 * chars.length)];
        }
        text.getChars(0, length, chars, 0);
        tokens.start(text);
        for (int id : vocabulary.before()) {
            tokens.add(id, 0, 0);
        }
        AddedTokens raw = vocabulary.raw();
        if (raw.mayBeIn(chars, length)) {
            written.set(chars, 0, length);
            split(written, raw);
        } else {
            normalize(0, length);
        }
        int after = vocabulary.after().length;
        int found = tokens.size() + after;
        if (found > maxTokens) {
            if (!truncate) {
                throw new GanglionException(
                        Kind.INPUT,
                        "a text of "
                                + found
                                + " tokens is longer than the "
                                + maxTokens
                                + " that the model takes; shorten it, or let it be truncated");
            }
            tokens.truncate(maxTokens - after);
        }
        for (int id : vocabulary.after()) {
            tokens.add(id, length, length);
        }
        out.accept(tokens);
    }

    /** Whether more tokens would only be cut off again. */
    private boolean full() {
        return truncate && tokens.size() >= maxTokens;
    }

    /**
     * Takes the added tokens out and goes on with what is between them. Where the search goes on
     * behind a token that swallows spaces, and how far such tokens reach, is Hugging Face's way.
     */
    private void split(NormalizedText source, AddedTokens added) {
        byte[] kinds = source.kinds();
        int done = 0;
        int at = 0;
        while (at < source.size()) {
            AddedTokens.Added token = added.at(source, at);
            if (token == null) {
                at++;
                continue;
            }
            int start = at;
            int end = at + token.content().length;
            at = end;
            if (token.singleWord()
                    && (start > 0 && (kinds[source.before(start)] & NormalizedText.WORD) != 0
                            || end < source.size() && (kinds[end] & NormalizedText.WORD) != 0)) {
                continue;
            }
            if (token.leftStrip()) {
                while (start > 0 && (kinds[source.before(start)] & NormalizedText.SPACE) != 0) {
                    start = source.before(start);
                }
                start = Math.max(start, done);
            }
            if (token.rightStrip()) {
                while (end < source.size()
                        && (kinds[end] & (NormalizedText.SPACE | NormalizedText.INSIDE)) != 0) {
                    end++;
                }
            }
            if (done < start) {
                between(source, done, start);
            }
            tokens.add(token.id(), source.start(start), source.end(end - 1));
            done = end;
        }
        if (done < source.size()) {
            between(source, done, source.size());
        }
    }

    private void between(NormalizedText source, int from, int to) {
        if (source == written) {
            normalize(source.start(from), source.end(to - 1));
        } else {
            words(from, to);
        }
    }

    private void normalize(int from, int to) {
        normalized.set(chars, from, to);
        if (vocabulary.cooked().isEmpty()) {
            words(0, normalized.size());
        } else {
            split(normalized, vocabulary.cooked());
        }
    }

    private void words(int from, int to) {
        byte[] kinds = normalized.kinds();
        int at = from;
        while (at < to && !full()) {
            int kind = kinds[at];
            if ((kind & (NormalizedText.SPACE | NormalizedText.INSIDE)) != 0) {
                at++;
                continue;
            }
            int start = at++;
            int length = 1;
            if ((kind & NormalizedText.PUNCTUATION) != 0) {
                while (at < to && kinds[at] == NormalizedText.INSIDE) {
                    at++;
                }
            } else {
                while (at < to && (kinds[at] & BETWEEN_WORDS) == 0) {
                    length += kinds[at] == NormalizedText.INSIDE ? 0 : 1;
                    at++;
                }
            }
            if (length > vocabulary.longestWord() || !cut(start, at)) {
                tokens.add(vocabulary.unknown(), normalized.start(start), normalized.end(at - 1));
            }
        }
    }

    /** Cuts a word into the longest pieces, from left to right; {@return whether it worked} */
    private boolean cut(int start, int end) {
        byte[] bytes = normalized.bytes();
        byte[] kinds = normalized.kinds();
        int before = tokens.size();
        int from = start;
        while (from < end) {
            boolean inside = from > start;
            int longest = Math.min(end - from, hashes.length);
            int hash = pieces.seed(inside);
            for (int i = 0; i < longest; i++) {
                hash = Pieces.hash(hash, bytes[from + i]);
                hashes[i] = hash;
            }
            int length = longest;
            int id = -1;
            while (length > 0) {
                int to = from + length;
                if (to == end || kinds[to] != NormalizedText.INSIDE) {
                    id = pieces.find(bytes, from, to, inside, hashes[length - 1]);
                    if (id >= 0) {
                        break;
                    }
                }
                length--;
            }
            if (id < 0) {
                tokens.truncate(before);
                return false;
            }
            tokens.add(id, normalized.start(from), normalized.end(from + length - 1));
            from += length;
        }
        return true;
    }
}
