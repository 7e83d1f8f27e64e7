package dev.ganglion.decider.nearest;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** The vector of a sentence, scaled to length 1. Reused; one thread. */
final class SentenceVector {
    private final String owner;
    private final ModelPackage model;
    private final TensorSpec spec;
    private final Pooling pooling;
    private float[] vector = new float[0];

    SentenceVector(String owner, ModelPackage model, TensorSpec spec, Pooling pooling) {
        this.owner = owner;
        this.model = model;
        this.spec = spec;
        this.pooling = pooling;
    }

    /**
     * Reads what the last step gave.
     *
     * @return its length is 1; valid until the next call
     * @throws GanglionException of kind INPUT or REOPEN when the vector has no direction, of kind
     *     SETUP when its shape is not the one that was agreed on
     */
    float[] read(Steps steps) {
        Tensor tensor = steps.output(spec.name());
        String mismatch = spec.mismatch(tensor);
        int dimensions = mismatch == null ? (int) tensor.size(tensor.rank() - 1) : 0;
        if (mismatch != null || vector.length > 0 && dimensions != vector.length) {
            throw new GanglionException(
                    Kind.SETUP,
                    owner
                            + ": the output '"
                            + spec.name()
                            + "' of model "
                            + model.id()
                            + " does not fit what was agreed on: "
                            + (mismatch != null
                                    ? mismatch
                                    : vector.length + " dimensions expected, " + tensor + " found")
                            + "; correct the model's card or the options 'tensor' and 'pooling'");
        }
        if (vector.length == 0) {
            vector = new float[dimensions];
        }
        pool(tensor, steps.tokens().size());
        double length = Vectors.scale(vector, 0, dimensions);
        if (!(length > 0 && length < Double.POSITIVE_INFINITY)) {
            // A state that went astray stays astray; without one, only this input is lost.
            throw new GanglionException(
                    model.state().isEmpty() ? Kind.INPUT : Kind.REOPEN,
                    owner
                            + ": model "
                            + model.id()
                            + " gave a vector of length "
                            + length
                            + " in '"
                            + spec.name()
                            + "' where a finite length above 0 is expected;"
                            + " look at what goes into it");
        }
        return vector;
    }

    /** Sums only: the division by the number of tokens is lost in the scaling. */
    private void pool(Tensor tensor, int tokens) {
        FloatBuffer from = tensor.floats();
        if (pooling != Pooling.MEAN) {
            from.get(0, vector);
            return;
        }
        int rows = (int) tensor.size(1);
        if (tokens > 0 && tokens < rows) {
            rows = tokens;
        }
        Arrays.fill(vector, 0);
        int dimensions = vector.length;
        for (int row = 0; row < rows; row++) {
            int start = row * dimensions;
            for (int i = 0; i < dimensions; i++) {
                vector[i] += from.get(start + i);
            }
        }
    }
}
