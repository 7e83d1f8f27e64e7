package dev.ganglion.decider.labels;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The classes of the output that is read: what they are called, and what each needs to be sure.
 * Read-only.
 */
final class Classes {
    private static final String ABOVE_FOR = "aboveFor";

    private final String[] labels;
    private final boolean[] background;
    private final double[] above;

    private Classes(String[] labels) {
        this.labels = labels;
        this.background = new boolean[labels.length];
        this.above = new double[labels.length];
    }

    /**
     * Reads what the options say about single classes.
     *
     * @throws GanglionException of kind SETUP for a class that the output does not have, listing
     *     those that it has, and for a bound that is none
     */
    static Classes of(String tensor, List<String> labels, Options options) {
        Classes classes = new Classes(labels.toArray(String[]::new));
        if (options.has("background")) {
            for (String name : options.text("background").split(",")) {
                classes.background[index("background", name.strip(), tensor, labels, options)] =
                        true;
            }
        }
        Arrays.fill(classes.above, options.number("above"));
        if (options.has(ABOVE_FOR)) {
            boolean[] bounded = new boolean[labels.size()];
            for (String each : options.text(ABOVE_FOR).split(",", -1)) {
                classes.bound(each.strip(), bounded, tensor, labels, options);
            }
        }
        return classes;
    }

    private void bound(
            String text, boolean[] bounded, String tensor, List<String> labels, Options options) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw wrong(
                    options,
                    "'aboveFor' takes classes with their bounds such as yes:0.95,no:0.8, found '"
                            + text
                            + "'");
        }
        int index = index(ABOVE_FOR, text.substring(0, colon).strip(), tensor, labels, options);
        if (background[index]) {
            throw wrong(
                    options,
                    "'aboveFor' gives a bound to the class '"
                            + labels.get(index)
                            + "', which is never sure because 'background' names it; leave it out"
                            + " of one of the two");
        }
        if (bounded[index]) {
            throw wrong(
                    options,
                    "'aboveFor' gives two bounds to the class '"
                            + labels.get(index)
                            + "'; leave one out");
        }
        bounded[index] = true;
        above[index] = probability(text.substring(colon + 1).strip(), labels.get(index), options);
    }

    private static double probability(String text, String label, Options options) {
        try {
            double bound = Double.parseDouble(text);
            if (bound >= 0 && bound <= 1) {
                return bound;
            }
        } catch (NumberFormatException notANumber) {
            throw notAProbability(text, label, options, notANumber);
        }
        throw notAProbability(text, label, options, null);
    }

    private static GanglionException notAProbability(
            String text, String label, Options options, @Nullable NumberFormatException cause) {
        return new GanglionException(
                Kind.SETUP,
                options.owner()
                        + ": 'aboveFor' takes a number from 0 to 1 for each class, found '"
                        + text
                        + "' for '"
                        + label
                        + "'",
                cause);
    }

    private static int index(
            String option, String name, String tensor, List<String> labels, Options options) {
        int index = labels.indexOf(name);
        if (index < 0) {
            throw wrong(
                    options,
                    "'"
                            + option
                            + "' takes labels of the output '"
                            + tensor
                            + "', found '"
                            + name
                            + "'; it has: "
                            + String.join(", ", labels));
        }
        return index;
    }

    private static GanglionException wrong(Options options, String message) {
        return new GanglionException(Kind.SETUP, options.owner() + ": " + message);
    }

    /** {@return how many there are} */
    int count() {
        return labels.length;
    }

    /** {@return what a class is called} */
    String label(int index) {
        return labels[index];
    }

    /** {@return whether a class means that nothing was noticed} */
    boolean isBackground(int index) {
        return background[index];
    }

    /** {@return whether one step with this class, this probable, is enough to be sure} */
    boolean reaches(int index, double probability) {
        return probability >= above[index] && !background[index];
    }
}
