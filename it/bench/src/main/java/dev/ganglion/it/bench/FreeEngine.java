package dev.ganglion.it.bench;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Models that cost nothing: tensors like those of nlu-micro, one fixed answer, nothing computed.
 * With it what is left of a message is everything but the model.
 */
public final class FreeEngine implements Engine {
    /** What model cards call the format. */
    public static final String FORMAT = "free";

    private static final String ANSWER = "iot_hue_lighton";

    @Override
    public String name() {
        return FORMAT;
    }

    @Override
    public Set<String> formats() {
        return Set.of(FORMAT);
    }

    @Override
    public Model load(ModelPackage source, Options options) {
        List<String> intents = source.labels().getOrDefault("intent_logits", List.of());
        List<String> tags = source.labels().getOrDefault("slot_logits", List.of());
        return new Free(intents, tags);
    }

    private static final class Free implements Model {
        private final List<String> intents;
        private final List<String> tags;

        Free(List<String> intents, List<String> tags) {
            this.intents = intents;
            this.tags = tags;
        }

        @Override
        public List<TensorSpec> inputs() {
            return List.of(
                    TensorSpec.of("input_ids", Tensor.Type.INT64, "1", -1, -1),
                    TensorSpec.of("attention_mask", Tensor.Type.INT64, "1", -1, -1));
        }

        @Override
        public List<TensorSpec> outputs() {
            return List.of(
                    TensorSpec.of("intent_logits", Tensor.Type.FLOAT32, "1", -1, intents.size()),
                    TensorSpec.of("slot_logits", Tensor.Type.FLOAT32, "1", -1, -1, tags.size()));
        }

        @Override
        public Session open() {
            return new Answer(intents, tags);
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }

    /** Tensors of one length of text. */
    private record Memory(Tensor ids, Tensor mask, Tensor slots) {}

    private static final class Answer implements Session {
        private final Tensor intents;
        private final int noTag;
        private final int tags;
        private final Map<Integer, Memory> lengths = new HashMap<>();
        private @Nullable Memory current;

        Answer(List<String> intents, List<String> tags) {
            this.intents = Tensor.allocate(Tensor.Type.FLOAT32, 1, intents.size());
            this.intents.floats().put(intents.indexOf(ANSWER), 20);
            this.noTag = tags.indexOf("O");
            this.tags = tags.size();
        }

        @Override
        public Tensor input(String name, long... shape) {
            Memory memory = lengths.get((int) shape[1]);
            if (memory == null) {
                memory =
                        new Memory(
                                Tensor.allocate(Tensor.Type.INT64, shape),
                                Tensor.allocate(Tensor.Type.INT64, shape),
                                Tensor.allocate(Tensor.Type.FLOAT32, 1, shape[1], tags));
                for (int token = 0; token < shape[1]; token++) {
                    memory.slots.floats().put(token * tags + noTag, 1);
                }
                lengths.put((int) shape[1], memory);
            }
            current = memory;
            return name.equals("input_ids") ? memory.ids : memory.mask;
        }

        @Override
        public void run() {
            // It costs nothing.
        }

        @Override
        public Tensor output(String name) {
            Memory memory = current;
            if (memory == null) {
                throw new IllegalStateException("'" + name + "' was asked for before a run");
            }
            return name.equals("intent_logits") ? intents : memory.slots;
        }

        @Override
        public void reset() {
            // There is no state.
        }

        @Override
        public void cancel() {
            // There is nothing to cancel.
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
