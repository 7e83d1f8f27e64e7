package dev.ganglion.api.data;

import java.util.Map;
import java.util.Objects;

/**
 * What was understood.
 *
 * @param name the intent, class or command; the actions file of a route says what is done about it
 * @param parameters the details, for example slots: text, {@link Double}, {@link Long} or {@link
 *     Boolean}
 * @param confidence 0 to 1
 * @param sure whether the confidence was enough; an unsure decision is reported and never acted on
 */
public record Decision(
        String name, Map<String, Object> parameters, double confidence, boolean sure) {
    /** Checks the ranges. */
    public Decision {
        Objects.requireNonNull(name, "name");
        parameters = Map.copyOf(parameters);
        if (!(confidence >= 0 && confidence <= 1)) {
            throw new IllegalArgumentException(
                    "decision '"
                            + name
                            + "': a confidence from 0 to 1 expected, "
                            + confidence
                            + " found");
        }
    }
}
