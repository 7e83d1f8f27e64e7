package dev.ganglion.decider.threshold;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.model.ModelPackage;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The one number of an output that is watched. Read-only.
 *
 * @param owner who watches, for messages
 * @param model whose output it is
 * @param spec what the output must look like: one row
 * @param labels the names of the row's elements; empty when they have none
 * @param index where in the row
 * @param kind what the row holds
 * @param unit the number's unit
 */
record Element(
        String owner,
        ModelPackage model,
        TensorSpec spec,
        List<String> labels,
        int index,
        Scores kind,
        String unit) {

    /** What the numbers of a row are. */
    enum Scores {
        VALUE,
        PROBABILITIES,
        LOGITS
    }

    /** What rounding in a quantised softmax may add to 1. */
    private static final double ROUNDING = 0.01;

    /**
     * Finds the number that the options name.
     *
     * @throws GanglionException of kind SETUP when the model's card has no such thing, listing what
     *     it has
     */
    static Element of(ModelPackage model, Options options) {
        TensorSpec output = output(model, options);
        List<String> labels = model.labels().getOrDefault(output.name(), List.of());
        TensorSpec row = row(model, output, labels, options);
        long columns = row.shape().isEmpty() ? 1 : row.shape().get(row.shape().size() - 1);
        int index = index(output, labels, columns, options);
        Scores kind =
                switch (options.text("kind")) {
                    case "probabilities" -> Scores.PROBABILITIES;
                    case "logits" -> Scores.LOGITS;
                    default -> Scores.VALUE;
                };
        return new Element(
                options.owner(),
                model,
                row,
                labels,
                index,
                kind,
                unit(output, columns, index, kind));
    }

    private static TensorSpec output(ModelPackage model, Options options) {
        List<TensorSpec> outputs = model.outputs();
        if (!options.has("tensor")) {
            if (outputs.size() == 1) {
                return outputs.get(0);
            }
            throw wrong(
                    options,
                    "model "
                            + model.id()
                            + (outputs.isEmpty()
                                    ? " has no outputs in its card; describe there the one to read"
                                    : " has several outputs; choose one with the option 'tensor': "
                                            + listed(outputs)));
        }
        for (TensorSpec output : outputs) {
            if (output.name().equals(options.text("tensor"))) {
                return output;
            }
        }
        throw wrong(
                options,
                "'tensor' names an output of model "
                        + model.id()
                        + ", found '"
                        + options.text("tensor")
                        + "'; it has: "
                        + (outputs.isEmpty() ? "none in its card" : listed(outputs)));
    }

    /** The output as it must be: a batch of one, with as many columns as there are labels. */
    private static TensorSpec row(
            ModelPackage model, TensorSpec output, List<String> labels, Options options) {
        List<Long> shape = new ArrayList<>(output.shape());
        for (int axis = 0; axis < shape.size() - 1; axis++) {
            shape.set(axis, 1L);
        }
        int last = shape.size() - 1;
        if (last >= 0 && !labels.isEmpty()) {
            shape.set(last, (long) labels.size());
        }
        TensorSpec row =
                new TensorSpec(
                        output.name(), Tensor.Type.FLOAT32, shape, output.unit(), output.rateHz());
        String mismatch = row.mismatch(output);
        if (mismatch != null) {
            throw wrong(
                    options,
                    "one row of numbers"
                            + (labels.isEmpty() ? "" : " for " + labels.size() + " labels")
                            + " is read from the output '"
                            + output.name()
                            + "' of model "
                            + model.id()
                            + ", but "
                            + mismatch
                            + "; choose another output with 'tensor': "
                            + listed(model.outputs()));
        }
        return row;
    }

    private static int index(
            TensorSpec output, List<String> labels, long columns, Options options) {
        if (options.has("class") && options.has("index")) {
            throw wrong(options, "'class' and 'index' are both given; leave one out");
        }
        if (options.has("class")) {
            int index = labels.indexOf(options.text("class"));
            if (index < 0) {
                throw wrong(
                        options,
                        "'class' takes a label of the output '"
                                + output.name()
                                + "', found '"
                                + options.text("class")
                                + "'; "
                                + (labels.isEmpty()
                                        ? "it has none, give 'index'"
                                        : "it has: " + String.join(", ", labels)));
            }
            return index;
        }
        if (options.has("index")) {
            int index = Math.toIntExact(options.integer("index"));
            if (columns != TensorSpec.ANY && index >= columns) {
                throw wrong(
                        options,
                        "'index' counts from 0, and the output is "
                                + output
                                + ", found "
                                + index
                                + "; the last is "
                                + (columns - 1));
            }
            return index;
        }
        if (columns != 1) {
            throw wrong(
                    options,
                    "the output "
                            + output
                            + " may have several numbers; choose one with "
                            + (labels.isEmpty()
                                    ? "'index'"
                                    : "'class', one of: " + String.join(", ", labels)));
        }
        return 0;
    }

    private static String unit(TensorSpec output, long columns, int index, Scores kind) {
        if (kind != Scores.VALUE) {
            return "1";
        }
        String[] units = output.unit().split(",");
        return columns > 1 && units.length == columns ? units[index] : output.unit();
    }

    private static String listed(List<TensorSpec> outputs) {
        return outputs.stream().map(TensorSpec::toString).collect(Collectors.joining(", "));
    }

    private static GanglionException wrong(Options options, String message) {
        return new GanglionException(Kind.SETUP, options.owner() + ": " + message);
    }

    /** {@return whether the number is a probability} */
    boolean isProbability() {
        return kind != Scores.VALUE;
    }

    /**
     * Reads the number. Allocates only to refuse.
     *
     * @throws GanglionException of kind SETUP when the tensor is not as agreed on; INPUT, or REOPEN
     *     for a model with a state, when a number that counts is not finite
     */
    double read(Tensor tensor) {
        String mismatch = spec.mismatch(tensor);
        if (mismatch != null || index >= tensor.elements()) {
            throw new GanglionException(
                    Kind.SETUP,
                    owner
                            + ": the output '"
                            + spec.name()
                            + "' of model "
                            + model.id()
                            + " is not as its card says: "
                            + (mismatch != null
                                    ? mismatch
                                    : "a number at 'index' "
                                            + index
                                            + " expected, "
                                            + tensor
                                            + " found")
                            + "; correct the card or the option");
        }
        FloatBuffer numbers = tensor.floats();
        if (kind == Scores.LOGITS) {
            return softmax(numbers, tensor.elements());
        }
        double value = finite(numbers, index);
        if (kind == Scores.PROBABILITIES && !(value >= 0 && value <= 1 + ROUNDING)) {
            throw new GanglionException(
                    Kind.SETUP,
                    owner
                            + ": probabilities from 0 to 1 expected in '"
                            + spec.name()
                            + "' of model "
                            + model.id()
                            + ", found "
                            + value
                            + "; set 'kind' to logits or value");
        }
        return kind == Scores.PROBABILITIES ? Math.min(1, value) : value;
    }

    /** The highest is subtracted before anything is raised to a power, so nothing overflows. */
    private double softmax(FloatBuffer logits, int count) {
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            highest = Math.max(highest, finite(logits, i));
        }
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.exp(logits.get(i) - highest);
        }
        return Math.exp(logits.get(index) - highest) / sum;
    }

    private double finite(FloatBuffer numbers, int at) {
        float number = numbers.get(at);
        if (Float.isFinite(number)) {
            return number;
        }
        // A state that went astray stays astray; without one, only this input is lost.
        throw new GanglionException(
                model.state().isEmpty() ? Kind.INPUT : Kind.REOPEN,
                owner
                        + ": model "
                        + model.id()
                        + " gave "
                        + number
                        + " for "
                        + (at < labels.size()
                                ? "the class '" + labels.get(at) + "'"
                                : "number " + at)
                        + " in '"
                        + spec.name()
                        + "' where a finite number is expected; look at what goes into it");
    }
}
