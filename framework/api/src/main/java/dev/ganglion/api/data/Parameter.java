package dev.ganglion.api.data;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One option of a plug-in, or one parameter of an action: its name, what values it takes, in which
 * unit. Immutable.
 *
 * <pre>{@code
 * Parameter.number("above", "1", 0, 1).withDefault("0.5").describedAs("the confidence from which a decision is sure")
 * }</pre>
 */
public final class Parameter {
    private static final int SHOWN_VALUES = 24;

    private enum Form {
        TEXT,
        NUMBER,
        INTEGER,
        FLAG,
        PATH
    }

    private final String name;
    private final Form form;
    private final String unit;
    private final double minimum;
    private final double maximum;
    private final List<String> values;
    private final boolean required;
    private final @Nullable String defaultValue;
    private final String description;

    private Parameter(
            String name,
            Form form,
            String unit,
            double minimum,
            double maximum,
            List<String> values,
            boolean required,
            @Nullable String defaultValue,
            String description) {
        this.name = Objects.requireNonNull(name, "name");
        this.form = form;
        this.unit = unit;
        this.minimum = minimum;
        this.maximum = maximum;
        this.values = values;
        this.required = required;
        this.defaultValue = defaultValue;
        this.description = description;
    }

    private static Parameter of(
            String name,
            Form form,
            String unit,
            double minimum,
            double maximum,
            List<String> values) {
        return new Parameter(name, form, unit, minimum, maximum, values, false, null, "");
    }

    /** Any text. */
    public static Parameter text(String name) {
        return of(name, Form.TEXT, "1", 0, 0, List.of());
    }

    /** One of a few words. */
    public static Parameter choice(String name, List<String> values) {
        return of(name, Form.TEXT, "1", 0, 0, List.copyOf(values));
    }

    /**
     * A finite number; its value is a {@link Double}.
     *
     * @param unit UCUM, {@code 1} for a plain number
     */
    public static Parameter number(String name, String unit, double minimum, double maximum) {
        return of(name, Form.NUMBER, unit, minimum, maximum, List.of());
    }

    /**
     * A whole number; its value is a {@link Long}.
     *
     * @param unit UCUM, {@code 1} for a plain number
     */
    public static Parameter integer(String name, String unit, long minimum, long maximum) {
        return of(name, Form.INTEGER, unit, minimum, maximum, List.of());
    }

    /** {@code true} or {@code false}; its value is a {@link Boolean}. */
    public static Parameter flag(String name) {
        return of(name, Form.FLAG, "1", 0, 0, List.of("true", "false"));
    }

    /**
     * A file or folder, relative to the file that names it; its value is text until {@link
     * Options#path} resolves it.
     */
    public static Parameter path(String name) {
        return of(name, Form.PATH, "1", 0, 0, List.of());
    }

    /** {@return the same, but it must be given} */
    public Parameter required() {
        return new Parameter(name, form, unit, minimum, maximum, values, true, null, description);
    }

    /** {@return the same with a value that holds when none is given} */
    public Parameter withDefault(String value) {
        parse("the default", value);
        return new Parameter(name, form, unit, minimum, maximum, values, false, value, description);
    }

    /** {@return the same with a description for people: half a sentence, no full stop} */
    public Parameter describedAs(String newDescription) {
        return new Parameter(
                name, form, unit, minimum, maximum, values, required, defaultValue, newDescription);
    }

    /** {@return the name} */
    public String name() {
        return name;
    }

    /** {@return the unit of a number, in UCUM} */
    public String unit() {
        return unit;
    }

    /** {@return whether it must be given} */
    public boolean isRequired() {
        return required;
    }

    /** {@return whether its values are numbers, whole or not} */
    public boolean isNumber() {
        return form == Form.NUMBER || form == Form.INTEGER;
    }

    /** {@return the words it takes, in order; empty when it takes any text, or no text} */
    public List<String> values() {
        return values;
    }

    /** {@return whether its values are whole numbers} */
    public boolean isWhole() {
        return form == Form.INTEGER;
    }

    /** {@return whether its values are {@code true} and {@code false}} */
    public boolean isFlag() {
        return form == Form.FLAG;
    }

    /** {@return the least number that it takes; 0 when it takes no numbers} */
    public double minimum() {
        return minimum;
    }

    /** {@return the greatest number that it takes; 0 when it takes no numbers} */
    public double maximum() {
        return maximum;
    }

    /** {@return the value that holds when none is given, or null} */
    public @Nullable String defaultValue() {
        return defaultValue;
    }

    /** {@return what it means, for people} */
    public String description() {
        return description;
    }

    /**
     * {@return what values it takes, as the end of a sentence: {@code a number from 0 to 100 in %}}
     */
    public String expected() {
        String in = "1".equals(unit) ? "" : " in " + unit;
        return switch (form) {
            case TEXT -> values.isEmpty() ? "text" : "one of " + some(values);
            case PATH -> "a file or folder";
            case FLAG -> "true or false";
            case INTEGER -> "a whole number from " + (long) minimum + " to " + (long) maximum + in;
            case NUMBER -> "a number from " + plain(minimum) + " to " + plain(maximum) + in;
        };
    }

    /** A list that nobody would read to its end is cut. */
    private static String some(List<String> values) {
        return values.size() <= SHOWN_VALUES
                ? String.join(", ", values)
                : String.join(", ", values.subList(0, SHOWN_VALUES))
                        + " and "
                        + (values.size() - SHOWN_VALUES)
                        + " more";
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /**
     * Turns a value into the type that this parameter has: {@link String}, {@link Double}, {@link
     * Long} or {@link Boolean}.
     *
     * @param owner who has the parameter, for the message: {@code decide:slots}
     * @throws GanglionException of kind SETUP when the value does not fit, naming owner, parameter,
     *     expectation and value
     */
    public Object parse(String owner, Object value) {
        String text = value.toString().strip();
        switch (form) {
            case TEXT:
                if (values.isEmpty() || values.contains(text)) {
                    return values.isEmpty() ? value.toString() : text;
                }
                String lower = text.toLowerCase(Locale.ROOT);
                if (values.contains(lower)) {
                    return lower;
                }
                break;
            case PATH:
                if (!text.isEmpty()) {
                    return text;
                }
                break;
            case FLAG:
                if ("true".equals(text) || "false".equals(text)) {
                    return "true".equals(text);
                }
                break;
            case INTEGER:
                try {
                    long whole = Long.parseLong(text);
                    if (whole >= minimum && whole <= maximum) {
                        return whole;
                    }
                } catch (NumberFormatException notANumber) {
                    break;
                }
                break;
            case NUMBER:
                try {
                    double number = Double.parseDouble(text);
                    if (number >= minimum && number <= maximum) {
                        return number;
                    }
                } catch (NumberFormatException notANumber) {
                    break;
                }
                break;
        }
        throw new GanglionException(
                GanglionException.Kind.SETUP,
                owner + ": '" + name + "' takes " + expected() + ", found '" + value + "'");
    }

    @Override
    public String toString() {
        return name
                + " ("
                + expected()
                + (required
                        ? ", required"
                        : defaultValue == null ? "" : ", default " + defaultValue)
                + ")";
    }
}
