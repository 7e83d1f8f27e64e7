package dev.ganglion.engine.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;

/** One hidden state of a stream: two buffers, read and written in turns. */
final class StateBuffers implements AutoCloseable {
    private final String input;
    private final String output;
    private final Tensor[] buffers = new Tensor[2];
    private final OnnxTensor[] tensors = new OnnxTensor[2];

    /**
     * @param input the state before a step; an axis of any size is of size 1
     * @param output the name of the state after the step
     */
    StateBuffers(TensorSpec input, String output) throws OrtException {
        this.input = input.name();
        this.output = output;
        long[] shape =
                input.shape().stream()
                        .mapToLong(size -> size == TensorSpec.ANY ? 1 : size)
                        .toArray();
        for (int i = 0; i < 2; i++) {
            buffers[i] = Tensor.allocate(input.type(), shape);
            tensors[i] = Signature.bind(buffers[i]);
        }
    }

    String input() {
        return input;
    }

    String output() {
        return output;
    }

    OnnxTensor tensor(int turn) {
        return tensors[turn];
    }

    /** {@return what the step of this turn reads} */
    Tensor buffer(int turn) {
        return buffers[turn];
    }

    /** Zeroes the buffer that the step of this turn reads. */
    void clear(int turn) {
        var bytes = buffers[turn].bytes();
        int at = 0;
        for (; at + Long.BYTES <= bytes.capacity(); at += Long.BYTES) {
            bytes.putLong(at, 0);
        }
        for (; at < bytes.capacity(); at++) {
            bytes.put(at, (byte) 0);
        }
    }

    @Override
    public void close() {
        tensors[0].close();
        tensors[1].close();
    }
}
