package dev.ganglion.actuator.home;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Parameter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an intent came with. Words are resolved by whoever uses them, since the home has better
 * sentences about them than a list of choices.
 *
 * @param plan whose home it is, for messages
 * @param intent its name, for messages
 * @param values by the name of the parameter
 */
record Given(Plan plan, String intent, Map<String, Object> values) {
    boolean has(String key) {
        return values.containsKey(key);
    }

    String text(String key, String otherwise) {
        @Nullable Object value = values.get(key);
        return value == null ? otherwise : value.toString();
    }

    /**
     * {@return a number in the range of its parameter}
     *
     * @throws GanglionException of kind INPUT when it is none
     */
    double number(String key) {
        Parameter spec = IntentParameters.number(key, plan);
        try {
            return Double.parseDouble(spec.parse(intent, text(key, "")).toString());
        } catch (GanglionException e) {
            throw new GanglionException(
                    GanglionException.Kind.INPUT, plan.owner() + ": " + e.getMessage(), e);
        }
    }

    long whole(String key) {
        return Math.round(number(key));
    }

    /**
     * {@return how long is meant, in seconds; 0 when nothing is}
     *
     * @param before what the keys of hours, minutes and seconds begin with
     */
    long seconds(String before) {
        long seconds = has(before + "hours") ? 3600 * whole(before + "hours") : 0;
        seconds += has(before + "minutes") ? 60 * whole(before + "minutes") : 0;
        return seconds + (has(before + "seconds") ? whole(before + "seconds") : 0);
    }

    /**
     * {@return a word of a few}
     *
     * @throws GanglionException of kind INPUT when it is none of them
     */
    String word(String key, List<String> words) {
        String said = text(key, "").strip();
        String plain = Plan.said(said);
        for (String word : words) {
            if (Plan.said(word).equals(plain)) {
                return word;
            }
        }
        throw plan.input(
                "this home has no "
                        + key.replace('_', ' ')
                        + " '"
                        + said
                        + "'; it has: "
                        + (words.isEmpty() ? "none" : String.join(", ", words)));
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
