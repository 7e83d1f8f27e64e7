package dev.ganglion.runtime;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;
import java.util.Set;

/**
 * A model of text that can be computed by hand: {@code scores FLOAT32[1, 2]} are the sum of the ids
 * and the number of tokens, where the mask is 1. Its file holds nothing. Allocates nothing per step
 * while the number of tokens stays.
 */
final class TokenSumEngine implements Engine {
    static final String FORMAT = "token-sum";

    private static final List<TensorSpec> INPUTS =
            List.of(
                    TensorSpec.of("input_ids", Tensor.Type.INT64, "1", 1, TensorSpec.ANY),
                    TensorSpec.of("attention_mask", Tensor.Type.INT32, "1", 1, TensorSpec.ANY));
    private static final List<TensorSpec> OUTPUTS =
            List.of(TensorSpec.of("scores", Tensor.Type.FLOAT32, "1", 1, 2));

    @Override
    public String name() {
        return "token-sum";
    }

    @Override
    public Set<String> formats() {
        return Set.of(FORMAT);
    }

    @Override
    public Model load(ModelPackage source, Options options) {
        return new Sum();
    }

    private static final class Sum implements Model {
        @Override
        public List<TensorSpec> inputs() {
            return INPUTS;
        }

        @Override
        public List<TensorSpec> outputs() {
            return OUTPUTS;
        }

        @Override
        public Session open() {
            return new Line();
        }

        @Override
        public void close() {}
    }

    private static final class Line implements Session {
        private Tensor ids = Tensor.allocate(Tensor.Type.INT64, 1, 1);
        private Tensor mask = Tensor.allocate(Tensor.Type.INT32, 1, 1);
        private final Tensor scores = Tensor.allocate(Tensor.Type.FLOAT32, 1, 2);

        @Override
        public Tensor input(String name, long... shape) {
            if (name.equals("input_ids")) {
                ids = ids.hasShape(shape) ? ids : Tensor.allocate(Tensor.Type.INT64, shape);
                return ids;
            }
            if (name.equals("attention_mask")) {
                mask = mask.hasShape(shape) ? mask : Tensor.allocate(Tensor.Type.INT32, shape);
                return mask;
            }
            throw new IllegalArgumentException("no input '" + name + "'; there are: " + INPUTS);
        }

        @Override
        public void run() {
            float sum = 0;
            float count = 0;
            for (int i = 0; i < ids.elements(); i++) {
                sum += ids.longs().get(i) * mask.ints().get(i);
                count += mask.ints().get(i);
            }
            scores.floats().put(0, sum).put(1, count);
        }

        @Override
        public Tensor output(String name) {
            if (name.equals("scores")) {
                return scores;
            }
            throw new IllegalArgumentException("no output '" + name + "'; there are: " + OUTPUTS);
        }

        @Override
        public void reset() {}

        @Override
        public void cancel() {}

        @Override
        public void close() {}
    }
}
