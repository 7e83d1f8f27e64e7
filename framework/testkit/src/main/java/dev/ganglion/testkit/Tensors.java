package dev.ganglion.testkit;

import dev.ganglion.api.data.Tensor;
import java.util.Arrays;
import java.util.Random;

/** Makes, copies and compares tensors in tests. Each tensor made here owns new memory. */
public final class Tensors {
    private Tensors() {}

    /** A {@code FLOAT32} tensor with these elements, row by row. */
    public static Tensor of(float[] values, long... shape) {
        Tensor tensor = allocate(Tensor.Type.FLOAT32, values.length, shape);
        tensor.floats().put(0, values);
        return tensor;
    }

    /** An {@code INT32} tensor with these elements, row by row. */
    public static Tensor of(int[] values, long... shape) {
        Tensor tensor = allocate(Tensor.Type.INT32, values.length, shape);
        tensor.ints().put(0, values);
        return tensor;
    }

    /**
     * An {@code INT64} tensor with these elements, row by row; its own name, because a call with a
     * shape and an array of longs would read alike.
     */
    public static Tensor ofLongs(long[] values, long... shape) {
        Tensor tensor = allocate(Tensor.Type.INT64, values.length, shape);
        tensor.longs().put(0, values);
        return tensor;
    }

    private static Tensor allocate(Tensor.Type type, int elements, long[] shape) {
        Tensor tensor = Tensor.allocate(type, shape);
        if (tensor.elements() != elements) {
            throw new IllegalArgumentException(
                    tensor + " has " + tensor.elements() + " elements, found " + elements);
        }
        return tensor;
    }

    /** A tensor of the same type, shape and content over memory of its own. */
    public static Tensor copy(Tensor tensor) {
        Tensor copy = Tensor.allocate(tensor.type(), tensor.shape());
        copyInto(tensor, copy);
        return copy;
    }

    /** Writes the content of one tensor over that of another of the same type and size. */
    public static void copyInto(Tensor from, Tensor to) {
        if (from.type() != to.type() || from.elements() != to.elements()) {
            throw new IllegalArgumentException("cannot copy " + from + " into " + to);
        }
        to.bytes().put(0, from.bytes(), 0, from.elements() * from.type().sizeBytes());
    }

    /** The elements of a {@code FLOAT32} tensor. */
    public static float[] floats(Tensor tensor) {
        if (tensor.type() != Tensor.Type.FLOAT32) {
            throw new IllegalArgumentException("FLOAT32 expected, found " + tensor);
        }
        float[] values = new float[tensor.elements()];
        tensor.floats().get(0, values);
        return values;
    }

    /**
     * Writes seeded values: floats from -1 to 1, integers and flags 0 or 1, which are ids in every
     * vocabulary and values in every mask.
     */
    public static void fill(Tensor tensor, Random random) {
        for (int i = 0; i < tensor.elements(); i++) {
            switch (tensor.type()) {
                case FLOAT32 -> tensor.floats().put(i, 2 * random.nextFloat() - 1);
                // From 0.5 to 1, so that no bit pattern is infinite or no number.
                case FLOAT16 ->
                        tensor.bytes().putShort(2 * i, (short) (0x3800 + random.nextInt(0x400)));
                case INT32 -> tensor.ints().put(i, random.nextInt(2));
                case INT64 -> tensor.longs().put(i, random.nextInt(2));
                case INT8, UINT8, BOOL -> tensor.bytes().put(i, (byte) random.nextInt(2));
                case TEXT -> throw new IllegalArgumentException("text is no tensor");
            }
        }
    }

    /** Type, shape and all elements: equal exactly when the tensors are, bit by bit. */
    public static String describe(Tensor tensor) {
        StringBuilder text = new StringBuilder(tensor.toString()).append(' ');
        for (int i = 0; i < tensor.elements(); i++) {
            text.append(i == 0 ? "" : ", ");
            switch (tensor.type()) {
                case FLOAT32 -> text.append(tensor.floats().get(i));
                case FLOAT16 -> text.append(tensor.bytes().getShort(2 * i));
                case INT32 -> text.append(tensor.ints().get(i));
                case INT64 -> text.append(tensor.longs().get(i));
                case INT8, UINT8, BOOL -> text.append(tensor.bytes().get(i));
                case TEXT -> throw new IllegalArgumentException("text is no tensor");
            }
        }
        return text.toString();
    }

    /**
     * Compares element by element.
     *
     * @param tolerance for floats: how far apart they may be, relative to the expected one when
     *     that is above 1; integers must be equal
     * @return what differs first, as a sentence, or an empty text
     */
    public static String difference(Tensor expected, Tensor found, double tolerance) {
        if (expected.type() != found.type() || !found.hasShape(expected.shape())) {
            return "expected " + expected + ", found " + found;
        }
        if (expected.type() != Tensor.Type.FLOAT32) {
            return describe(expected).equals(describe(found))
                    ? ""
                    : "expected " + describe(expected) + ", found " + describe(found);
        }
        for (int i = 0; i < expected.elements(); i++) {
            float want = expected.floats().get(i);
            float have = found.floats().get(i);
            double distance = Math.abs((double) want - have);
            if (Float.compare(want, have) != 0
                    && !(distance <= tolerance * Math.max(1, Math.abs(want)))) {
                return "element "
                        + i
                        + " of "
                        + Arrays.toString(expected.shape())
                        + ": expected "
                        + want
                        + ", found "
                        + have
                        + ", tolerance "
                        + tolerance;
            }
        }
        return "";
    }
}
