package dev.ganglion.it.bench.peer;

import dev.ganglion.it.bench.Kitchen;
import java.util.Map;

/** What the model said about a text, and what was done about it. */
final class Understood {
    private final String intent;
    private final Map<String, Object> slots;
    private final double confidence;
    private Kitchen.Action action;

    Understood(String intent, Map<String, Object> slots, double confidence) {
        this.intent = intent;
        this.slots = slots;
        this.confidence = confidence;
    }

    String intent() {
        return intent;
    }

    Map<String, Object> slots() {
        return slots;
    }

    double confidence() {
        return confidence;
    }

    /** What was done, or null. */
    Kitchen.Action action() {
        return action;
    }

    void act(Kitchen kitchen) {
        action = kitchen.act(intent, slots);
    }
}
