package dev.ganglion.actuator.home;

import dev.ganglion.api.data.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the keys of Home Assistant's intents take in one home: its names, areas, floors and device
 * classes as choices, ranges with their units.
 */
final class IntentParameters {
    /** Colours that lights can have; the simple actions know some of them. */
    static final List<String> COLOURS =
            List.of(
                    "white",
                    "warm white",
                    "cool white",
                    "red",
                    "orange",
                    "yellow",
                    "green",
                    "cyan",
                    "turquoise",
                    "blue",
                    "purple",
                    "violet",
                    "pink",
                    "gold",
                    "brown",
                    "black");

    static final List<String> STEPS = List.of("up", "down");
    static final List<String> MEDIA_CLASSES =
            List.of("track", "album", "artist", "playlist", "podcast", "tv_show", "movie");

    private IntentParameters() {}

    /** {@return the parameter} */
    static Parameter of(String key, Plan plan, Intent intent) {
        List<Plan.Item> items =
                plan.items().stream().filter(item -> intent.kinds().contains(item.kind())).toList();
        return switch (key) {
            case "domain" -> choice(key, domains(items), "what kind of thing is meant");
            case "device_class" -> choice(key, deviceClasses(items), "what the thing is for");
            case "name" ->
                    intent.isNamedFreely()
                            ? Parameter.text(key).describedAs("what it is called")
                            : choice(
                                    key,
                                    names(items, plan, intent.isForAll()),
                                    "a thing of this home; it beats the area");
            case "area" -> choice(key, areas(plan), "a room or one of its other names");
            case "floor" -> choice(key, floors(plan), "a floor or one of its other names");
            case "state" -> choice(key, states(items), "the state that is asked about");
            case "color" -> choice(key, COLOURS, "what colour the light gets");
            case "brightness_step" -> choice(key, STEPS, "brighter or darker by 20 %");
            case "volume_step" -> choice(key, STEPS, "louder or quieter by 10 %");
            case "media_class" -> choice(key, MEDIA_CLASSES, "what is to be played");
            case "item" -> Parameter.text(key).describedAs("what stands on the list");
            case "search_query" -> Parameter.text(key).describedAs("what is to be played");
            case "message" -> Parameter.text(key).describedAs("what the speakers say");
            case "conversation_command" ->
                    Parameter.text(key).describedAs("what is asked for when the timer is over");
            default -> number(key, plan);
        };
    }

    /** {@return the parameter of a key that takes numbers} */
    static Parameter number(String key, Plan plan) {
        return switch (key) {
            case "brightness" ->
                    Parameter.integer(key, "%", 0, 100)
                            .describedAs("of the full brightness; 0 switches off");
            case "position" ->
                    Parameter.integer(key, "%", 0, 100).describedAs("0 is closed, 100 is open");
            case "volume_level" ->
                    Parameter.integer(key, "%", 0, 100).describedAs("of the full volume");
            case "temperature" ->
                    Parameter.number(key, "Cel", coldest(plan), hottest(plan))
                            .describedAs("what the thermostat aims at");
            case "hours", "start_hours" -> time(key, "h", 99);
            case "minutes", "start_minutes" -> time(key, "min", 999);
            case "seconds", "start_seconds" -> time(key, "s", 9999);
            default -> throw new IllegalArgumentException("no intent has a number '" + key + "'");
        };
    }

    private static Parameter time(String key, String unit, long maximum) {
        return Parameter.integer(key, unit, 0, maximum)
                .describedAs(
                        key.startsWith("start_")
                                ? "what the timer that is meant was started with"
                                : "how long");
    }

    private static double coldest(Plan plan) {
        return thermostats(plan).stream().mapToDouble(Plan.Item::minimum).min().orElse(5);
    }

    private static double hottest(Plan plan) {
        return thermostats(plan).stream().mapToDouble(Plan.Item::maximum).max().orElse(35);
    }

    private static List<Plan.Item> thermostats(Plan plan) {
        return plan.items().stream().filter(item -> item.kind() == Kind.THERMOSTAT).toList();
    }

    /**
     * Where a home has nothing to choose from any word is taken, and refused by the home: an action
     * whose floor was left out would mean more than was said.
     */
    private static Parameter choice(String key, List<String> words, String description) {
        return Parameter.choice(key, words).describedAs(description);
    }

    static List<String> domains(List<Plan.Item> items) {
        return items.stream().map(item -> item.kind().domain).distinct().toList();
    }

    static List<String> deviceClasses(List<Plan.Item> items) {
        return items.stream()
                .map(Plan.Item::deviceClass)
                .filter(each -> !each.isEmpty())
                .distinct()
                .toList();
    }

    private static List<String> names(List<Plan.Item> items, Plan plan, boolean all) {
        Set<String> names = new LinkedHashSet<>();
        if (all) {
            names.add(Plan.ALL);
        }
        for (Plan.Item item : items) {
            names.add(item.name());
            names.addAll(item.aliases());
        }
        for (Plan.Item item : items) {
            if (!item.room().isEmpty()) {
                names.add(Selection.withRoom(item.room(), item.name()));
            }
        }
        return List.copyOf(names);
    }

    static List<String> areas(Plan plan) {
        List<String> areas = new ArrayList<>();
        for (Plan.Room room : plan.rooms()) {
            areas.add(room.name());
            areas.addAll(room.aliases());
        }
        return areas;
    }

    static List<String> floors(Plan plan) {
        List<String> floors = new ArrayList<>();
        for (Plan.Floor floor : plan.floors()) {
            floors.add(floor.name());
            floors.addAll(floor.aliases());
        }
        return floors;
    }

    /** {@return what the devices may be asked to be: on, locked, home} */
    static List<String> states(List<Plan.Item> items) {
        Set<String> states = new LinkedHashSet<>();
        for (Plan.Item item : items) {
            if (item.kind() == Kind.PERSON) {
                states.add("home");
                states.add("not_home");
                states.add(String.valueOf(item.first().get("state")));
            } else if (item.kind().two != Kind.Two.NONE) {
                states.add(item.kind().two.onWord);
                states.add(item.kind().two.offWord);
            }
        }
        return List.copyOf(states);
    }
}
