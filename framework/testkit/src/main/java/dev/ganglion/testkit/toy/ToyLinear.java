package dev.ganglion.testkit.toy;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;

/** One layer: each row of the file holds the weights of a class and its bias. */
final class ToyLinear extends ToyModel {
    static final String FORMAT = "toy-linear";
    static final String FEATURES = "features";
    static final String SCORES = "scores";

    private final float[][] rows;
    private final float scale;

    ToyLinear(ToyEngine engine, ModelPackage source, ToyFile file, double scale) {
        this(engine, source, rows(file), (float) scale);
    }

    private ToyLinear(ToyEngine engine, ModelPackage source, float[][] rows, float scale) {
        super(
                engine,
                source,
                List.of(inputSpec(rows[0].length - 1)),
                List.of(outputSpec(rows.length)));
        this.rows = rows;
        this.scale = scale;
    }

    private static float[][] rows(ToyFile file) {
        if (file.rows().isEmpty() || file.rows().get(0).length < 2) {
            throw file.refused("has rows of weights and a bias", "none");
        }
        float[][] rows = new float[file.rows().size()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = file.row(i, file.rows().get(0).length);
        }
        return rows;
    }

    static TensorSpec inputSpec(int features) {
        return TensorSpec.of(FEATURES, Tensor.Type.FLOAT32, "1", 1, features);
    }

    static TensorSpec outputSpec(int classes) {
        return TensorSpec.of(SCORES, Tensor.Type.FLOAT32, "1", 1, classes);
    }

    @Override
    public long allocatedBytes() {
        return (long) Float.BYTES * rows.length * rows[0].length;
    }

    @Override
    Session newSession() {
        return new Stream();
    }

    private final class Stream extends ToySession {
        Stream() {
            super(ToyLinear.this, engine().tokenGate());
        }

        @Override
        void step() {
            Tensor features = written(FEATURES);
            Tensor scores = result(SCORES);
            for (int row = 0; row < rows.length; row++) {
                float[] weights = rows[row];
                float sum = weights[weights.length - 1];
                for (int i = 0; i < weights.length - 1; i++) {
                    sum += weights[i] * features.floats().get(i);
                }
                scores.floats().put(row, sum * scale);
            }
        }

        @Override
        void forget() {}
    }
}
