package dev.ganglion.runtime.generate;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.nio.FloatBuffer;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Picks the tokens of one stream. One thread; allocates nothing once it has seen the size of the
 * vocabulary.
 *
 * <p>The likeliest token costs one look at each number, and one question to the grammar; a second
 * look when the grammar refuses it. Two that are equally likely: the lower id.
 */
public final class Sampler {
    private static final int REMEMBERED = 64;

    /** What is less likely than the token that is asked about by e to this adds nothing. */
    private static final float NEGLIGIBLE = -40;

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final Sampling sampling;
    private final int most;
    private float[] scores = {};
    private int count;

    private final int[] recent = new int[REMEMBERED];
    private int picked;
    private long random;

    private final Candidates candidates = new Candidates();

    private @Nullable GrammarMatcher grammar;
    private @Nullable IntFunction<byte[]> pieces;
    private @Nullable IntPredicate stop;

    /** For a model whose every logit is one of an id. */
    public Sampler(Sampling sampling) {
        this(sampling, Integer.MAX_VALUE);
    }

    /**
     * For a model that may give more logits than there are ids.
     *
     * @param ids how many there are; what comes after is never picked
     */
    public Sampler(Sampling sampling, int ids) {
        this.sampling = sampling;
        this.most = ids;
        reset();
    }

    /** Starts another text: the same logits give the same tokens again. */
    public void reset() {
        random = sampling.seed();
        picked = 0;
    }

    /**
     * Picks the next token; the grammar stays where it is.
     *
     * @param logits one for each id, read from 0 to the limit, not changed
     * @param matcher where the text is in its grammar; null when it has none. Until its end a stop
     *     id or a piece without bytes is never picked, after it nothing is refused
     * @param pieceOf the bytes of an id
     * @param isStop which ids end the text
     * @throws GanglionException of kind INPUT when the grammar allows none of the ids; REOPEN when
     *     a logit is no number
     */
    public int pick(
            FloatBuffer logits,
            @Nullable GrammarMatcher matcher,
            IntFunction<byte[]> pieceOf,
            IntPredicate isStop) {
        read(logits);
        grammar = matcher == null || matcher.isOver() ? null : matcher;
        pieces = pieceOf;
        stop = isStop;
        int id = sampling.temperature() == 0 ? likeliest() : sampled();
        if (id < 0) {
            throw new GanglionException(
                    Kind.INPUT,
                    "none of the "
                            + count
                            + " ids may follow what was said, by the grammar"
                            + " (or by the model, which holds all of them impossible); correct the grammar, or"
                            + " leave it out");
        }
        recent[picked++ % REMEMBERED] = id;
        return id;
    }

    private void read(FloatBuffer logits) {
        count = Math.min(logits.limit(), most);
        if (scores.length < count) {
            scores = new float[count];
        }
        logits.get(0, scores, 0, count);
        if (sampling.repeatPenalty() != 1) {
            penalize();
        }
    }

    /** Once for each id, however often it was picked. */
    private void penalize() {
        int known = Math.min(picked, REMEMBERED);
        for (int i = 0; i < known; i++) {
            int id = recent[i];
            boolean before = false;
            for (int j = 0; j < i; j++) {
                before |= recent[j] == id;
            }
            if (!before && id < count) {
                double penalty = sampling.repeatPenalty();
                double score = scores[id];
                scores[id] = (float) (score <= 0 ? score * penalty : score / penalty);
            }
        }
    }

    private int likeliest() {
        int best = -1;
        float highest = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < count; id++) {
            float score = scores[id];
            if (score > highest) {
                highest = score;
                best = id;
            } else if (score != score) {
                throw noNumber(id);
            }
        }
        return best < 0 || allowed(best) ? best : likeliestAllowed();
    }

    /** Asks the grammar only about ids that are likelier than the best so far. */
    private int likeliestAllowed() {
        int best = -1;
        float highest = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < count; id++) {
            float score = scores[id];
            if (score > highest && allowed(id)) {
                highest = score;
                best = id;
            }
        }
        return best;
    }

    private boolean allowed(int id) {
        GrammarMatcher matcher = grammar;
        if (matcher == null || pieces == null || stop == null) {
            return true;
        }
        return stop.test(id) ? matcher.mayEnd() : matcher.accepts(pieces.apply(id));
    }

    private static GanglionException noNumber(int id) {
        return new GanglionException(
                Kind.REOPEN,
                "the model's logit of id "
                        + id
                        + " is no number; its state is lost, and its file or its engine may be"
                        + " damaged");
    }

    private int sampled() {
        candidates.start(sampling.topK() == 0 ? count : Math.min(sampling.topK(), count));
        for (int id = 0; id < count; id++) {
            float score = scores[id];
            if (score != score) {
                throw noNumber(id);
            }
            if (score > Float.NEGATIVE_INFINITY && candidates.wants(score) && allowed(id)) {
                candidates.add(id, score);
            }
        }
        if (candidates.size() == 0) {
            return -1;
        }
        candidates.sort();
        candidates.cut(sampling.topP(), sampling.minP());
        return candidates.draw(sampling.temperature(), nextUniform());
    }

    /** From 0 to less than 1, by SplitMix64, whose state is one number that starts anew. */
    private double nextUniform() {
        random += GOLDEN;
        long mixed = (random ^ random >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return ((mixed ^ mixed >>> 31) >>> 11) * 0x1.0p-53;
    }

    /**
     * {@return the probability of an id, from 0 to 1, with nothing but the logits} One look at each
     * of them.
     *
     * @throws IndexOutOfBoundsException when there is no such id
     */
    public static double probability(FloatBuffer logits, int id) {
        float own = logits.get(id);
        if (own == Float.NEGATIVE_INFINITY) {
            return 0;
        }
        double sum = 0;
        for (int other = 0; other < logits.limit(); other++) {
            float difference = logits.get(other) - own;
            if (difference > NEGLIGIBLE) {
                sum += Math.exp(difference);
            }
        }
        return 1 / sum;
    }
}
