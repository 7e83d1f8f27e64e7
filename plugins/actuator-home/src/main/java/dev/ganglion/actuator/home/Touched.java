package dev.ganglion.actuator.home;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an action would touch, under its real name. A vacuum cleaner is touched where it stands, and
 * so is each room that it cleans.
 */
final class Touched {
    /** Keys that say which thing is meant; {@code device} and {@code room} are the simple ones. */
    private static final Set<String> WHICH =
            Set.of("name", "device", "area", "room", "floor", "domain", "device_class");

    private Touched() {}

    /** {@return what is known of a thing, with the values that it can have in a home} */
    static List<Parameter> facts(Plan plan) {
        List<Plan.Item> items = plan.items();
        List<String> names = items.stream().map(Plan.Item::name).distinct().toList();
        List<String> rooms = plan.rooms().stream().map(Plan.Room::name).toList();
        List<Parameter> facts = new ArrayList<>();
        for (String key : List.of("name", "device")) {
            facts.add(fact(key, names, "what the thing is really called"));
        }
        for (String key : List.of("area", "room")) {
            facts.add(fact(key, rooms, "what the room that it is in is really called"));
        }
        facts.add(
                fact(
                        "floor",
                        plan.floors().stream().map(Plan.Floor::name).toList(),
                        "what the floor that it is on is really called"));
        facts.add(fact("domain", IntentParameters.domains(items), "what kind of thing it is"));
        facts.add(fact("device_class", IntentParameters.deviceClasses(items), "what it is for"));
        return facts;
    }

    /** Of what no thing has, no value is known; a rule about it would hold for nothing. */
    private static Parameter fact(String key, List<String> values, String description) {
        return Parameter.choice(key, values.isEmpty() ? List.of("(none)") : values)
                .describedAs(description);
    }

    /**
     * {@return what is known of each thing that an action would touch}
     *
     * @throws GanglionException of kind INPUT as performing it would
     */
    static List<Map<String, Object>> by(Plan plan, String action, Map<String, Object> parameters) {
        Intent intent = Intent.named(action);
        return intent == null
                ? bySimple(plan, action, parameters)
                : byIntent(plan, intent, new Given(plan, action, parameters));
    }

    private static List<Map<String, Object>> bySimple(
            Plan plan, String action, Map<String, Object> parameters) {
        Options given = HomeDevice.check(plan, action, parameters);
        if (action.startsWith("plug_")) {
            return things(plan, HomeDevice.plugs(plan, given), parameters);
        }
        String room = given.text("room");
        return switch (action) {
            case "coffee_make" -> things(plan, plan.items(room, Kind.COFFEE_MACHINE), parameters);
            case "thermostat_set" -> things(plan, plan.items(room, Kind.THERMOSTAT), parameters);
            case "volume_up", "volume_down", "volume_mute" ->
                    things(plan, plan.items(room, Kind.SPEAKER), parameters);
            case "vacuum_start" -> {
                Plan.@Nullable Room only =
                        Plan.isEveryRoom(Plan.said(room)) ? null : plan.find(room);
                plan.roomName(room);
                yield cleaned(
                        plan,
                        plan.items(Plan.ALL, Kind.VACUUM_CLEANER),
                        only == null ? plan.rooms() : List.of(only),
                        parameters);
            }
            default -> things(plan, plan.items(room, Kind.LIGHT), parameters);
        };
    }

    private static List<Map<String, Object>> byIntent(Plan plan, Intent intent, Given given) {
        if (intent.kinds().isEmpty()) {
            return List.of(placed(plan, given));
        }
        List<Plan.Item> items =
                switch (intent.name()) {
                    case "HassTurnOn", "HassTurnOff" -> Performance.turned(plan, intent, given);
                    case "HassClimateGetTemperature" ->
                            Performance.measuring(Selection.of(plan, intent, given), plan, given);
                    case "HassMediaSearchAndPlay" ->
                            Selection.of(plan, intent, given).subList(0, 1);
                    case "HassShoppingListAddItem",
                            "HassShoppingListCompleteItem",
                            "HassListAddItem",
                            "HassListCompleteItem" ->
                            Performance.lists(plan, intent, given);
                    case "HassVacuumStart" -> Performance.byName(plan, intent, given);
                    default -> Selection.of(plan, intent, given);
                };
        return intent.name().equals("HassVacuumStart")
                ? cleaned(plan, items, rooms(plan, given), given.values())
                : things(plan, items, given.values());
    }

    /** A timer is no thing of the home; the names of places that it is called by are real ones. */
    private static Map<String, Object> placed(Plan plan, Given given) {
        Map<String, Object> facts = new LinkedHashMap<>(given.values());
        if (given.has("area")) {
            Plan.@Nullable Room area = plan.area(given.text("area", ""));
            facts.remove("area");
            if (area != null) {
                inRoom(plan, area.name(), facts);
            }
        }
        return facts;
    }

    private static List<Plan.Room> rooms(Plan plan, Given given) {
        if (given.has("area")) {
            Plan.@Nullable Room area = plan.area(given.text("area", ""));
            return area == null ? plan.rooms() : List.of(area);
        }
        if (given.has("floor")) {
            String floor = plan.floor(given.text("floor", ""));
            return plan.rooms().stream().filter(room -> room.floor().equals(floor)).toList();
        }
        return plan.rooms();
    }

    private static List<Map<String, Object>> cleaned(
            Plan plan, List<Plan.Item> items, List<Plan.Room> rooms, Map<String, Object> said) {
        List<Map<String, Object>> things = new ArrayList<>(things(plan, items, said));
        for (Plan.Item item : items) {
            for (Plan.Room room : rooms) {
                things.add(thing(plan, item, room.name(), said));
            }
        }
        return things;
    }

    private static List<Map<String, Object>> things(
            Plan plan, List<Plan.Item> items, Map<String, Object> said) {
        return items.stream().map(item -> thing(plan, item, item.room(), said)).toList();
    }

    private static Map<String, Object> thing(
            Plan plan, Plan.Item item, String room, Map<String, Object> said) {
        Map<String, Object> facts = new LinkedHashMap<>(said);
        facts.keySet().removeAll(WHICH);
        facts.put("name", item.name());
        facts.put("device", item.name());
        facts.put("domain", item.kind().domain);
        if (!item.deviceClass().isEmpty()) {
            facts.put("device_class", item.deviceClass());
        }
        if (!room.isEmpty()) {
            inRoom(plan, room, facts);
        }
        return facts;
    }

    private static void inRoom(Plan plan, String room, Map<String, Object> facts) {
        facts.put("area", room);
        facts.put("room", room);
        Plan.@Nullable Room found = plan.find(room);
        if (found != null && !found.floor().isEmpty()) {
            facts.put("floor", found.floor());
        }
    }
}
