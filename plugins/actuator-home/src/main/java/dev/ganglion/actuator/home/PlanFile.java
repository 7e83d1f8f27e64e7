package dev.ganglion.actuator.home;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.GanglionException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads a {@link Plan} from YAML, or from JSON when the file's name ends so:
 *
 * <pre>{@code
 * rooms:
 *   - name: living room
 *     aliases: [lounge]
 *     devices:
 *       - {name: floor lamp, kind: light, aliases: [lamp]}
 * }</pre>
 */
final class PlanFile {
    private static final String EMBEDDED = "home.yaml";
    private static final int MAXIMUM_BYTES = 1 << 20;

    private static final String[] ALL_KEYS = {
        "name", "kind", "aliases", "state", "device_class", "unit", "minimum", "maximum"
    };

    /** Kinds that only report a state of their own. */
    private static final Set<Kind> STATED = EnumSet.of(Kind.SENSOR, Kind.PERSON, Kind.WEATHER);

    private final Map<String, Set<String>> floors = new LinkedHashMap<>();
    private final String owner;
    private final String file;

    private PlanFile(String owner, String file) {
        this.owner = owner;
        this.file = file;
    }

    /** {@return the home that comes with the plug-in} */
    static Plan embedded(String owner) {
        try (InputStream in =
                Objects.requireNonNull(PlanFile.class.getResourceAsStream(EMBEDDED), EMBEDDED)) {
            return new PlanFile(owner, EMBEDDED).parse(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a file.
     *
     * @throws GanglionException of kind SETUP when it is not there, not readable or not a plan,
     *     naming the place in it
     */
    static Plan read(String owner, Path path) {
        PlanFile file = new PlanFile(owner, path.toString());
        if (!Files.isRegularFile(path)) {
            throw file.setup("no such file is there; give a file of rooms and devices as 'home'");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAXIMUM_BYTES + 1);
            if (bytes.length > MAXIMUM_BYTES) {
                throw file.setup("at most " + MAXIMUM_BYTES + " bytes were expected");
            }
            return file.parse(bytes);
        } catch (IOException e) {
            throw file.setup("it cannot be read (" + e + "); make it readable", e);
        }
    }

    private Plan parse(byte[] bytes) {
        Object root = file.toLowerCase(Locale.ROOT).endsWith(".json") ? json(bytes) : yaml(bytes);
        if (!(root instanceof Map<?, ?>)) {
            throw setup("the file: rooms were expected, found " + root);
        }
        Map<?, ?> top = map("the file", root, "rooms", "devices", "intents");
        List<?> given = list("the file", top, "rooms");
        List<Plan.Room> rooms = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Object each : given) {
            rooms.add(room("room " + (rooms.size() + 1), each, names));
        }
        if (rooms.isEmpty()) {
            throw setup("at least one room was expected under 'rooms', found none; add one");
        }
        List<Plan.Item> wide = top.containsKey("devices") ? items("", top) : List.of();
        return new Plan(owner, List.copyOf(rooms), floors(), wide, isTrue(top, "intents"));
    }

    private Object json(byte[] bytes) {
        try {
            return JSON.std.with(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS).anyFrom(bytes);
        } catch (JsonProcessingException e) {
            throw setup("line " + e.getLocation().getLineNr() + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw setup(String.valueOf(e.getMessage()), e);
        }
    }

    private @Nullable Object yaml(byte[] bytes) {
        try {
            LoadSettings settings =
                    LoadSettings.builder().setLabel(file).setCodePointLimit(MAXIMUM_BYTES).build();
            return new Load(settings).loadFromInputStream(new ByteArrayInputStream(bytes));
        } catch (MarkedYamlEngineException e) {
            throw setup(
                    e.getProblemMark().map(mark -> "line " + (mark.getLine() + 1) + ": ").orElse("")
                            + e.getProblem(),
                    e);
        } catch (YamlEngineException e) {
            throw setup(String.valueOf(e.getMessage()).replaceAll("\\s+", " "), e);
        }
    }

    private Plan.Room room(String where, @Nullable Object given, Set<String> roomNames) {
        Map<?, ?> room = map(where, given, "name", "aliases", "devices", "floor");
        String name = name(where, room);
        List<String> aliases = aliases(where, room);
        for (String each : together(name, aliases)) {
            if (Plan.isEveryRoom(each)) {
                throw setup(
                        where
                                + " is called '"
                                + each
                                + "', which stands for every room; rename it");
            }
            if (!roomNames.add(each)) {
                throw setup(where + ": a second room is called '" + each + "'; rename one");
            }
        }
        return new Plan.Room(name, aliases, floor(where, room), items(name, room));
    }

    /** {@return the name of the floor; the first room on it may give it other names} */
    private String floor(String where, Map<?, ?> room) {
        if (!room.containsKey("floor")) {
            return "";
        }
        List<?> given =
                room.get("floor") instanceof List<?> list
                        ? list
                        : List.of(text(where, room, "floor"));
        List<String> names = new ArrayList<>();
        for (Object each : given) {
            names.add(Plan.said(words(where, "floor", each)));
        }
        if (names.isEmpty()) {
            throw setup(where + ": the name of a floor was expected as 'floor', found none");
        }
        Set<String> known = floors.computeIfAbsent(names.get(0), name -> new LinkedHashSet<>());
        known.addAll(names.subList(1, names.size()));
        return names.get(0);
    }

    private List<Plan.Floor> floors() {
        Set<String> names = new HashSet<>();
        List<Plan.Floor> found = new ArrayList<>();
        floors.forEach(
                (name, aliases) -> {
                    for (String each : together(name, List.copyOf(aliases))) {
                        if (!names.add(each)) {
                            throw setup("two floors are called '" + each + "'; rename one");
                        }
                    }
                    found.add(new Plan.Floor(name, List.copyOf(aliases)));
                });
        return List.copyOf(found);
    }

    private List<Plan.Item> items(String room, Map<?, ?> from) {
        String where = room.isEmpty() ? "the whole house" : "room '" + room + "'";
        List<Plan.Item> items = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Object each : list(where, from, "devices")) {
            items.add(item(where + ", device " + (items.size() + 1), room, each, names));
        }
        return List.copyOf(items);
    }

    private Plan.Item item(
            String where, String room, @Nullable Object given, Set<String> itemNames) {
        Map<?, ?> item = map(where, given, ALL_KEYS);
        String name = name(where, item);
        List<String> aliases = aliases(where, item);
        Kind kind = kind(where, item);
        map(where + ", a " + kind.word() + ",", given, keys(kind));
        String deviceClass =
                item.containsKey("device_class")
                        ? text(where, item, "device_class").strip().toLowerCase(Locale.ROOT)
                        : "";
        for (String each : together(name, aliases)) {
            // A phone may have a battery level and a low battery; what is switched has its own
            // name.
            String key = Kind.SENSORS.contains(kind) ? kind + deviceClass + ":" + each : each;
            if (!itemNames.add(key)) {
                throw setup(where + ": a second device is called '" + each + "'; rename one");
            }
        }
        double minimum = number(where, item, "minimum", 5);
        double maximum = number(where, item, "maximum", 35);
        if (minimum > maximum) {
            throw setup(where + ": 'minimum' " + minimum + " is above 'maximum' " + maximum);
        }
        Map<String, Object> first = first(where, item, kind, deviceClass);
        first.computeIfPresent(
                "temperature",
                (key, value) -> Math.max(minimum, Math.min(maximum, (Double) value)));
        return new Plan.Item(room, name, kind, aliases, deviceClass, first, minimum, maximum);
    }

    private Kind kind(String where, Map<?, ?> item) {
        String word = Plan.said(text(where, item, "kind"));
        for (Kind kind : Kind.values()) {
            if (kind.word().equals(word)) {
                return kind;
            }
        }
        throw setup(
                where
                        + ": 'kind' takes one of "
                        + Arrays.stream(Kind.values())
                                .map(Kind::word)
                                .collect(Collectors.joining(", "))
                        + ", found '"
                        + word
                        + "'");
    }

    private static String[] keys(Kind kind) {
        List<String> keys = new ArrayList<>(List.of("name", "kind", "aliases"));
        if (kind.two != Kind.Two.NONE || STATED.contains(kind)) {
            keys.add("state");
        }
        if (kind == Kind.COVER || Kind.SENSORS.contains(kind)) {
            keys.add("device_class");
        }
        if (kind == Kind.SENSOR) {
            keys.add("unit");
        }
        if (kind == Kind.THERMOSTAT) {
            keys.add("minimum");
            keys.add("maximum");
        }
        return keys.toArray(String[]::new);
    }

    /** {@return the state before anything has happened, as the file says it} */
    private Map<String, Object> first(String where, Map<?, ?> item, Kind kind, String deviceClass) {
        Map<String, Object> first = new LinkedHashMap<>();
        if (Kind.SENSORS.contains(kind) && !deviceClass.isEmpty()) {
            first.put("device_class", deviceClass);
        }
        first.putAll(kind.first());
        Object state = item.get("state");
        if (state != null) {
            first.put(
                    kind.two == Kind.Two.NONE ? "state" : kind.two.key,
                    kind.two == Kind.Two.NONE
                            ? stated(where, kind, state)
                            : switched(where, kind, state));
        }
        if (item.containsKey("unit")) {
            first.put("unit", text(where, item, "unit"));
        }
        return first;
    }

    private Object stated(String where, Kind kind, Object state) {
        if (state instanceof Number || state instanceof String) {
            // Where a person is, is asked for by name.
            return kind == Kind.PERSON ? Plan.said(state.toString()) : state;
        }
        throw setup(where + ": a number or text was expected as 'state', found " + state);
    }

    private Object switched(String where, Kind kind, Object state) {
        if (kind.two.onWord.equals(state)) {
            return kind.two.onValue;
        }
        if (kind.two.offWord.equals(state)) {
            return kind.two.offValue;
        }
        throw setup(
                where
                        + ": 'state' takes "
                        + kind.two.onWord
                        + " or "
                        + kind.two.offWord
                        + ", found '"
                        + state
                        + "'");
    }

    private double number(String where, Map<?, ?> from, String key, double otherwise) {
        if (!from.containsKey(key)) {
            return otherwise;
        }
        if (from.get(key) instanceof Number number) {
            return number.doubleValue();
        }
        throw setup(where + ": a number was expected as '" + key + "', found " + from.get(key));
    }

    private boolean isTrue(Map<?, ?> from, String key) {
        if (!from.containsKey(key)) {
            return false;
        }
        if (from.get(key) instanceof Boolean flag) {
            return flag;
        }
        throw setup("true or false was expected as '" + key + "', found " + from.get(key));
    }

    private static List<String> together(String name, List<String> aliases) {
        List<String> names = new ArrayList<>(aliases);
        names.add(name);
        return names;
    }

    private String name(String where, Map<?, ?> from) {
        return Plan.said(text(where, from, "name"));
    }

    private List<String> aliases(String where, Map<?, ?> from) {
        if (!from.containsKey("aliases")) {
            return List.of();
        }
        List<String> aliases = new ArrayList<>();
        for (Object alias : list(where, from, "aliases")) {
            aliases.add(Plan.said(words(where, "aliases", alias)));
        }
        return List.copyOf(aliases);
    }

    private String text(String where, Map<?, ?> from, String key) {
        return words(where, key, from.get(key));
    }

    private String words(String where, String key, @Nullable Object value) {
        if (value instanceof String text && !text.isBlank()) {
            return text;
        }
        throw setup(where + ": text was expected as '" + key + "', found " + value);
    }

    private Map<?, ?> map(String where, @Nullable Object value, String... keys) {
        if (!(value instanceof Map<?, ?> map)) {
            throw setup(where + ": " + String.join(", ", keys) + " were expected, found " + value);
        }
        for (Object key : map.keySet()) {
            if (!Arrays.asList(keys).contains(key)) {
                throw setup(where + " has no '" + key + "'; it has: " + String.join(", ", keys));
            }
        }
        return map;
    }

    private List<?> list(String where, Map<?, ?> from, String key) {
        if (from.get(key) instanceof List<?> list) {
            return list;
        }
        throw setup(where + ": a list was expected as '" + key + "', found " + from.get(key));
    }

    private GanglionException setup(String what) {
        return setup(what, null);
    }

    private GanglionException setup(String what, @Nullable Throwable cause) {
        return new GanglionException(
                GanglionException.Kind.SETUP, owner + ": home " + file + ": " + what, cause);
    }
}
