package dev.ganglion.api.data;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a tensor must look like, agreed before the first sample.
 *
 * @param name the tensor's name in the model or plug-in
 * @param type the type of each element
 * @param shape the size of each axis; {@link #ANY} where it may vary
 * @param unit the unit of each element in UCUM notation, for example {@code Cel}, {@code %}, {@code
 *     m/s2}; {@code 1} for a plain number. When the columns of the last axis differ, one unit for
 *     each, joined by commas: {@code Cel,%,lx}
 * @param rateHz how many rows of the first axis there are in a second, for a signal that is sampled
 *     evenly; where each tensor is one step of a stream, how many tensors. 0 when that may vary or
 *     does not matter
 */
public record TensorSpec(
        String name, Tensor.Type type, List<Long> shape, String unit, double rateHz) {
    /** The size of an axis that may vary. */
    public static final long ANY = -1;

    /** By how much two rates may differ that mean the same: 1/3 written in decimals. */
    private static final double RATE_TOLERANCE = 1e-3;

    /** What a stage gives or takes that works on text. */
    public static final TensorSpec TEXT =
            new TensorSpec("text", Tensor.Type.TEXT, List.of(ANY), "1");

    /** A spec of what is not sampled evenly. */
    public TensorSpec(String name, Tensor.Type type, List<Long> shape, String unit) {
        this(name, type, shape, unit, 0);
    }

    /** Checks that nothing is missing and that each size is 0 or more, or {@link #ANY}. */
    public TensorSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(unit, "unit");
        shape = List.copyOf(shape);
        for (long size : shape) {
            if (size < ANY) {
                throw new IllegalArgumentException(
                        "tensor '"
                                + name
                                + "': the size of an axis is 0 or more, or -1 for any, found "
                                + shape);
            }
        }
        if (!(rateHz >= 0 && rateHz < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "': a rate is 0 Hz or more, found " + rateHz);
        }
    }

    /**
     * A spec with the shape written out.
     *
     * @param unit UCUM, {@code 1} for a plain number
     */
    public static TensorSpec of(String name, Tensor.Type type, String unit, long... shape) {
        return new TensorSpec(name, type, java.util.Arrays.stream(shape).boxed().toList(), unit);
    }

    /** {@return the same at this rate} */
    public TensorSpec atRateHz(double newRateHz) {
        return new TensorSpec(name, type, shape, unit, newRateHz);
    }

    /**
     * Compares what is offered with what this spec asks for; the name does not count, and a rate
     * only where both say one.
     *
     * @return null when it fits, else what differs, as the end of a sentence
     */
    public @Nullable String mismatch(TensorSpec offered) {
        if (type != offered.type) {
            return "type " + type + " expected, " + offered.type + " found";
        }
        if (type != Tensor.Type.TEXT && !fits(offered.shape)) {
            return "shape " + shape + " expected, " + offered.shape + " found";
        }
        if (!unit.equals(offered.unit)) {
            return "unit '" + unit + "' expected, '" + offered.unit + "' found";
        }
        if (rateHz != 0
                && offered.rateHz != 0
                && Math.abs(rateHz - offered.rateHz) > RATE_TOLERANCE * rateHz) {
            return plain(rateHz) + " Hz expected, " + plain(offered.rateHz) + " Hz found";
        }
        return null;
    }

    /**
     * Compares a tensor with this spec. Allocates only when it does not fit.
     *
     * @return null when it fits, else what differs, as the end of a sentence
     */
    public @Nullable String mismatch(Tensor tensor) {
        if (type != tensor.type()) {
            return "type " + type + " expected, " + tensor.type() + " found";
        }
        boolean fits = tensor.rank() == shape.size();
        for (int axis = 0; fits && axis < tensor.rank(); axis++) {
            long size = shape.get(axis);
            fits = size == ANY || size == tensor.size(axis);
        }
        return fits ? null : "shape " + shape + " expected, " + tensor + " found";
    }

    private boolean fits(List<Long> offered) {
        if (offered.size() != shape.size()) {
            return false;
        }
        for (int axis = 0; axis < shape.size(); axis++) {
            long mine = shape.get(axis);
            long theirs = offered.get(axis);
            if (mine != ANY && theirs != ANY && mine != theirs) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return name
                + " "
                + type
                + shape
                + ("1".equals(unit) ? "" : " in " + unit)
                + (rateHz == 0 ? "" : " at " + plain(rateHz) + " Hz");
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
