package dev.ganglion.engine.onnxruntime;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Tries whether the rows of a model's tensors are streams that do not see each other. A free first
 * axis alone does not say so: it may be time, and where a graph scales integers by the greatest
 * value of a whole tensor (dynamic quantisation), each row changes the results of the others.
 */
final class RowsCheck {
    private static final int STREAMS = 3;
    private static final int STEPS = 4;
    private static final int FREE_SIZE = 4;
    private static final double TOLERANCE = 1e-4;

    private RowsCheck() {}

    /**
     * {@return in what steps together differ from steps alone, as the end of a sentence, or null}
     */
    static @Nullable String difference(OnnxModel model) {
        List<Session> together = new ArrayList<>();
        List<Session> alone = new ArrayList<>();
        try {
            for (int i = 0; i < STREAMS; i++) {
                together.add(model.open());
                alone.add(model.open());
            }
            return difference(model, together, alone);
        } catch (RuntimeException e) {
            return "steps of several streams at once failed (" + e.getMessage() + ")";
        } finally {
            together.forEach(Session::close);
            alone.forEach(Session::close);
        }
    }

    private static @Nullable String difference(
            OnnxModel model, List<Session> together, List<Session> alone) {
        for (int step = 0; step < STEPS; step++) {
            for (int i = 0; i < STREAMS; i++) {
                int seed = STREAMS * step + i;
                // Of other sizes, so that a scale that they share shows.
                float size = (float) Math.pow(10, i - 1);
                fill(model, together.get(i), seed, size);
                fill(model, alone.get(i), seed, size);
                alone.get(i).run();
            }
            model.runRows(together);
            for (TensorSpec output : model.outputs()) {
                for (int i = 0; i < STREAMS; i++) {
                    String found =
                            difference(
                                    alone.get(i).output(output.name()),
                                    together.get(i).output(output.name()));
                    if (found != null) {
                        return "its output '"
                                + output.name()
                                + "' of one stream depends on the others ("
                                + found
                                + "), as where integers are scaled over all streams (dynamic"
                                + " quantisation) or the first axis is time";
                    }
                }
            }
        }
        return null;
    }

    private static void fill(OnnxModel model, Session session, int seed, float size) {
        Random random = new Random(seed);
        for (TensorSpec input : model.inputs()) {
            long[] shape = new long[input.shape().size()];
            for (int axis = 0; axis < shape.length; axis++) {
                long fixed = input.shape().get(axis);
                shape[axis] = axis == 0 ? 1 : fixed == TensorSpec.ANY ? FREE_SIZE : fixed;
            }
            Tensor tensor = session.input(input.name(), shape);
            for (int i = 0; i < tensor.elements(); i++) {
                switch (tensor.type()) {
                    case FLOAT32 -> tensor.floats().put(i, size * (2 * random.nextFloat() - 1));
                    case FLOAT16 ->
                            // From 0.5 to 1.
                            tensor.bytes()
                                    .putShort(2 * i, (short) (0x3800 + random.nextInt(0x400)));
                    case INT32 -> tensor.ints().put(i, random.nextInt(2));
                    case INT64 -> tensor.longs().put(i, random.nextInt(2));
                    default -> tensor.bytes().put(i, (byte) random.nextInt(2));
                }
            }
        }
    }

    private static @Nullable String difference(Tensor alone, Tensor together) {
        if (!together.hasShape(alone.shape())) {
            return alone + " alone, " + together + " together";
        }
        if (alone.type() != Tensor.Type.FLOAT32) {
            return alone.bytes().equals(together.bytes()) ? null : "other values together";
        }
        for (int i = 0; i < alone.elements(); i++) {
            float a = alone.floats().get(i);
            float b = together.floats().get(i);
            if (Float.compare(a, b) != 0
                    && !(Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a)))) {
                return a + " alone, " + b + " together";
            }
        }
        return null;
    }
}
