package dev.ganglion.testkit.toy;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;

/**
 * A leaky mean: {@code level = decay * level + (1 - decay) * value} for each value of a step. The
 * file holds the decay.
 */
final class ToyRecurrent extends ToyModel {
    static final String FORMAT = "toy-recurrent";
    static final String VALUES = "values";
    static final String LEVEL = "level";
    static final TensorSpec INPUT = TensorSpec.of(VALUES, Tensor.Type.FLOAT32, "1", TensorSpec.ANY);
    static final TensorSpec OUTPUT = TensorSpec.of(LEVEL, Tensor.Type.FLOAT32, "1", 1);

    private final float decay;

    ToyRecurrent(ToyEngine engine, ModelPackage source, ToyFile file) {
        this(engine, source, file.row(0, 1)[0]);
    }

    private ToyRecurrent(ToyEngine engine, ModelPackage source, float decay) {
        super(engine, source, List.of(INPUT), List.of(OUTPUT));
        this.decay = decay;
    }

    @Override
    Session newSession() {
        return new Stream();
    }

    @Override
    boolean runsTogether() {
        return true;
    }

    private final class Stream extends ToySession {
        private float level;

        Stream() {
            super(ToyRecurrent.this, engine().tokenGate());
        }

        @Override
        void step() {
            Tensor values = written(VALUES);
            for (int i = 0; i < values.elements(); i++) {
                level = decay * level + (1 - decay) * values.floats().get(i);
            }
            result(LEVEL).floats().put(0, level);
        }

        @Override
        void forget() {
            level = 0;
        }
    }
}
