package dev.ganglion.actuator.home;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The state of each device of a plan: what a line of JSON says about it. Thread-safe.
 *
 * <p>By kind: a light has {@code on}, {@code brightness} (1 to 100 %) and {@code colour}; a plug
 * {@code on}; a coffee machine {@code on} and {@code cups}; a vacuum cleaner {@code on} and {@code
 * cleaning} (which rooms); a thermostat {@code temperature} (degrees Celsius); a speaker {@code
 * volume} (0 to 100 %) and {@code muted}.
 */
final class Home {
    private final Plan plan;
    private final Map<Plan.Item, Map<String, Object>> states = new HashMap<>();

    /** How many devices are open on it; guarded by the actuator that opens them. */
    int users;

    Home(Plan plan) {
        this.plan = plan;
        plan.items().forEach(item -> states.put(item, first(item.kind())));
    }

    private static Map<String, Object> first(Plan.Kind kind) {
        return switch (kind) {
            case LIGHT -> ordered("on", false, "brightness", 100L, "colour", "white");
            case PLUG -> ordered("on", false);
            case COFFEE_MACHINE -> ordered("on", false, "cups", 0L);
            case VACUUM_CLEANER -> ordered("on", false, "cleaning", "");
            case THERMOSTAT -> ordered("temperature", 20.0);
            case SPEAKER -> ordered("volume", 30L, "muted", false);
        };
    }

    private static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    Plan plan() {
        return plan;
    }

    /**
     * Changes devices, all at once for whoever looks.
     *
     * @param change changes the state of one device in place
     * @param lines takes one line of JSON for each device whose state is another one now, in the
     *     order in which the changes happen
     */
    synchronized void change(
            List<Plan.Item> items, Consumer<Map<String, Object>> change, Consumer<String> lines) {
        for (Plan.Item item : items) {
            Map<String, Object> state = states.getOrDefault(item, Map.of());
            Map<String, Object> before = new LinkedHashMap<>(state);
            change.accept(state);
            if (!state.equals(before)) {
                lines.accept(json(item, state));
            }
        }
    }

    private static String json(Plan.Item item, Map<String, Object> state) {
        Map<String, Object> line = ordered("room", item.room(), "device", item.name());
        line.putAll(state);
        try {
            return JSON.std.asString(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
