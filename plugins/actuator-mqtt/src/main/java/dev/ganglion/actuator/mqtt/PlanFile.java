package dev.ganglion.actuator.mqtt;

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
import java.util.HashSet;
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
        Map<?, ?> top = map("the file", root, "rooms");
        List<?> given = list("the file", top, "rooms");
        List<Plan.Room> rooms = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Object each : given) {
            rooms.add(room("room " + (rooms.size() + 1), each, names));
        }
        if (rooms.isEmpty()) {
            throw setup("at least one room was expected under 'rooms', found none; add one");
        }
        return new Plan(owner, List.copyOf(rooms));
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
        Map<?, ?> room = map(where, given, "name", "aliases", "devices");
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
        List<Plan.Item> items = new ArrayList<>();
        Set<String> itemNames = new HashSet<>();
        for (Object each : list("room '" + name + "'", room, "devices")) {
            items.add(
                    item(
                            "room '" + name + "', device " + (items.size() + 1),
                            name,
                            each,
                            itemNames));
        }
        return new Plan.Room(name, aliases, List.copyOf(items));
    }

    private Plan.Item item(
            String where, String room, @Nullable Object given, Set<String> itemNames) {
        Map<?, ?> item = map(where, given, "name", "kind", "aliases");
        String name = name(where, item);
        List<String> aliases = aliases(where, item);
        for (String each : together(name, aliases)) {
            if (!itemNames.add(each)) {
                throw setup(where + ": a second device is called '" + each + "'; rename one");
            }
        }
        String word = Plan.said(text(where, item, "kind"));
        for (Plan.Kind kind : Plan.Kind.values()) {
            if (kind.word().equals(word)) {
                return new Plan.Item(room, name, kind, aliases);
            }
        }
        throw setup(
                where
                        + ": 'kind' takes one of "
                        + Arrays.stream(Plan.Kind.values())
                                .map(Plan.Kind::word)
                                .collect(Collectors.joining(", "))
                        + ", found '"
                        + word
                        + "'");
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
