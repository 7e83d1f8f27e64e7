package dev.ganglion.encoder.window;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import java.util.Arrays;
import java.util.List;

/** The options, checked against each other. */
final class Settings {
    private static final int MOST_ELEMENTS = 1 << 24;

    static final List<Parameter> PARAMETERS =
            List.of(
                    Parameter.integer("columns", "1", 1, 65_536)
                            .required()
                            .describedAs("how many values a row has"),
                    Parameter.text("units")
                            .withDefault("1")
                            .describedAs(
                                    "the unit of the columns in UCUM, or one for each, joined by"
                                            + " commas"),
                    Parameter.integer("length", "1", 1, MOST_ELEMENTS)
                            .required()
                            .describedAs("how many rows a window has"),
                    Parameter.integer("hop", "1", 1, Integer.MAX_VALUE)
                            .describedAs(
                                    "how many rows after a window the next one comes; by default"
                                            + " as many as a window has"),
                    Parameter.text("mean")
                            .describedAs(
                                    "what is subtracted from the columns, or from each, joined by"
                                            + " commas; 0 when only 'deviation' is given"),
                    Parameter.text("deviation")
                            .describedAs(
                                    "what the columns are divided by then, or each, joined by"
                                            + " commas; 1 when only 'mean' is given"),
                    Parameter.choice("layout", List.of("rows", "columns"))
                            .withDefault("rows")
                            .describedAs(
                                    "whether the values of a row lie side by side, or those of a"
                                            + " column"));

    final int columns;
    final int length;
    final int hop;
    final boolean isByColumns;
    final boolean isNormalised;
    final float[] means;
    final float[] deviations;
    private final String unit;

    private Settings(Options options) {
        columns = (int) options.integer("columns");
        length = (int) options.integer("length");
        hop = options.has("hop") ? (int) options.integer("hop") : length;
        isByColumns = "columns".equals(options.text("layout"));
        isNormalised = options.has("mean") || options.has("deviation");
        means = numbers(options, "mean", 0);
        deviations = numbers(options, "deviation", 1);
        unit = unit(options);
    }

    /**
     * @throws GanglionException of kind SETUP when the options do not fit each other
     */
    static Settings of(Options options) {
        Settings settings = new Settings(options);
        if ((long) settings.length * settings.columns > MOST_ELEMENTS) {
            throw setup(
                    options,
                    "a window of 'length' times 'columns' has at most "
                            + MOST_ELEMENTS
                            + " values, found "
                            + settings.length
                            + " times "
                            + settings.columns);
        }
        for (int column = 0; column < settings.columns; column++) {
            if (!(settings.deviations[column] > 0)) {
                throw setup(
                        options,
                        "'deviation' is above 0 for each column, found "
                                + settings.deviations[column]
                                + " for column "
                                + (column + 1)
                                + "; a column that never changes is left as it is by 1");
            }
        }
        return settings;
    }

    /** One for each column, whether one was given for all or one for each. */
    private float[] numbers(Options options, String name, float absent) {
        float[] numbers = new float[columns];
        if (!options.has(name)) {
            Arrays.fill(numbers, absent);
            return numbers;
        }
        String[] parts = parts(options, name);
        for (int column = 0; column < columns; column++) {
            String part = parts[parts.length == 1 ? 0 : column];
            float number;
            try {
                number = Float.parseFloat(part);
            } catch (NumberFormatException notANumber) {
                number = Float.NaN;
            }
            if (!Float.isFinite(number)) {
                throw setup(
                        options,
                        "'"
                                + name
                                + "' takes finite numbers joined by commas, found '"
                                + part
                                + "' for column "
                                + (column + 1));
            }
            numbers[column] = number;
        }
        return numbers;
    }

    private String[] parts(Options options, String name) {
        String[] parts = options.text(name).split(",", -1);
        if (parts.length != 1 && parts.length != columns) {
            throw setup(
                    options,
                    "'"
                            + name
                            + "' has one value for all "
                            + columns
                            + " columns or one for each, joined by commas, found "
                            + parts.length
                            + ": "
                            + options.text(name));
        }
        for (int i = 0; i < parts.length; i++) {
            parts[i] = parts[i].strip();
        }
        return parts;
    }

    /** As a spec has it: one where all are equal. */
    private String unit(Options options) {
        String[] parts = parts(options, "units");
        boolean equal = true;
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].isEmpty()) {
                throw setup(
                        options,
                        "'units' has no unit for column "
                                + (i + 1)
                                + " in '"
                                + options.text("units")
                                + "'; a plain number has the unit 1");
            }
            equal &= parts[i].equals(parts[0]);
        }
        return equal ? parts[0] : String.join(",", parts);
    }

    private static GanglionException setup(Options options, String message) {
        return new GanglionException(Kind.SETUP, options.owner() + ": " + message);
    }

    TensorSpec input() {
        return TensorSpec.of("rows", Tensor.Type.FLOAT32, unit, TensorSpec.ANY, columns);
    }

    /** What was normalised counts deviations, which is a plain number. */
    TensorSpec output() {
        return TensorSpec.of(
                "window",
                Tensor.Type.FLOAT32,
                isNormalised ? "1" : unit,
                1,
                isByColumns ? columns : length,
                isByColumns ? length : columns);
    }
}
