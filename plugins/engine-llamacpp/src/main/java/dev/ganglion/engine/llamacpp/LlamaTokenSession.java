package dev.ganglion.engine.llamacpp;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.binding.CMemory;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One stream through a causal language model; its logits are llama.cpp's own memory. */
final class LlamaTokenSession implements TokenSession {
    /**
     * How many tokens go into one step: long prompts are cut, so that a cancelled one remembers how
     * far it came, and the memory of a step stays small.
     */
    static final int CHUNK = 128;

    private final LlamaModel model;
    private final StopFlag stop;
    private final LlamaContext context;
    private final int capacity;
    private int position;
    private boolean computed;
    private long logitsAddress;
    private @Nullable Tensor logits;

    LlamaTokenSession(LlamaModel model, int capacity) {
        this.model = model;
        this.capacity = capacity;
        stop = new StopFlag(model.id());
        context = new LlamaContext(model, stop, capacity, Math.min(CHUNK, capacity), false);
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
    public void feed(int[] tokens, int from, int to) {
        stop.refuseWhenClosed();
        stop.refuseWhenCancelled();
        Objects.checkFromToIndex(from, to, tokens.length);
        for (int i = from; i < to; i++) {
            model.checkId(tokens[i], i);
        }
        if (to - from > capacity - position) {
            throw new GanglionException(
                    Kind.INPUT,
                    "model "
                            + model.id()
                            + " has room for "
                            + (capacity - position)
                            + " more tokens of "
                            + capacity
                            + ", found "
                            + (to - from)
                            + ", "
                            + (to - from - capacity + position)
                            + " too many; shorten the text or rewind first");
        }
        for (int at = from; at < to; at += CHUNK) {
            feedChunk(tokens, at, Math.min(CHUNK, to - at));
        }
    }

    private void feedChunk(int[] tokens, int from, int count) {
        stop.refuseWhenCancelled();
        computed = false;
        for (int i = 0; i < count; i++) {
            context.put(i, tokens[from + i]);
        }
        try {
            context.decode(count);
        } catch (GanglionException e) {
            // Some of the layers have seen some of the tokens.
            context.forgetFrom(position);
            throw e;
        }
        position += count;
        computed = true;
    }

    @Override
    public Tensor logits() {
        stop.refuseWhenClosed();
        if (!computed) {
            throw new IllegalStateException(
                    "model "
                            + model.id()
                            + " has no logits yet: no token was fed since the session was opened,"
                            + " rewound or reset");
        }
        long address = context.logits();
        Tensor view = logits;
        if (view == null || address != logitsAddress) {
            int elements = model.vocabularySize();
            view =
                    Tensor.over(
                            CMemory.view(address, Float.BYTES * elements),
                            Tensor.Type.FLOAT32,
                            elements);
            logits = view;
            logitsAddress = address;
        }
        return view;
    }

    @Override
    public void rewind(int newPosition) {
        stop.refuseWhenClosed();
        if (newPosition < 0 || newPosition > position) {
            throw new IllegalArgumentException(
                    "model "
                            + model.id()
                            + ": a session is rewound to a position from 0 to "
                            + position
                            + ", found "
                            + newPosition);
        }
        computed = false;
        if (newPosition < position) {
            context.forgetFrom(newPosition);
            position = newPosition;
        }
    }

    /** The model has nothing that conditions the sequence, so there is nothing to compute. */
    @Override
    public void run() {
        stop.refuseWhenClosed();
        stop.refuseWhenCancelled();
    }

    @Override
    public Tensor input(String name, long... shape) {
        stop.refuseWhenClosed();
        throw new IllegalArgumentException(
                "the language model "
                        + model.id()
                        + " has no input '"
                        + name
                        + "' to write; it is fed with tokens");
    }

    @Override
    public Tensor output(String name) {
        stop.refuseWhenClosed();
        if (!name.equals(LlamaModel.LOGITS)) {
            throw new IllegalArgumentException(
                    "model "
                            + model.id()
                            + " has no output '"
                            + name
                            + "'; it has: "
                            + LlamaModel.LOGITS);
        }
        return logits();
    }

    @Override
    public void reset() {
        stop.reset();
        rewind(0);
    }

    @Override
    public void cancel() {
        stop.cancel();
    }

    @Override
    public void close() {
        if (stop.close()) {
            context.free();
            model.sessionClosed();
        }
    }
}
