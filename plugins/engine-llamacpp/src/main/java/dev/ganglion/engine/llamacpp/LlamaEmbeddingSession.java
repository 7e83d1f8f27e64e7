package dev.ganglion.engine.llamacpp;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.Tensor.Type;
import dev.ganglion.api.infer.Session;
import dev.ganglion.binding.CMemory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Gives one vector for a sentence: the mean of what the model makes of its tokens. */
final class LlamaEmbeddingSession implements Session {
    private final LlamaModel model;
    private final int capacity;
    private final StopFlag stop;
    private final LlamaContext context;
    private final Tensor[] inputs;
    private final CMemory vector;
    private final Tensor output;
    private @Nullable Tensor written;
    private boolean computed;

    LlamaEmbeddingSession(LlamaModel model, int capacity) {
        this.model = model;
        this.capacity = capacity;
        stop = new StopFlag(model.id());
        // All tokens in one step: the mean is taken over the tokens of a step.
        context = new LlamaContext(model, stop, capacity, capacity, true);
        inputs = new Tensor[capacity + 1];
        vector = CMemory.allocate(Float.BYTES * model.embeddingSize());
        output = Tensor.over(vector.bytes(), Type.FLOAT32, 1, model.embeddingSize());
    }

    @Override
    public Tensor input(String name, long... shape) {
        stop.refuseWhenClosed();
        if (!name.equals(LlamaModel.IDS)) {
            throw unknown("input", name, LlamaModel.IDS);
        }
        if (shape.length != 2 || shape[0] != 1 || shape[1] < 1) {
            throw new IllegalArgumentException(
                    "model "
                            + model.id()
                            + ": the input "
                            + name
                            + " is INT64[1, n] with n of 1 or more, found "
                            + Arrays.toString(shape));
        }
        if (shape[1] > capacity) {
            throw new GanglionException(
                    Kind.INPUT,
                    "model "
                            + model.id()
                            + " takes up to "
                            + capacity
                            + " tokens, found "
                            + shape[1]
                            + "; shorten the text");
        }
        Tensor input = inputs[(int) shape[1]];
        if (input == null) {
            input = Tensor.allocate(Type.INT64, shape);
            inputs[(int) shape[1]] = input;
        }
        written = input;
        return input;
    }

    @Override
    public void run() {
        stop.refuseWhenClosed();
        stop.refuseWhenCancelled();
        Tensor ids = written;
        if (ids == null) {
            throw new IllegalArgumentException(
                    "model " + model.id() + ": its input " + LlamaModel.IDS + " was not written");
        }
        int count = ids.elements();
        for (int i = 0; i < count; i++) {
            long id = ids.longs().get(i);
            model.checkId(id, i);
            context.put(i, (int) id);
        }
        computed = false;
        context.forgetFrom(0);
        context.decode(count);
        // Copied, for the library puts each mean into other memory.
        vector.copyFrom(context.embedding(), vector.bytes().capacity());
        computed = true;
    }

    @Override
    public Tensor output(String name) {
        stop.refuseWhenClosed();
        if (!name.equals(LlamaModel.EMBEDDING)) {
            throw unknown("output", name, LlamaModel.EMBEDDING);
        }
        if (!computed) {
            throw new IllegalStateException(
                    "model " + model.id() + " has no output yet: no step was run");
        }
        return output;
    }

    private IllegalArgumentException unknown(String kind, String name, String known) {
        return new IllegalArgumentException(
                "model " + model.id() + " has no " + kind + " '" + name + "'; it has: " + known);
    }

    @Override
    public void reset() {
        stop.reset();
        written = null;
        computed = false;
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
