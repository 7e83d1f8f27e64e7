package dev.ganglion.actuator.home;

import dev.ganglion.api.data.GanglionException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rooms of a home and the devices in them. Finds them by what people say. Immutable.
 *
 * @param owner who asks, for messages: {@code act:home}
 * @param rooms with names and aliases that differ from each other; at least one
 */
record Plan(String owner, List<Room> rooms) {
    /** What stands for every room. */
    static final String ALL = "all";

    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern ARTICLE = Pattern.compile("^(the|my|our|all the) (?=\\S)");
    private static final Set<String> EVERY_ROOM =
            Set.of(ALL, "everywhere", "house", "whole house", "home", "flat", "apartment");

    /** What a device is. */
    enum Kind {
        LIGHT,
        PLUG,
        COFFEE_MACHINE,
        VACUUM_CLEANER,
        THERMOSTAT,
        SPEAKER;

        /** Devices that are on or off and nothing else that an action could set. */
        static final Set<Kind> SWITCHED = EnumSet.of(PLUG, COFFEE_MACHINE, VACUUM_CLEANER);

        /** {@return what files and messages call it: {@code coffee machine}} */
        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** A room; all names are {@linkplain #said plain}. */
    record Room(String name, List<String> aliases, List<Item> items) {
        boolean isCalled(String said) {
            return name.equals(said) || aliases.contains(said);
        }
    }

    /** A device in a room; all names are {@linkplain #said plain}. */
    record Item(String room, String name, Kind kind, List<String> aliases) {
        boolean isCalled(String said) {
            return name.equals(said) || aliases.contains(said);
        }
    }

    /** {@return a name without what makes no difference: case, spaces, hyphens, an article} */
    static String said(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replace('_', ' ').replace('-', ' ').strip();
        return ARTICLE.matcher(BLANKS.matcher(plain).replaceAll(" ")).replaceFirst("");
    }

    /** {@return whether it stands for every room} */
    static boolean isEveryRoom(String said) {
        return EVERY_ROOM.contains(said);
    }

    /** {@return every device} */
    List<Item> items() {
        return rooms.stream().flatMap(room -> room.items().stream()).toList();
    }

    /**
     * {@return what a room is really called, {@value #ALL} for every one}
     *
     * @throws GanglionException of kind INPUT when there is no such room
     */
    String roomName(String room) {
        return isEveryRoom(said(room)) ? ALL : room(room).name();
    }

    /**
     * {@return the devices of a kind in a room, or in every one; at least one}
     *
     * @throws GanglionException of kind INPUT when there is no such room, or none of the kind in it
     */
    List<Item> items(String room, Kind kind) {
        List<Item> found = itemsIn(room).stream().filter(item -> item.kind() == kind).toList();
        if (found.isEmpty()) {
            throw input(
                    (isEveryRoom(said(room)) ? "this home" : "the room '" + room + "'")
                            + " has no "
                            + kind.word()
                            + "; "
                            + whereIs(Set.of(kind)));
        }
        return found;
    }

    /**
     * {@return the devices with a name that are only on or off; at least one}
     *
     * @param room where to look; when it is null, the name must say which one is meant
     * @throws GanglionException of kind INPUT when there is no such room or device, or when it is
     *     not clear which one is meant
     */
    List<Item> switched(String device, @Nullable String room) {
        String name = said(device);
        List<Item> found =
                itemsIn(room == null ? ALL : room).stream()
                        .filter(item -> Kind.SWITCHED.contains(item.kind()))
                        .filter(item -> item.isCalled(name))
                        .toList();
        if (found.isEmpty()) {
            throw input(
                    "there is no plug '"
                            + device
                            + "'"
                            + (room == null ? "" : " in the room '" + room + "'")
                            + "; "
                            + whereIs(Kind.SWITCHED));
        }
        if (room == null && found.size() > 1) {
            throw input(
                    "'"
                            + device
                            + "' may be "
                            + found.stream()
                                    .map(item -> "the " + item.name() + " in the " + item.room())
                                    .collect(Collectors.joining(" or "))
                            + "; name the room, or "
                            + ALL);
        }
        return found;
    }

    private List<Item> itemsIn(String room) {
        return isEveryRoom(said(room)) ? items() : room(room).items();
    }

    private Room room(String room) {
        String said = said(room);
        for (Room each : rooms) {
            if (each.isCalled(said)) {
                return each;
            }
        }
        throw input(
                "there is no room '"
                        + room
                        + "'; there are: "
                        + rooms.stream().map(Room::name).collect(Collectors.joining(", "))
                        + ", and "
                        + ALL
                        + " for every one");
    }

    private String whereIs(Set<Kind> kinds) {
        List<String> places = new ArrayList<>();
        for (Item item : items()) {
            if (kinds.contains(item.kind())) {
                places.add(item.name() + " (" + item.room() + ")");
            }
        }
        return places.isEmpty() ? "it has none at all" : "there are: " + String.join(", ", places);
    }

    private GanglionException input(String what) {
        return new GanglionException(GanglionException.Kind.INPUT, owner + ": " + what);
    }
}
