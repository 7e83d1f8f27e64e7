package dev.ganglion.actuator.home;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a device is: which of Home Assistant's domains it belongs to, what its two states are called
 * and which entry of its state they set, and its state before anything has happened.
 */
enum Kind {
    LIGHT("light", Two.ON_OFF, "on", false, "brightness", 100L, "colour", "white"),
    PLUG("switch", Two.ON_OFF, "on", false),
    COFFEE_MACHINE("switch", Two.ON_OFF, "on", false, "cups", 0L),
    VACUUM_CLEANER("vacuum", Two.ON_OFF, "on", false, "cleaning", ""),
    THERMOSTAT("climate", Two.NONE, "temperature", 20.0),
    // It is told to be on or off seldom: only then its state says so.
    SPEAKER("media_player", Two.ON_OFF, "volume", 30L, "muted", false),
    TV("media_player", Two.ON_OFF, "on", false, "volume", 30L, "muted", false),
    FAN("fan", Two.ON_OFF, "on", false),
    COVER("cover", Two.OPEN_CLOSED, "position", 0L),
    VALVE("valve", Two.OPEN_CLOSED, "position", 0L),
    LOCK("lock", Two.LOCKED_UNLOCKED, "locked", true),
    SCENE("scene", Two.NONE),
    SCRIPT("script", Two.NONE),
    SENSOR("sensor", Two.NONE, "state", "unknown"),
    BINARY_SENSOR("binary_sensor", Two.ON_OFF, "on", false),
    PERSON("person", Two.NONE, "state", "home"),
    WEATHER("weather", Two.NONE, "state", "unknown"),
    LIST("todo", Two.NONE, "items", List.of());

    /** The two states that a device may have, in the words of Home Assistant. */
    enum Two {
        NONE("", "", "", "", ""),
        ON_OFF("on", true, false, "on", "off"),
        OPEN_CLOSED("position", 100L, 0L, "open", "closed"),
        LOCKED_UNLOCKED("locked", true, false, "locked", "unlocked");

        final String key;
        final Object onValue;
        final Object offValue;
        final String onWord;
        final String offWord;

        Two(String key, Object onValue, Object offValue, String onWord, String offWord) {
            this.key = key;
            this.onValue = onValue;
            this.offValue = offValue;
            this.onWord = onWord;
            this.offWord = offWord;
        }
    }

    /** Devices that are on or off and nothing else that a simple action could set. */
    static final Set<Kind> SWITCHED = EnumSet.of(PLUG, COFFEE_MACHINE, VACUUM_CLEANER);

    static final Set<Kind> SENSORS = EnumSet.of(SENSOR, BINARY_SENSOR);
    static final Set<Kind> PLAYERS = EnumSet.of(SPEAKER, TV);

    /** Devices that intents switch: on and off, open and shut, locked and unlocked. */
    static final Set<Kind> TURNED =
            EnumSet.of(
                    LIGHT,
                    PLUG,
                    COFFEE_MACHINE,
                    VACUUM_CLEANER,
                    SPEAKER,
                    TV,
                    FAN,
                    COVER,
                    VALVE,
                    LOCK);

    final String domain;
    final Two two;
    private final Object[] first;

    Kind(String domain, Two two, Object... first) {
        this.domain = domain;
        this.two = two;
        this.first = first;
    }

    /** {@return what files and messages call it: {@code coffee machine}} */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** {@return the state of a new device, in the order in which lines show it} */
    Map<String, Object> first() {
        Map<String, Object> state = new LinkedHashMap<>();
        for (int i = 0; i < first.length; i += 2) {
            state.put((String) first[i], first[i + 1]);
        }
        return state;
    }

    /** Switches on, opens, or locks. */
    void on(Map<String, Object> state) {
        state.put(two.key, two.onValue);
    }

    /** Switches off, shuts, or unlocks; what was going on ends. */
    void off(Map<String, Object> state) {
        state.put(two.key, two.offValue);
        state.computeIfPresent("cleaning", (key, where) -> "");
        state.remove("playing");
        state.remove("paused");
    }

    /**
     * Brings a device where it does no harm: what draws power goes off, valves close. Locks and
     * covers stay as they are: nobody may be locked in or out, or be hit by a door that moves by
     * itself.
     */
    void makeSafe(Map<String, Object> state) {
        if (this == VALVE || (two == Two.ON_OFF && this != BINARY_SENSOR && isOn(state))) {
            off(state);
        }
    }

    private boolean isOn(Map<String, Object> state) {
        return two.onValue.equals(state.get(two.key));
    }

    /** {@return the state in one word, as people ask for it: {@code open}} */
    String stateWord(Map<String, Object> state) {
        return switch (two) {
            case NONE -> String.valueOf(state.get("state"));
            case OPEN_CLOSED -> two.offValue.equals(state.get(two.key)) ? two.offWord : two.onWord;
            default -> isOn(state) ? two.onWord : two.offWord;
        };
    }
}
