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
 *     m/s2}; {@code 1} for a plain number
 */
public record TensorSpec(String name, Tensor.Type type, List<Long> shape, String unit) {
    /** The size of an axis that may vary. */
    public static final long ANY = -1;

    /** What a stage gives or takes that works on text. */
    public static final TensorSpec TEXT =
            new TensorSpec("text", Tensor.Type.TEXT, List.of(ANY), "1");

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
    }

    /**
     * A spec with the shape written out.
     *
     * @param unit UCUM, {@code 1} for a plain number
     */
    public static TensorSpec of(String name, Tensor.Type type, String unit, long... shape) {
        return new TensorSpec(name, type, java.util.Arrays.stream(shape).boxed().toList(), unit);
    }

    /**
     * Compares what is offered with what this spec asks for; the name does not count.
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
        return name + " " + type + shape + ("1".equals(unit) ? "" : " in " + unit);
    }
}
