package dev.ganglion.engine.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.ganglion.api.data.Tensor;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys or the values of one layer: {@code [1, heads, tokens, size]}, dense.
 *
 * <p>The model reads the past from one buffer and writes the past with the new tokens into the
 * other, so that nothing is copied here; then they change places. Cutting back is different: the
 * heads lie one after the other, so the kept tokens of each move together.
 */
final class KeyValueCache implements AutoCloseable {
    private final String pastName;
    private final String presentName;
    private final Tensor.Type type;
    private final long[] shape = {1, 0, 0, 0};
    private final int tokenBytes;
    private Side front;
    private Side back;
    private OnnxTensor past;
    private @Nullable OnnxTensor present;

    /** One of the two buffers. */
    private record Side(ByteBuffer bytes, Buffer elements) {}

    KeyValueCache(OnnxModel.State layer) throws OrtException {
        pastName = layer.input().name();
        presentName = layer.output().name();
        type = layer.input().type();
        shape[1] = layer.input().shape().get(1);
        shape[3] = layer.input().shape().get(3);
        tokenBytes = Math.toIntExact(shape[3] * type.sizeBytes());
        front = side(0);
        back = side(0);
        past = bind(front, 0);
    }

    private Side side(int tokens) {
        int heads = Math.toIntExact(shape[1]);
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(
                                Math.multiplyExact(Math.multiplyExact(tokens, heads), tokenBytes))
                        .order(ByteOrder.nativeOrder());
        return new Side(bytes, Signature.elements(bytes, type));
    }

    private OnnxTensor bind(Side side, int tokens) throws OrtException {
        shape[2] = tokens;
        side.elements().limit(Math.toIntExact(shape[1] * tokens * shape[3]));
        return Signature.bind(side.elements(), type, shape);
    }

    /** Makes room for so many tokens; those that are in stay. */
    void grow(int used, int tokens) throws OrtException {
        Side larger = side(tokens);
        back = side(tokens);
        larger.bytes().put(0, front.bytes(), 0, used * (int) shape[1] * tokenBytes);
        front = larger;
        replacePast(used);
    }

    private void replacePast(int tokens) throws OrtException {
        OnnxTensor before = past;
        past = bind(front, tokens);
        before.close();
    }

    /** Says what the step reads and where it writes. */
    void offer(int tokens, Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs)
            throws OrtException {
        OnnxTensor offered = bind(back, tokens);
        present = offered;
        inputs.put(pastName, past);
        outputs.put(presentName, offered);
    }

    /** The step succeeded: what it wrote is the past of the next one. */
    void accept() {
        OnnxTensor accepted = present;
        if (accepted == null) {
            throw new IllegalStateException("nothing was offered");
        }
        past.close();
        past = accepted;
        present = null;
        Side read = front;
        front = back;
        back = read;
    }

    /** The step failed: what it wrote is forgotten. */
    void reject() {
        if (present != null) {
            present.close();
            present = null;
        }
    }

    /**
     * Forgets the last tokens.
     *
     * @param from how many tokens are in
     * @param to how many stay
     */
    void rewind(int from, int to) throws OrtException {
        ByteBuffer bytes = front.bytes();
        for (int head = 1; head < shape[1]; head++) {
            bytes.put(head * to * tokenBytes, bytes, head * from * tokenBytes, to * tokenBytes);
        }
        replacePast(to);
    }

    @Override
    public void close() {
        reject();
        past.close();
    }
}
