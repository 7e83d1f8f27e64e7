package dev.ganglion.engine.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import java.nio.Buffer;

/** Whole numbers for an input {@code [1, n]} of a language model. */
final class WholeNumbers {
    private final TensorSpec spec;
    private final Tensor memory;
    private final Buffer elements;
    private final long[] shape = {1, 0};

    WholeNumbers(TensorSpec spec, int capacity) {
        this.spec = spec;
        memory = Tensor.allocate(spec.type(), capacity);
        elements = Signature.elements(memory.bytes(), spec.type());
    }

    String name() {
        return spec.name();
    }

    void put(int index, int value) {
        if (spec.type() == Tensor.Type.INT64) {
            memory.longs().put(index, value);
        } else {
            memory.ints().put(index, value);
        }
    }

    /** Hands the first of them to the runtime; the caller closes the result. */
    OnnxTensor bind(int count) throws OrtException {
        shape[1] = count;
        elements.limit(count);
        return Signature.bind(elements, spec.type(), shape);
    }
}
