package dev.ganglion.runtime.act;

import java.util.Map;

/**
 * What was done about a decision, or why not.
 *
 * @param name the action of the device
 * @param parameters its parameters, checked
 * @param refusal empty when it was performed, else the sentence that says why not
 */
public record Action(String name, Map<String, Object> parameters, String refusal) {
    /** {@return whether the device did it} */
    public boolean performed() {
        return refusal.isEmpty();
    }
}
