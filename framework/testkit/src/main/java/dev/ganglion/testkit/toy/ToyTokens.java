package dev.ganglion.testkit.toy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;
import java.util.Objects;

/**
 * A generative model that arithmetic replaces: after each token, {@code sum = (multiplier * sum +
 * id + 1) mod 10007}. The likeliest next token is {@code sum mod vocabulary}; the logit of every
 * other one falls with its distance, going round, from 0 to -8. So each token counts, however far
 * back it is, as in a real model.
 *
 * <p>The file holds vocabulary, capacity and multiplier.
 */
final class ToyTokens extends ToyModel {
    static final String FORMAT = "toy-tokens";

    private static final int MODULUS = 10_007;
    private static final float LOWEST = -8;

    private final int vocabulary;
    private final int capacity;
    private final int multiplier;

    ToyTokens(ToyEngine engine, ModelPackage source, ToyFile file) {
        this(engine, source, file.row(0, 3));
    }

    private ToyTokens(ToyEngine engine, ModelPackage source, float[] numbers) {
        super(engine, source, List.of(), List.of());
        vocabulary = (int) numbers[0];
        capacity = (int) numbers[1];
        multiplier = (int) numbers[2];
    }

    @Override
    Session newSession() {
        return new Sequence();
    }

    private final class Sequence extends ToySession implements TokenSession {
        /** The sum after each token, kept as a real model keeps its cache: to be cut back. */
        private final int[] sums = new int[capacity + 1];

        private final Tensor logits = Tensor.allocate(Tensor.Type.FLOAT32, vocabulary);
        private int position;
        private boolean hasLogits;

        Sequence() {
            super(ToyTokens.this, engine().tokenGate());
        }

        @Override
        public int capacity() {
            return capacity;
        }

        @Override
        public int position() {
            return position;
        }

        @Override
        public void rewind(int newPosition) {
            checkUsable();
            if (newPosition < 0 || newPosition > position) {
                throw new IllegalArgumentException(
                        "model "
                                + id()
                                + ": a position from 0 to "
                                + position
                                + " expected, found "
                                + newPosition);
            }
            position = newPosition;
            hasLogits = false;
        }

        @Override
        public void feed(int[] ids, int from, int to) {
            checkUsable();
            checkNotCancelled();
            Objects.checkFromToIndex(from, to, ids.length);
            checkFits(to - from);
            for (int i = from; i < to; i++) {
                if (ids[i] < 0 || ids[i] >= vocabulary) {
                    throw new IllegalArgumentException(
                            "model "
                                    + id()
                                    + ": an id from 0 to "
                                    + (vocabulary - 1)
                                    + " expected, found "
                                    + ids[i]);
                }
            }
            hasLogits = false;
            for (int i = from; i < to; i++) {
                passGate();
                checkAlive();
                sums[position + 1] = (multiplier * sums[position] + ids[i] + 1) % MODULUS;
                position++;
            }
            computeLogits();
            hasLogits = position > 0;
        }

        private void checkFits(int tokens) {
            if (tokens > capacity - position) {
                throw new GanglionException(
                        GanglionException.Kind.INPUT,
                        "model "
                                + id()
                                + " takes "
                                + capacity
                                + " tokens, "
                                + position
                                + " are in and "
                                + tokens
                                + " more do not fit; shorten the text");
            }
        }

        private void computeLogits() {
            int likeliest = sums[position] % vocabulary;
            for (int id = 0; id < vocabulary; id++) {
                int distance = Math.floorMod(id - likeliest, vocabulary);
                logits.floats().put(id, LOWEST * distance / vocabulary);
            }
        }

        @Override
        public Tensor logits() {
            checkUsable();
            if (!hasLogits) {
                throw new IllegalStateException(
                        "model " + id() + ": logits were asked for before a token was fed");
            }
            return logits;
        }

        @Override
        void step() {}

        @Override
        void forget() {
            position = 0;
            hasLogits = false;
        }
    }
}
