package dev.ganglion.actuator.home;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.data.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One of Home Assistant's intents: a row of the table below. The answer {@code none} is not among
 * them: whoever says it wants nothing done.
 *
 * @param kinds which devices it is for; a home that has none of them does not declare it. None: it
 *     is for every home
 * @param keys its parameters in the order in which models write them; one that is needed ends in an
 *     exclamation mark
 * @param deed what it does
 */
record Intent(String name, Set<Kind> kinds, List<String> keys, Consumer<Performance> deed) {
    private static final Set<Kind> NONE = EnumSet.noneOf(Kind.class);
    private static final Set<Kind> MOVED = EnumSet.of(Kind.COVER, Kind.VALVE);
    private static final Set<Kind> WARMTH = EnumSet.of(Kind.THERMOSTAT, Kind.SENSOR);
    private static final Set<Kind> TURNED_ON =
            union(Kind.TURNED, EnumSet.of(Kind.SCENE, Kind.SCRIPT));
    private static final Set<Kind> LOOKED_AT =
            union(
                    Kind.TURNED,
                    EnumSet.of(Kind.THERMOSTAT, Kind.SENSOR, Kind.BINARY_SENSOR, Kind.PERSON));
    private static final String STARTED = "start_hours start_minutes start_seconds";
    private static final String THAT_TIMER = "name area " + STARTED;
    private static final String CHANGED_TIMER = "name area hours minutes seconds " + STARTED;

    private static final List<Intent> ALL =
            List.of(
                    of(
                            "HassTurnOn",
                            TURNED_ON,
                            "domain device_class name area floor",
                            Performance::turnOn),
                    of(
                            "HassTurnOff",
                            Kind.TURNED,
                            "domain device_class name area floor",
                            Performance::turnOff),
                    of(
                            "HassGetState",
                            LOOKED_AT,
                            "domain device_class name area floor state",
                            Performance::getState),
                    of(
                            "HassLightSet",
                            EnumSet.of(Kind.LIGHT),
                            "name area floor brightness brightness_step color",
                            Performance::lightSet),
                    of(
                            "HassSetPosition",
                            MOVED,
                            "domain device_class name area position!",
                            Performance::setPosition),
                    of(
                            "HassClimateSetTemperature",
                            EnumSet.of(Kind.THERMOSTAT),
                            "name area floor temperature!",
                            Performance::setTemperature),
                    of(
                            "HassClimateGetTemperature",
                            WARMTH,
                            "name area",
                            Performance::getTemperature),
                    of(
                            "HassVacuumStart",
                            EnumSet.of(Kind.VACUUM_CLEANER),
                            "name area floor",
                            Performance::vacuumStart),
                    of(
                            "HassVacuumReturnToBase",
                            EnumSet.of(Kind.VACUUM_CLEANER),
                            "name",
                            Performance::returnToBase),
                    of(
                            "HassMediaSearchAndPlay",
                            Kind.PLAYERS,
                            "name area media_class search_query!",
                            Performance::play),
                    of("HassMediaPause", Kind.PLAYERS, "name area", Performance::pause),
                    of("HassMediaUnpause", Kind.PLAYERS, "name area", Performance::unpause),
                    of("HassMediaNext", Kind.PLAYERS, "name area", of -> of.skip("next")),
                    of("HassMediaPrevious", Kind.PLAYERS, "name area", of -> of.skip("previous")),
                    of(
                            "HassSetVolume",
                            Kind.PLAYERS,
                            "name area volume_level!",
                            Performance::volume),
                    of(
                            "HassSetVolumeRelative",
                            Kind.PLAYERS,
                            "volume_step!",
                            Performance::volumeStep),
                    of("HassMediaPlayerMute", Kind.PLAYERS, "", Performance::mute),
                    of(
                            "HassBroadcast",
                            EnumSet.of(Kind.SPEAKER),
                            "message!",
                            Performance::broadcast),
                    of(
                            "HassListAddItem",
                            EnumSet.of(Kind.LIST),
                            "name! item!",
                            Performance::addItem),
                    of(
                            "HassListCompleteItem",
                            EnumSet.of(Kind.LIST),
                            "name! item!",
                            Performance::completeItem),
                    of(
                            "HassShoppingListAddItem",
                            EnumSet.of(Kind.LIST),
                            "item!",
                            Performance::addItem),
                    of(
                            "HassShoppingListCompleteItem",
                            EnumSet.of(Kind.LIST),
                            "item!",
                            Performance::completeItem),
                    of(
                            "HassStartTimer",
                            NONE,
                            "name conversation_command hours minutes seconds",
                            of -> of.timers(Timers::start)),
                    of(
                            "HassIncreaseTimer",
                            NONE,
                            CHANGED_TIMER,
                            of ->
                                    of.timers(
                                            (plan, given, now, state) ->
                                                    Timers.change(plan, given, now, state, 1))),
                    of(
                            "HassDecreaseTimer",
                            NONE,
                            CHANGED_TIMER,
                            of ->
                                    of.timers(
                                            (plan, given, now, state) ->
                                                    Timers.change(plan, given, now, state, -1))),
                    of("HassPauseTimer", NONE, THAT_TIMER, of -> of.timers(Timers::pause)),
                    of("HassUnpauseTimer", NONE, THAT_TIMER, of -> of.timers(Timers::unpause)),
                    of("HassCancelTimer", NONE, THAT_TIMER, of -> of.timers(Timers::cancel)),
                    of("HassCancelAllTimers", NONE, "area", of -> of.timers(Timers::cancelAll)),
                    of("HassTimerStatus", NONE, THAT_TIMER, Performance::timerStatus),
                    of("HassGetWeather", EnumSet.of(Kind.WEATHER), "name", Performance::tell),
                    of("HassGetCurrentTime", NONE, "", Performance::time),
                    of("HassGetCurrentDate", NONE, "", Performance::date),
                    // What is only answered needs no device.
                    of("HassRespond", NONE, "", of -> {}),
                    of("HassNevermind", NONE, "", of -> {}));

    private static Intent of(
            String name, Set<Kind> kinds, String keys, Consumer<Performance> deed) {
        return new Intent(
                name, kinds, keys.isEmpty() ? List.of() : Arrays.asList(keys.split(" ")), deed);
    }

    private static Set<Kind> union(Set<Kind> some, Set<Kind> others) {
        Set<Kind> union = EnumSet.copyOf(some);
        union.addAll(others);
        return union;
    }

    /** {@return the intents that have something to do in a home} */
    static List<Intent> of(Plan plan) {
        return plan.intents() ? ALL.stream().filter(each -> each.isFor(plan)).toList() : List.of();
    }

    /** {@return the intent of this name, or null} */
    static @Nullable Intent named(String name) {
        for (Intent each : ALL) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        return null;
    }

    private boolean isFor(Plan plan) {
        if (name.startsWith("HassShoppingList")) {
            return plan.shoppingList() != null;
        }
        return kinds.isEmpty()
                || plan.items().stream().anyMatch(item -> kinds.contains(item.kind()));
    }

    /** {@return whether {@code all} may be given as a name} */
    boolean isForAll() {
        return name.startsWith("HassTurn");
    }

    /** {@return whether any name may be said: those of timers are made up, weather is elsewhere} */
    boolean isNamedFreely() {
        return kinds.isEmpty() || kinds.contains(Kind.WEATHER);
    }

    /** {@return whether nothing changes, so that several things of one name may be meant} */
    boolean isLook() {
        return name.startsWith("HassGet") || name.startsWith("HassClimateGet");
    }

    /** {@return whether it knows a key at all} */
    boolean knows(String key) {
        return keys.contains(key) || keys.contains(key + "!");
    }

    /** {@return what it takes in a home} */
    ActionSpec spec(Plan plan) {
        List<Parameter> parameters = new ArrayList<>();
        for (String each : keys) {
            boolean needed = each.endsWith("!");
            String key = needed ? each.substring(0, each.length() - 1) : each;
            Parameter parameter = IntentParameters.of(key, plan, this);
            parameters.add(needed ? parameter.required() : parameter);
        }
        return new ActionSpec(name, parameters, 0);
    }
}
