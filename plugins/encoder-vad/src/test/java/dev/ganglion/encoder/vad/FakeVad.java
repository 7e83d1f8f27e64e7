package dev.ganglion.encoder.vad;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** A model with Silero's tensors whose probability is the first sample of the frame. */
class FakeVad implements Session {
    static final String NAME = "fake-vad";

    final List<float[]> inputs = new ArrayList<>();
    Tensor output = Tensor.allocate(Tensor.Type.FLOAT32, 1, 1);
    boolean usable = true;
    int resets;
    int closed;
    private Tensor input = Tensor.allocate(Tensor.Type.FLOAT32, 0);
    private Tensor rate = Tensor.allocate(Tensor.Type.INT64);

    @Override
    public Tensor input(String name, long... shape) {
        if (!Set.of("input", "sr").contains(name)) {
            throw new IllegalArgumentException("model fake-vad@1 has no input '" + name + "'");
        }
        if (name.equals("sr")) {
            return rate;
        }
        if (!input.hasShape(shape)) {
            input = allocate(shape);
        }
        return input;
    }

    Tensor allocate(long... shape) {
        return Tensor.allocate(Tensor.Type.FLOAT32, shape);
    }

    @Override
    public void run() {
        float[] values = new float[input.elements()];
        input.floats().get(0, values);
        inputs.add(values);
        output.floats().put(0, probability(values, values.length / 9));
    }

    /** What it computes of the frame that begins at {@code start}. */
    float probability(float[] values, int start) {
        return values[start];
    }

    long rateHz() {
        return rate.longs().get(0);
    }

    /** {@return the end of the frame before, as the model saw it at its last step} */
    float[] context() {
        float[] last = inputs.get(inputs.size() - 1);
        return Arrays.copyOf(last, last.length / 9);
    }

    @Override
    public Tensor output(String name) {
        if (!name.equals("output")) {
            throw new IllegalArgumentException("model fake-vad@1 has no output '" + name + "'");
        }
        return output;
    }

    @Override
    public void reset() {
        resets++;
    }

    @Override
    public boolean usable() {
        return usable;
    }

    @Override
    public void cancel() {}

    @Override
    public void close() {
        closed++;
    }
}
