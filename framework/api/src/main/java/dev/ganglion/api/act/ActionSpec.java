package dev.ganglion.api.act;

import dev.ganglion.api.data.Parameter;
import java.util.List;
import java.util.Objects;

/**
 * One thing that an actuator can do.
 *
 * @param name words joined by underscores: {@code light_on}
 * @param parameters what it needs to know, with ranges and units
 * @param minimumIntervalMillis the least time between two actions of this name, enforced by the
 *     framework; 0 for none
 */
public record ActionSpec(String name, List<Parameter> parameters, long minimumIntervalMillis) {
    /** Copies the list. */
    public ActionSpec {
        Objects.requireNonNull(name, "name");
        parameters = List.copyOf(parameters);
        if (minimumIntervalMillis < 0) {
            throw new IllegalArgumentException(
                    "action '"
                            + name
                            + "': an interval of 0 ms or more expected, found "
                            + minimumIntervalMillis);
        }
    }

    /** An action without a limit on its rate. */
    public static ActionSpec of(String name, Parameter... parameters) {
        return new ActionSpec(name, List.of(parameters), 0);
    }
}
