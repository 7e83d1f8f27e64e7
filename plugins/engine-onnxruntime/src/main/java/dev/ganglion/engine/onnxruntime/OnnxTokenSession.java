package dev.ganglion.engine.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.TokenSession;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One stream through a causal language model; the keys and values of its tokens are its state. One
 * that is conditioned is fed token by token, for its file has a branch for the first and one for
 * each later token.
 */
final class OnnxTokenSession implements TokenSession {
    /**
     * How many tokens go into one run: long prompts are cut, so that logits which nobody reads stay
     * small and a cancelled prompt remembers how far it came.
     */
    static final int CHUNK = 64;

    private static final int FIRST_ROOM = 64;

    private final OnnxModel model;
    private final OrtSession runtime;
    private final RunControl control;
    private final TokenSignature signature;
    private final @Nullable Conditioning conditioning;
    private final KeyValueCache[] layers;
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final Map<String, OnnxTensor> outputs = new HashMap<>();
    private final WholeNumbers ids;
    private final @Nullable WholeNumbers positions;
    private final @Nullable TensorSpec mask;
    private @Nullable WholeNumbers ones;
    private ByteBuffer logitsMemory = ByteBuffer.allocateDirect(0);
    private Tensor[] rows = new Tensor[0];
    private @Nullable Chunk single;
    private @Nullable Tensor logits;
    private int room;
    private int position;

    OnnxTokenSession(
            OnnxModel model,
            OrtSession runtime,
            TokenSignature signature,
            @Nullable Encoder encoder)
            throws OrtException {
        this.model = model;
        this.runtime = runtime;
        this.signature = signature;
        control = new RunControl(model.id());
        conditioning = encoder == null ? null : new Conditioning(model, encoder, signature);
        layers = new KeyValueCache[signature.layers().size()];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new KeyValueCache(signature.layers().get(i));
        }
        TensorSpec positionSpec = signature.positions();
        ids = new WholeNumbers(signature.ids(), CHUNK);
        positions = positionSpec == null ? null : new WholeNumbers(positionSpec, CHUNK);
        mask = signature.mask();
    }

    /** What the runtime is given for a number of new tokens, besides keys, values and the mask. */
    private final class Chunk implements AutoCloseable {
        private final OnnxTensor idTensor;
        private final @Nullable OnnxTensor positionTensor;
        private final OnnxTensor logitsTensor;

        Chunk(int count) throws OrtException {
            int given = signature.logitsOfAll() ? count : 1;
            idTensor = ids.bind(count);
            positionTensor = positions == null ? null : positions.bind(count);
            Buffer elements = Signature.elements(logitsMemory, Tensor.Type.FLOAT32);
            elements.limit(given * signature.vocabulary());
            long[] shape =
                    signature.logitsRank() == 3
                            ? new long[] {1, given, signature.vocabulary()}
                            : new long[] {1, signature.vocabulary()};
            logitsTensor = Signature.bind(elements, Tensor.Type.FLOAT32, shape);
        }

        void offer() {
            inputs.put(ids.name(), idTensor);
            if (positions != null && positionTensor != null) {
                inputs.put(positions.name(), positionTensor);
            }
            outputs.put(TokenSignature.LOGITS, logitsTensor);
        }

        @Override
        public void close() {
            idTensor.close();
            if (positionTensor != null) {
                positionTensor.close();
            }
            logitsTensor.close();
        }
    }

    @Override
    public int capacity() {
        return signature.capacity();
    }

    @Override
    public int position() {
        return position;
    }

    @Override
    public void feed(int[] tokens, int from, int to) {
        control.refuseWhenClosed();
        control.refuseWhenCancelled();
        if (conditioning != null) {
            conditioning.refuseUnlessRun();
        }
        Objects.checkFromToIndex(from, to, tokens.length);
        for (int i = from; i < to; i++) {
            if (tokens[i] < 0 || tokens[i] >= signature.vocabulary()) {
                throw new IllegalArgumentException(
                        "model "
                                + model.id()
                                + ": a token is an id from 0 to "
                                + (signature.vocabulary() - 1)
                                + ", found "
                                + tokens[i]
                                + " at index "
                                + i
                                + "; use the vocabulary of the model");
            }
        }
        if (to - from > capacity() - position) {
            throw new GanglionException(
                    Kind.INPUT,
                    "model "
                            + model.id()
                            + " has room for "
                            + (capacity() - position)
                            + " more tokens of "
                            + capacity()
                            + ", found "
                            + (to - from)
                            + "; shorten the text or rewind first");
        }
        int most = conditioning == null ? CHUNK : 1;
        for (int at = from; at < to; at += most) {
            feedChunk(tokens, at, Math.min(most, to - at));
        }
    }

    private void feedChunk(int[] tokens, int from, int count) {
        control.refuseWhenCancelled();
        logits = null;
        try {
            makeRoom(count);
            for (int i = 0; i < count; i++) {
                ids.put(i, tokens[from + i]);
                if (positions != null) {
                    positions.put(i, position + i);
                }
            }
            if (count > 1) {
                try (Chunk chunk = new Chunk(count)) {
                    run(chunk, count);
                }
            } else {
                Chunk kept = single == null ? new Chunk(1) : single;
                single = kept;
                run(kept, 1);
            }
        } catch (OrtException e) {
            for (KeyValueCache layer : layers) {
                layer.reject();
            }
            throw control.failure(e);
        }
        for (KeyValueCache layer : layers) {
            layer.accept();
        }
        position += count;
        logits = rows[signature.logitsOfAll() ? count - 1 : 0];
    }

    private void run(Chunk chunk, int count) throws OrtException {
        chunk.offer();
        for (KeyValueCache layer : layers) {
            layer.offer(position + count, inputs, outputs);
        }
        if (mask == null || ones == null) {
            runOffered();
            return;
        }
        try (OnnxTensor attended = ones.bind(position + count)) {
            inputs.put(mask.name(), attended);
            runOffered();
        }
    }

    private void runOffered() throws OrtException {
        if (conditioning == null) {
            runtime.run(inputs, Set.of(), outputs, control.options()).close();
        } else {
            Set<String> asked = conditioning.offer(inputs);
            conditioning.keep(runtime.run(inputs, asked, outputs, control.options()), inputs);
        }
    }

    private void makeRoom(int count) throws OrtException {
        if (position + count > room) {
            int larger = Math.max(position + count, Math.max(FIRST_ROOM, 2 * room));
            larger = Math.min(larger, capacity());
            for (KeyValueCache layer : layers) {
                layer.grow(position, larger);
            }
            if (mask != null) {
                WholeNumbers allOnes = new WholeNumbers(mask, larger);
                for (int i = 0; i < larger; i++) {
                    allOnes.put(i, 1);
                }
                ones = allOnes;
            }
            room = larger;
        }
        int given = signature.logitsOfAll() ? count : 1;
        if (given > rows.length) {
            if (single != null) {
                single.close();
                single = null;
            }
            Tensor memory = Tensor.allocate(Tensor.Type.FLOAT32, given, signature.vocabulary());
            int rowBytes = signature.vocabulary() * Float.BYTES;
            Tensor[] views = new Tensor[given];
            for (int i = 0; i < given; i++) {
                ByteBuffer row = memory.bytes().slice(i * rowBytes, rowBytes);
                views[i] = Tensor.over(row, Tensor.Type.FLOAT32, signature.vocabulary());
            }
            logitsMemory = memory.bytes();
            rows = views;
        }
    }

    @Override
    public Tensor logits() {
        control.refuseWhenClosed();
        Tensor last = logits;
        if (last == null) {
            throw new IllegalStateException(
                    "model "
                            + model.id()
                            + " has no logits yet: no token was fed since the session was opened,"
                            + " rewound or reset");
        }
        return last;
    }

    @Override
    public void rewind(int newPosition) {
        control.refuseWhenClosed();
        if (newPosition < 0 || newPosition > position) {
            throw new IllegalArgumentException(
                    "model "
                            + model.id()
                            + ": a session is rewound to a position from 0 to "
                            + position
                            + ", found "
                            + newPosition);
        }
        logits = null;
        if (newPosition == position) {
            return;
        }
        try {
            for (KeyValueCache layer : layers) {
                layer.rewind(position, newPosition);
            }
        } catch (OrtException e) {
            throw control.failure(e);
        }
        position = newPosition;
    }

    /**
     * Encodes what conditions the sequence, which begins anew; does nothing when the model takes no
     * such inputs.
     */
    @Override
    public void run() {
        control.refuseWhenClosed();
        control.refuseWhenCancelled();
        if (conditioning != null) {
            rewind(0);
            try {
                conditioning.run();
            } catch (OrtException e) {
                throw control.failure(e);
            }
        }
    }

    @Override
    public Tensor input(String name, long... shape) {
        control.refuseWhenClosed();
        if (conditioning != null) {
            return conditioning.input(name, shape);
        }
        throw new IllegalArgumentException(
                "the language model "
                        + model.id()
                        + " has no input '"
                        + name
                        + "' to write; it is fed with tokens");
    }

    @Override
    public Tensor output(String name) {
        control.refuseWhenClosed();
        if (!name.equals(TokenSignature.LOGITS)) {
            throw new IllegalArgumentException(
                    "model "
                            + model.id()
                            + " has no output '"
                            + name
                            + "'; it has: "
                            + TokenSignature.LOGITS);
        }
        return logits();
    }

    @Override
    public void reset() {
        control.reset();
        if (conditioning != null) {
            conditioning.reset();
        }
        rewind(0);
    }

    @Override
    public void cancel() {
        control.cancel();
        if (conditioning != null) {
            conditioning.cancel();
        }
    }

    @Override
    public void close() {
        if (control.close()) {
            if (single != null) {
                single.close();
            }
            for (KeyValueCache layer : layers) {
                layer.close();
            }
            if (conditioning != null) {
                conditioning.close();
            }
            model.sessionClosed();
        }
    }
}
