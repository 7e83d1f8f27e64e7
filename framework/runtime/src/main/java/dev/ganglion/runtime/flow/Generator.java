package dev.ganglion.runtime.flow;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.encode.Vocabulary;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.generate.Grammar;
import dev.ganglion.runtime.generate.GrammarMatcher;
import dev.ganglion.runtime.generate.Sampler;
import dev.ganglion.runtime.model.Generation;
import dev.ganglion.runtime.model.Lease;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Has a session say an answer, token by token. A token is fed when the next one is asked for, so
 * that whoever stops asking has paid for nothing that he did not read. One thread.
 */
final class Generator {
    /** From how many tokens on it pays to keep what is the same at the start of every prompt. */
    private static final int KEPT_TOKENS = 16;

    private static final byte[] NOTHING = {};

    /** Begins no character. */
    private static final byte[] NEVER = {(byte) 0xFF};

    private final ModelId model;
    private final Generation how;
    private final Vocabulary vocabulary;
    private final Stage<Tokens, CharSequence> decoder;
    private final Sampler sampler;
    private final @Nullable GrammarMatcher matcher;
    private final int[] stops;
    private final int[] replies;
    private final IntPredicate ending = this::ends;
    private final int limit;
    private final int[] kept;
    private final Tokens one = new Tokens();
    private final StringBuilder said = new StringBuilder();
    private final Consumer<CharSequence> sayer = said::append;
    private final IntFunction<byte[]> pieces;

    /** The prompt and what was picked after it. */
    private int[] ids = new int[256];

    private int promptSize;
    private int size;

    /** How many of them are in the session. */
    private int fed;

    /** Whether what the session holds begins with {@link #kept}. */
    private boolean keeps;

    private int end;
    private double seconds;
    private boolean fresh;
    private boolean over;

    Generator(Lease lease, GenerationSettings settings) {
        this.model = lease.source().id();
        this.how = lease.generation();
        this.vocabulary = lease.vocabulary(lease.source().tokenizer());
        this.decoder = vocabulary.decoder();
        this.pieces = this::piece;
        this.sampler = new Sampler(settings.sampling(), vocabulary.size());
        Grammar grammar = settings.grammar().apply(lease);
        this.matcher = grammar == null ? null : grammar.matcher();
        this.stops = how.stop().stream().mapToInt(Integer::intValue).toArray();
        this.replies = how.reply().stream().mapToInt(Integer::intValue).toArray();
        this.limit = Math.min(settings.maxTokens(), how.maxTokens());
        this.kept = keptIds();
    }

    /** What stands before the text in each prompt, when it is worth while to compute it once. */
    private int[] keptIds() {
        String before = how.prompt().substring(0, how.prompt().indexOf(Generation.TEXT));
        if (before.length() < KEPT_TOKENS) {
            return new int[0];
        }
        int[][] found = {new int[0]};
        try (Stage<CharSequence, Tokens> encoder = vocabulary.encoder(0, false)) {
            encoder.push(before, tokens -> {});
            encoder.flush(tokens -> found[0] = tokens.ids());
        }
        // The last one may become another together with what follows.
        int size = Math.max(0, found[0].length - 1);
        return size < KEPT_TOKENS ? new int[0] : Arrays.copyOf(found[0], size);
    }

    /** Starts on a prompt. */
    void start(Tokens prompt) {
        begin(prompt.size());
        for (int i = 0; i < promptSize; i++) {
            ids[i] = prompt.id(i);
        }
        seconds = 0;
    }

    /**
     * Starts on what the session will be conditioned with.
     *
     * @param ofSeconds how long that is, 0 when it has no length
     */
    void start(double ofSeconds) {
        begin(how.start().size());
        for (int i = 0; i < promptSize; i++) {
            ids[i] = how.start().get(i);
        }
        seconds = ofSeconds;
    }

    /** Brings the session to where the prompt begins, or to what is the same in each of them. */
    private void prepare(TokenSession session) {
        if (promptSize >= session.capacity()) {
            throw new GanglionException(
                    Kind.INPUT,
                    "a prompt of "
                            + promptSize
                            + " tokens leaves no room for an answer in the "
                            + session.capacity()
                            + " that model "
                            + model
                            + " holds: it is "
                            + (promptSize - session.capacity() + 1)
                            + " too long; shorten the text");
        }
        end = Math.min(limit, session.capacity() - promptSize);
        if (how.maxTokensPerSecond() > 0 && seconds > 0) {
            end = Math.min(end, (int) Math.ceil(how.maxTokensPerSecond() * seconds));
        }
        boolean same = kept.length > 0 && beginsWithKept();
        if (same && keeps && session.position() >= kept.length) {
            session.rewind(kept.length);
        } else {
            keeps = false;
            session.rewind(0);
            if (same) {
                session.feed(ids, 0, kept.length);
                keeps = true;
            }
        }
        fed = session.position();
        fresh = false;
    }

    private void begin(int prompt) {
        if (prompt == 0) {
            throw new GanglionException(
                    Kind.SETUP,
                    "model "
                            + model
                            + " has nothing to begin with: its prompt is empty; say under"
                            + " 'generate' in its card what it reads, or with which ids it starts");
        }
        if (prompt > ids.length) {
            ids = new int[2 * prompt];
        }
        promptSize = prompt;
        size = prompt;
        fed = 0;
        fresh = true;
        over = false;
        said.setLength(0);
        decoder.flush(rest -> {});
        sampler.reset();
        if (matcher != null) {
            matcher.reset();
        }
    }

    private boolean beginsWithKept() {
        // One token of the text at least is fed after it, for its logits.
        return promptSize > kept.length && Arrays.equals(ids, 0, kept.length, kept, 0, kept.length);
    }

    /**
     * Says one token more.
     *
     * @return false when all is said
     */
    boolean next(TokenSession session) {
        if (fresh) {
            prepare(session);
        }
        if (over || size - promptSize >= end || matcher != null && isAllSaid(matcher)) {
            finish();
            return false;
        }
        if (fed < size) {
            session.feed(ids, fed, size);
            fed = size;
        }
        int id = sampler.pick(session.logits().floats(), matcher, pieces, ending);
        if (isOneOf(stops, id)) {
            finish();
            return false;
        }
        if (matcher != null) {
            matcher.take(isOneOf(replies, id) ? NOTHING : vocabulary.piece(id));
        }
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
        }
        ids[size++] = id;
        one.start("");
        one.add(id, 0, 0);
        decoder.push(one, sayer);
        return true;
    }

    /** Where the grammar ends, and the card knows of nothing that may follow. */
    private boolean isAllSaid(GrammarMatcher grammar) {
        return stops.length == 0 && replies.length == 0 && grammar.mustEnd();
    }

    /** What ends what a grammar holds: the answer itself, or its part before the reply. */
    private boolean ends(int id) {
        return isOneOf(stops, id) || isOneOf(replies, id);
    }

    /** No grammar lets a control token pass, but for those that end it. */
    private byte[] piece(int id) {
        byte[] piece = vocabulary.piece(id);
        return piece.length == 0 ? NEVER : piece;
    }

    private static boolean isOneOf(int[] ids, int id) {
        for (int each : ids) {
            if (each == id) {
                return true;
            }
        }
        return false;
    }

    private void finish() {
        if (!over) {
            over = true;
            decoder.flush(sayer);
        }
    }

    /** Goes on with a session that knows nothing yet. */
    void resume() {
        fed = 0;
        keeps = false;
    }

    CharSequence said() {
        return said;
    }

    /** {@return how likely the last token was} */
    double probability(TokenSession session) {
        return size == promptSize
                ? 1
                : Sampler.probability(session.logits().floats(), ids[size - 1]);
    }

    void close() {
        decoder.close();
    }
}
