package dev.ganglion.runtime.act;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.data.Decision;
import java.util.Map;

/** An action that a decision asks for, with its parameters checked against what is declared. */
record Attempt(
        Decision decision, ActionSpec action, Map<String, Object> parameters, Origin origin) {
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
