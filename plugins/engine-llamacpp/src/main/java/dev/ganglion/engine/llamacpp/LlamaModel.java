package dev.ganglion.engine.llamacpp;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor.Type;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;

/** Loaded weights. They are freed after the last session was closed. */
final class LlamaModel implements Model {
    static final String LOGITS = "logits";
    static final String IDS = "input_ids";
    static final String EMBEDDING = "embedding";

    private final ModelId id;
    private final LlamaLibrary library;
    private final LlamaSettings settings;
    private final long sizeBytes;
    private final long address;
    private final int vocabularySize;
    private final int embeddingSize;
    private final int capacity;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;
    private int openSessions;
    private boolean closed;

    /**
     * Takes over weights that were loaded.
     *
     * @param address of the {@code llama_model}; the caller frees it when this throws
     */
    LlamaModel(
            ModelPackage source,
            LlamaLibrary library,
            LlamaSettings settings,
            long sizeBytes,
            long address) {
        id = source.id();
        this.library = library;
        this.settings = settings;
        this.sizeBytes = sizeBytes;
        this.address = address;
        vocabularySize = (int) library.vocabularySize.call(library.vocabulary.call(address));
        embeddingSize = (int) library.embeddingSize.call(address);
        capacity = settings.capacity(source, (int) library.trainedTokens.call(address));
        if (settings.embeddings()) {
            refuseWhatHasNoSentenceVectors(source);
            inputs = agreed(source, "input", source.inputs(), IDS, Type.INT64, 1, TensorSpec.ANY);
            outputs =
                    agreed(
                            source,
                            "output",
                            source.outputs(),
                            EMBEDDING,
                            Type.FLOAT32,
                            1,
                            embeddingSize);
        } else {
            refuseWhatCannotGenerate(source);
            if (!source.inputs().isEmpty()) {
                throw new GanglionException(
                        Kind.SETUP,
                        "model "
                                + id
                                + ": its card says input "
                                + source.inputs().get(0)
                                + ", but a language model is fed with tokens; remove it from the"
                                + " card, or set the option embeddings");
            }
            inputs = List.of();
            outputs =
                    agreed(
                            source,
                            "output",
                            source.outputs(),
                            LOGITS,
                            Type.FLOAT32,
                            vocabularySize);
        }
    }

    /** The decoder's half would be run without that which it decodes. */
    private void refuseWhatHasNoSentenceVectors(ModelPackage source) {
        if (library.hasEncoder.call(address) != 0 && library.hasDecoder.call(address) != 0) {
            throw new GanglionException(
                    Kind.SETUP,
                    "model "
                            + id
                            + ": its weights "
                            + source.weightsFile()
                            + " have an encoder and a decoder, which gives no sentence vectors:"
                            + " expected one of the two; convert its encoder alone, or take"
                            + " another model");
        }
    }

    private void refuseWhatCannotGenerate(ModelPackage source) {
        boolean encoder = library.hasEncoder.call(address) != 0;
        boolean noDecoder = library.hasDecoder.call(address) == 0;
        boolean recurrent =
                library.isRecurrent.call(address) != 0 || library.isHybrid.call(address) != 0;
        if (encoder || noDecoder || recurrent) {
            throw new GanglionException(
                    Kind.SETUP,
                    "model "
                            + id
                            + ": its weights "
                            + source.weightsFile()
                            + " are "
                            + (recurrent
                                    ? "recurrent, and cannot forget what was fed last"
                                    : "not those of a model that only decodes")
                            + ": expected a causal transformer; take another model"
                            + (encoder && !noDecoder
                                    ? ""
                                    : ", or set its option embeddings to true for sentence"
                                            + " vectors"));
        }
    }

    /** What the card says when it fits what the file has, else that. */
    private static List<TensorSpec> agreed(
            ModelPackage source,
            String kind,
            List<TensorSpec> card,
            String name,
            Type type,
            long... shape) {
        TensorSpec found = TensorSpec.of(name, type, "1", shape);
        if (card.isEmpty()) {
            return List.of(found);
        }
        TensorSpec said = card.get(0);
        TensorSpec compared =
                new TensorSpec(found.name(), found.type(), found.shape(), said.unit());
        if (card.size() != 1 || !said.name().equals(name) || said.mismatch(compared) != null) {
            throw new GanglionException(
                    Kind.SETUP,
                    "model "
                            + source.id()
                            + ": its card says "
                            + kind
                            + " "
                            + card
                            + ", but it has "
                            + found
                            + "; correct '"
                            + kind
                            + "s' on the card");
        }
        return card;
    }

    ModelId id() {
        return id;
    }

    LlamaLibrary library() {
        return library;
    }

    long address() {
        return address;
    }

    int threads() {
        return settings.threads();
    }

    int vocabularySize() {
        return vocabularySize;
    }

    int embeddingSize() {
        return embeddingSize;
    }

    /** Refuses an id that is not in the vocabulary, for llama.cpp would read other memory. */
    void checkId(long tokenId, int index) {
        if (tokenId < 0 || tokenId >= vocabularySize) {
            throw new IllegalArgumentException(
                    "model "
                            + id
                            + ": a token is an id from 0 to "
                            + (vocabularySize - 1)
                            + ", found "
                            + tokenId
                            + " at index "
                            + index
                            + "; use the vocabulary of the model");
        }
    }

    @Override
    public List<TensorSpec> inputs() {
        return inputs;
    }

    @Override
    public List<TensorSpec> outputs() {
        return outputs;
    }

    @Override
    public synchronized Session open() {
        if (closed) {
            throw new IllegalStateException("model " + id + " is closed");
        }
        Session session =
                settings.embeddings()
                        ? new LlamaEmbeddingSession(this, capacity)
                        : new LlamaTokenSession(this, capacity);
        openSessions++;
        return session;
    }

    @Override
    public long mappedBytes() {
        return settings.mapped() ? sizeBytes : 0;
    }

    /** An estimate, without the keys and values of the sessions. */
    @Override
    public long allocatedBytes() {
        return settings.mapped() ? 0 : sizeBytes;
    }

    synchronized void sessionClosed() {
        openSessions--;
        freeWhenUnused();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            freeWhenUnused();
        }
    }

    private void freeWhenUnused() {
        if (closed && openSessions == 0) {
            library.freeModel.call(address);
        }
    }
}
