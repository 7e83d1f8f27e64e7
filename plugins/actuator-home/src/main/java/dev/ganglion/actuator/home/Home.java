package dev.ganglion.actuator.home;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The state of each device of a plan: what a line of JSON says about it. Thread-safe.
 *
 * <p>By kind: a light has {@code on}, {@code brightness} (1 to 100 %) and {@code colour}; plugs and
 * fans {@code on}; a coffee machine {@code on} and {@code cups}; a vacuum cleaner {@code on} and
 * {@code cleaning} (which rooms); a thermostat {@code temperature} (degrees Celsius); a speaker or
 * a television {@code volume} (0 to 100 %), {@code muted}, and what is {@code playing}; covers and
 * valves {@code position} (0 % is closed); a lock {@code locked}; a list {@code items}; the timers
 * {@code timers}; what only reports, a {@code state}.
 */
final class Home {
    /** What a device was and became; neither map is ever changed. */
    record Change(Plan.Item item, Map<String, Object> before, Map<String, Object> after) {}

    private final Plan plan;
    private final Map<Plan.Item, Map<String, Object>> states = new HashMap<>();

    /** How many devices are open on it; guarded by the actuator that opens them. */
    int users;

    Home(Plan plan) {
        this.plan = plan;
        plan.items().forEach(item -> states.put(item, new LinkedHashMap<>(item.first())));
        states.put(Timers.ITEM, new LinkedHashMap<>(Timers.ITEM.first()));
    }

    Plan plan() {
        return plan;
    }

    /**
     * Changes devices, all at once for whoever looks.
     *
     * @param change changes the state of one device in place; when it throws, that device must be
     *     as before
     * @param lines takes one line of JSON for each device whose state is another one now, in the
     *     order in which the changes happen
     * @param changes gets what was changed, also when a line could not be written
     */
    synchronized void change(
            List<Plan.Item> items,
            BiConsumer<Plan.Item, Map<String, Object>> change,
            Consumer<String> lines,
            List<Change> changes) {
        for (Plan.Item item : items) {
            Map<String, Object> state = state(item);
            Map<String, Object> before = new LinkedHashMap<>(state);
            change.accept(item, state);
            if (!state.equals(before)) {
                changes.add(new Change(item, before, new LinkedHashMap<>(state)));
                lines.accept(json(item, state, Map.of()));
            }
        }
    }

    /**
     * Takes changes back, all or none.
     *
     * @return false when there are none, or somebody else has changed one of the devices since
     */
    synchronized boolean undo(List<Change> changes, Consumer<String> lines) {
        for (Change change : changes) {
            if (!state(change.item()).equals(change.after())) {
                return false;
            }
        }
        for (Change change : changes) {
            states.put(change.item(), new LinkedHashMap<>(change.before()));
            lines.accept(json(change.item(), change.before(), Map.of()));
        }
        return !changes.isEmpty();
    }

    /**
     * Prints the state of devices, and what there is to say beyond it.
     *
     * @param more what follows the state of a device in its line
     */
    synchronized void tell(List<Plan.Item> items, More more, Consumer<String> lines) {
        for (Plan.Item item : items) {
            Map<String, Object> state = state(item);
            lines.accept(json(item, state, more.about(item, state)));
        }
    }

    /** What a line says about a device beyond its state. */
    @FunctionalInterface
    interface More {
        /** {@return entries in their order} */
        Map<String, Object> about(Plan.Item item, Map<String, Object> state);
    }

    /** {@return those of the devices for which it holds now} */
    synchronized List<Plan.Item> those(
            List<Plan.Item> items, BiPredicate<Plan.Item, Map<String, Object>> holds) {
        return items.stream().filter(item -> holds.test(item, state(item))).toList();
    }

    private Map<String, Object> state(Plan.Item item) {
        @Nullable Map<String, Object> state = states.get(item);
        if (state == null) {
            throw new IllegalArgumentException("this home never had a " + item);
        }
        return state;
    }

    private static String json(
            Plan.Item item, Map<String, Object> state, Map<String, Object> more) {
        Map<String, Object> line = new LinkedHashMap<>();
        if (!item.room().isEmpty()) {
            line.put("room", item.room());
        }
        line.put("device", item.name());
        line.putAll(state);
        line.putAll(more);
        line.computeIfPresent("timers", (key, timers) -> Timers.lines(timers));
        return json(line);
    }

    /** {@return one line of JSON} */
    static String json(Map<String, Object> line) {
        try {
            return JSON.std.asString(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
