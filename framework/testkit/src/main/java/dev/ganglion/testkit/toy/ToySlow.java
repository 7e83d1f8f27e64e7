package dev.ganglion.testkit.toy;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;

/** Gives its input back after passing the gate as often as the file says. */
final class ToySlow extends ToyModel {
    static final String FORMAT = "toy-slow";
    static final String VALUE = "value";
    static final String ECHO = "echo";
    static final TensorSpec INPUT = TensorSpec.of(VALUE, Tensor.Type.FLOAT32, "1", 1);
    static final TensorSpec OUTPUT = TensorSpec.of(ECHO, Tensor.Type.FLOAT32, "1", 1);

    private final int passes;

    ToySlow(ToyEngine engine, ModelPackage source, ToyFile file) {
        this(engine, source, (int) file.row(0, 1)[0]);
    }

    private ToySlow(ToyEngine engine, ModelPackage source, int passes) {
        super(engine, source, List.of(INPUT), List.of(OUTPUT));
        this.passes = passes;
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
        Stream() {
            super(ToySlow.this, engine().slowGate());
        }

        @Override
        void step() {
            for (int i = 0; i < passes; i++) {
                passGate();
                checkAlive();
            }
            result(ECHO).floats().put(0, written(VALUE).floats().get(0));
        }

        @Override
        void forget() {}
    }
}
