package dev.ganglion.engine.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.ganglion.api.data.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the runtime is given for one combination of input shapes: the inputs, and the outputs once a
 * first step has shown their shapes. Twice, for hidden state is read from one of two buffers and
 * written to the other, in turns.
 */
final class Binding implements AutoCloseable {
    /** How many combinations a stream keeps. */
    static final int KEPT = 8;

    final Tensor[] inputs;
    final Map<String, OnnxTensor>[] fed;
    final Map<String, OnnxTensor>[] pinned;

    /** What the last step computed, in the order of the outputs; null before. */
    Tensor @Nullable [] outputs;

    /** Whether the outputs' shapes follow from the inputs' shapes, as far as is known. */
    boolean predictable = true;

    /** Whether the outputs are pinned. */
    boolean learned;

    private final OnnxTensor[] owned;
    private int ownedCount;

    /**
     * @param names the names of the inputs
     * @param inputs the tensor of each
     * @param outputs how many outputs will be pinned
     * @param states the hidden state of the stream, which outlives this
     */
    Binding(String[] names, Tensor[] inputs, int outputs, StateBuffers[] states)
            throws OrtException {
        this.inputs = inputs.clone();
        owned = new OnnxTensor[inputs.length + outputs];
        fed = maps();
        pinned = maps();
        for (int i = 0; i < inputs.length; i++) {
            OnnxTensor tensor = own(Signature.bind(inputs[i]));
            fed[0].put(names[i], tensor);
            fed[1].put(names[i], tensor);
        }
        for (StateBuffers state : states) {
            for (int turn = 0; turn < 2; turn++) {
                fed[turn].put(state.input(), state.tensor(turn));
                pinned[turn].put(state.output(), state.tensor(1 - turn));
            }
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Map<String, OnnxTensor>[] maps() {
        return new Map[] {new LinkedHashMap<>(), new LinkedHashMap<>()};
    }

    private OnnxTensor own(OnnxTensor tensor) {
        owned[ownedCount++] = tensor;
        return tensor;
    }

    /** {@return whether it belongs to these tensors, the very same ones} */
    boolean isFor(Tensor[] current) {
        for (int i = 0; i < inputs.length; i++) {
            if (inputs[i] != current[i]) {
                return false;
            }
        }
        return true;
    }

    /** From the next step on the runtime writes into these outputs. */
    void pin(String[] names, Tensor[] learnedOutputs) throws OrtException {
        for (int i = 0; i < names.length; i++) {
            OnnxTensor tensor = own(Signature.bind(learnedOutputs[i]));
            pinned[0].put(names[i], tensor);
            pinned[1].put(names[i], tensor);
        }
        learned = true;
    }

    /** From the next step on the runtime brings its own memory for the outputs. */
    void unpin(String[] names) {
        for (String name : names) {
            pinned[0].remove(name);
            pinned[1].remove(name);
        }
        while (ownedCount > inputs.length) {
            owned[--ownedCount].close();
        }
        learned = false;
    }

    @Override
    public void close() {
        for (int i = 0; i < ownedCount; i++) {
            owned[i].close();
        }
        ownedCount = 0;
    }
}
