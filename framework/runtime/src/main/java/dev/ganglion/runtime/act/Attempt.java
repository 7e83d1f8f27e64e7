package dev.ganglion.runtime.act;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.data.Decision;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An action that a decision asks for, with its parameters checked against what is declared.
 *
 * @param parameters as they were said; the device gets these
 * @param touched what is known of each thing that it would touch; rules judge these
 * @param facts keys that a thing either has or has not, whatever was said
 */
record Attempt(
        Decision decision,
        ActionSpec action,
        Map<String, Object> parameters,
        List<Map<String, Object>> touched,
        Set<String> facts,
        Origin origin) {
    String name() {
        return action.name();
    }

    /** {@return the same action with the same parameters, whoever asked} */
    boolean isSame(Attempt other) {
        return name().equals(other.name()) && parameters.equals(other.parameters);
    }

    Action refused(String why) {
        return new Action(name(), parameters, why);
    }
}
