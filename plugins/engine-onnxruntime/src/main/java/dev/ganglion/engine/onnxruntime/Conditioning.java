package dev.ganglion.engine.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.ganglion.api.data.Tensor;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the tokens of one stream are conditioned on: the result of the encoder, and the keys and
 * values that the decoder computes of it with the first token, and reads with all later ones.
 */
final class Conditioning implements AutoCloseable {
    private final OnnxModel model;
    private final Encoder encoder;
    private final TokenSignature signature;
    private final OnnxSession session;
    private final Map<String, OnnxTensor> nothing = new HashMap<>();
    private final Set<String> asked = new HashSet<>();
    private final OnnxTensor no;
    private final OnnxTensor yes;
    private boolean written;
    private @Nullable OnnxTensor hidden;
    private OrtSession.@Nullable Result known;

    Conditioning(OnnxModel model, Encoder encoder, TokenSignature signature) throws OrtException {
        this.model = model;
        this.encoder = encoder;
        this.signature = signature;
        session =
                new OnnxSession(
                        model,
                        encoder.file().runtime(),
                        encoder.inputs(),
                        List.of(encoder.output()),
                        List.of(),
                        () -> {});
        no = flag(0);
        yes = flag(1);
        for (OnnxModel.State cross : signature.crossLayers()) {
            asked.add(cross.output().name());
            nothing.put(cross.input().name(), empty(cross));
        }
    }

    private static OnnxTensor flag(int value) throws OrtException {
        ByteBuffer memory = ByteBuffer.allocateDirect(1).put(0, (byte) value);
        return Signature.bind(memory, Tensor.Type.BOOL, new long[] {1});
    }

    private static OnnxTensor empty(OnnxModel.State cross) throws OrtException {
        Tensor.Type type = cross.input().type();
        ByteBuffer memory = ByteBuffer.allocateDirect(0).order(ByteOrder.nativeOrder());
        Buffer elements = Signature.elements(memory, type);
        long[] shape = {1, cross.input().shape().get(1), 0, cross.input().shape().get(3)};
        return Signature.bind(elements, type, shape);
    }

    Tensor input(String name, long... shape) {
        encoder.checkLength(name, shape);
        Tensor memory = session.input(name, shape);
        written = true;
        return memory;
    }

    /** Encodes what was written; what was encoded before is forgotten. */
    void run() throws OrtException {
        forget();
        if (!written) {
            throw new IllegalArgumentException(
                    "model "
                            + model.id()
                            + ": its inputs "
                            + encoder.inputs()
                            + " were not written since the session was opened or reset; write them"
                            + " with input() before run()");
        }
        session.run();
        hidden = Signature.bind(session.output(encoder.output().name()));
    }

    /**
     * @throws IllegalStateException when nothing was encoded
     */
    void refuseUnlessRun() {
        if (hidden == null) {
            throw new IllegalStateException(
                    "model "
                            + model.id()
                            + " has encoded nothing since the session was opened or reset: write its"
                            + " inputs "
                            + encoder.inputs()
                            + " and run() before tokens are fed");
        }
    }

    /** {@return the outputs of the next run that are to be handed to {@link #keep}} */
    Set<String> offer(Map<String, OnnxTensor> inputs) {
        OnnxTensor encoded = hidden;
        if (encoded == null) {
            throw new IllegalStateException("nothing was encoded");
        }
        boolean isFirst = known == null;
        inputs.put(TokenSignature.HIDDEN, encoded);
        if (signature.hasSwitch()) {
            inputs.put(TokenSignature.SWITCH, isFirst ? no : yes);
        }
        if (isFirst) {
            inputs.putAll(nothing);
            return asked;
        }
        return Set.of();
    }

    /** Takes over what a run gave, and has the next ones read it when it was the first. */
    void keep(OrtSession.Result result, Map<String, OnnxTensor> inputs) {
        if (known != null) {
            result.close();
            return;
        }
        known = result;
        for (OnnxModel.State cross : signature.crossLayers()) {
            inputs.put(
                    cross.input().name(),
                    (OnnxTensor) result.get(cross.output().name()).orElseThrow());
        }
    }

    private void forget() {
        if (hidden != null) {
            hidden.close();
            hidden = null;
        }
        if (known != null) {
            known.close();
            known = null;
        }
    }

    void reset() {
        session.reset();
        forget();
        written = false;
    }

    void cancel() {
        session.cancel();
    }

    @Override
    public void close() {
        forget();
        session.close();
        nothing.values().forEach(OnnxTensor::close);
        no.close();
        yes.close();
    }
}
