package dev.ganglion.tokenizer.huggingface;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.encode.Vocabulary;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A tokenizer of the native library. The library locks its caches itself, so any number of threads
 * share it.
 */
final class HuggingFaceVocabulary implements Vocabulary {
    private final Path file;
    private final TokenizersLibrary library;
    private final long handle;
    private final int size;

    /** How many tokens the file adds to each text. */
    private final int specials;

    private final AtomicBoolean closed = new AtomicBoolean();

    /** Read when the first piece is asked for: without a grammar nobody does. */
    private volatile @Nullable Pieces pieces;

    HuggingFaceVocabulary(Path file, TokenizersLibrary library, long handle, int size) {
        this.file = file;
        this.library = library;
        this.handle = handle;
        this.size = size;
        long empty = encode("");
        this.specials = library.getTokenIds(empty).length;
        library.deleteEncoding(empty);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Stage<CharSequence, Tokens> encoder(int maxTokens, boolean truncate) {
        if (maxTokens < 0) {
            throw new IllegalArgumentException(
                    "maxTokens: 0 for no limit or more expected, " + maxTokens + " found");
        }
        if (maxTokens > 0 && maxTokens < specials) {
            throw new GanglionException(
                    Kind.SETUP,
                    "vocabulary "
                            + file
                            + " adds "
                            + specials
                            + " special tokens to each text, but the model takes only "
                            + maxTokens
                            + " tokens; raise the limit of the model");
        }
        int limit = maxTokens == 0 ? Integer.MAX_VALUE : maxTokens;
        return new HuggingFaceEncoder(this, limit, truncate);
    }

    @Override
    public Stage<Tokens, CharSequence> decoder() {
        return new HuggingFaceDecoder(this);
    }

    @Override
    public byte[] piece(int id) {
        check(id);
        Pieces known = pieces;
        return (known == null ? readPieces() : known).of(id);
    }

    private synchronized Pieces readPieces() {
        Pieces known = pieces;
        if (known == null) {
            known = new Pieces(this, PieceFile.read(file, size));
            pieces = known;
        }
        return known;
    }

    Path file() {
        return file;
    }

    /** {@return the native encoding of a text without lone surrogates, to be deleted} */
    long encode(String text) {
        long live = open();
        try {
            return library.encode(live, text, true);
        } catch (RuntimeException e) {
            throw new GanglionException(
                    Kind.INPUT,
                    "vocabulary "
                            + file
                            + " cannot encode a text of "
                            + text.length()
                            + " chars ("
                            + NativeLibrary.oneLine(e)
                            + "); check its \"unk_token\"",
                    e);
        }
    }

    /** {@return the text of ids, special tokens left out} */
    String decode(long[] ids) {
        return ids.length == 0 ? "" : library.decode(open(), ids, true);
    }

    private long open() {
        if (closed.get()) {
            throw new IllegalStateException("vocabulary " + file + " was closed");
        }
        return handle;
    }

    TokenizersLibrary library() {
        return library;
    }

    /** Refuses an id that the vocabulary does not have. */
    void check(int id) {
        if (id < 0 || id >= size) {
            throw new GanglionException(
                    Kind.INPUT,
                    "vocabulary "
                            + file
                            + " has ids from 0 to "
                            + (size - 1)
                            + ", but "
                            + id
                            + " is to be decoded; use the vocabulary of the model that said it");
        }
    }

    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            library.deleteTokenizer(handle);
        }
    }
}
