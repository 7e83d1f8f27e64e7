package dev.ganglion.actuator.home;

import dev.ganglion.api.data.GanglionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rooms of a home and the devices in them. Finds them by what people say. Immutable.
 *
 * @param owner who asks, for messages: {@code act:home}
 * @param rooms with names and aliases that differ from each other; at least one
 * @param floors those that rooms are on; empty when the file names none
 * @param wide the devices that are in no room
 * @param intents whether Home Assistant's intents are understood
 */
record Plan(String owner, List<Room> rooms, List<Floor> floors, List<Item> wide, boolean intents) {
    /** What stands for every room. */
    static final String ALL = "all";

    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern ARTICLE = Pattern.compile("^(the|my|our|all the) (?=\\S)");
    private static final Set<String> EVERY_ROOM =
            Set.of(ALL, "everywhere", "house", "whole house", "home", "flat", "apartment");

    /** A floor; all names are {@linkplain #said plain}. */
    record Floor(String name, List<String> aliases) {
        boolean isCalled(String said) {
            return name.equals(said) || aliases.contains(said);
        }
    }

    /**
     * A room; all names are {@linkplain #said plain}.
     *
     * @param floor the name of the floor that it is on, or empty
     */
    record Room(String name, List<String> aliases, String floor, List<Item> items) {
        boolean isCalled(String said) {
            return name.equals(said) || aliases.contains(said);
        }
    }

    /**
     * A device; all names are {@linkplain #said plain}.
     *
     * @param room empty when it belongs to the whole house
     * @param deviceClass as Home Assistant calls it, or empty
     * @param first its state before anything has happened
     * @param minimum the least temperature in degrees Celsius that a thermostat takes
     * @param maximum the greatest one
     */
    record Item(
            String room,
            String name,
            Kind kind,
            List<String> aliases,
            String deviceClass,
            Map<String, Object> first,
            double minimum,
            double maximum) {
        boolean isCalled(String said) {
            return name.equals(said) || aliases.contains(said);
        }

        /** {@return the name with the room, for messages} */
        String where() {
            return room.isEmpty() ? name : name + " (" + room + ")";
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
        return Stream.concat(rooms.stream().flatMap(room -> room.items().stream()), wide.stream())
                .toList();
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

    /** {@return what is in a room, or everything} */
    List<Item> itemsIn(String room) {
        return isEveryRoom(said(room)) ? items() : room(room).items();
    }

    /** {@return the room with that name, or null} */
    @Nullable Room find(String room) {
        String said = said(room);
        for (Room each : rooms) {
            if (each.isCalled(said)) {
                return each;
            }
        }
        return null;
    }

    private Room room(String room) {
        Room found = find(room);
        if (found != null) {
            return found;
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

    /**
     * {@return the area with that name; null when every one is meant}
     *
     * @throws GanglionException of kind INPUT when there is none
     */
    @Nullable Room area(String area) {
        Room found = find(area);
        if (found == null && !isEveryRoom(said(area))) {
            throw input(
                    "this home has no area '"
                            + area
                            + "'; it has: "
                            + rooms.stream().map(Room::name).collect(Collectors.joining(", ")));
        }
        return found;
    }

    /**
     * {@return what a floor is really called}
     *
     * @throws GanglionException of kind INPUT when there is none
     */
    String floor(String floor) {
        String said = said(floor);
        for (Floor each : floors) {
            if (each.isCalled(said)) {
                return each.name();
            }
        }
        throw input(
                "this home has no floor '"
                        + floor
                        + "'; it has: "
                        + (floors.isEmpty()
                                ? "none"
                                : floors.stream()
                                        .map(Floor::name)
                                        .collect(Collectors.joining(", "))));
    }

    /** {@return the list that is meant when nobody says which, or null} */
    @Nullable Item shoppingList() {
        for (Item item : items()) {
            if (item.kind() == Kind.LIST
                    && (item.isCalled("shopping list") || item.isCalled("shopping"))) {
                return item;
            }
        }
        return null;
    }

    /**
     * Checks a temperature in degrees Celsius.
     *
     * @throws GanglionException of kind INPUT when one of the thermostats does not take it
     */
    void checkTemperature(List<Item> thermostats, double temperature) {
        for (Item item : thermostats) {
            if (!(temperature >= item.minimum() && temperature <= item.maximum())) {
                throw input(
                        item.where()
                                + " takes "
                                + item.minimum()
                                + " to "
                                + item.maximum()
                                + " Cel, found "
                                + temperature);
            }
        }
    }

    private String whereIs(Set<Kind> kinds) {
        List<String> places = new ArrayList<>();
        for (Item item : items()) {
            if (kinds.contains(item.kind())) {
                places.add(item.where());
            }
        }
        return places.isEmpty() ? "it has none at all" : "there are: " + String.join(", ", places);
    }

    /** {@return a refusal of what somebody said} */
    GanglionException input(String what) {
        return new GanglionException(GanglionException.Kind.INPUT, owner + ": " + what);
    }
}
