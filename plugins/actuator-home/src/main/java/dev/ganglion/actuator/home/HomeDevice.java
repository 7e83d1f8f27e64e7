package dev.ganglion.actuator.home;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One route's access to a home. */
final class HomeDevice implements Actuator.Device {
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
                    "blue",
                    "purple",
                    "pink");

    private static final Parameter ROOM =
            Parameter.text("room")
                    .withDefault(Plan.ALL)
                    .describedAs("the room or one of its other names, all for every one");
    private static final Parameter LIGHT_BY =
            Parameter.number("by", "%", 1, 100)
                    .withDefault("20")
                    .describedAs("how much of the full brightness");
    private static final Parameter VOLUME_BY =
            Parameter.number("by", "%", 1, 100)
                    .withDefault("10")
                    .describedAs("how much of the full volume");
    private static final Parameter PLUG =
            Parameter.text("device")
                    .required()
                    .describedAs("what is plugged in, or the plug, or a machine");
    private static final Parameter PLUG_ROOM =
            Parameter.text("room")
                    .describedAs("where it is; needed when several have the same name");

    static final List<ActionSpec> ACTIONS =
            List.of(
                    ActionSpec.of(
                            "light_on",
                            ROOM,
                            Parameter.number("brightness", "%", 1, 100)
                                    .describedAs("of the full brightness; the last one if absent")),
                    ActionSpec.of("light_off", ROOM),
                    ActionSpec.of("light_dim", ROOM, LIGHT_BY),
                    ActionSpec.of("light_brighten", ROOM, LIGHT_BY),
                    ActionSpec.of(
                            "light_colour",
                            ROOM,
                            Parameter.choice("colour", COLOURS)
                                    .required()
                                    .describedAs("what colour the light gets")),
                    ActionSpec.of("plug_on", PLUG, PLUG_ROOM),
                    ActionSpec.of("plug_off", PLUG, PLUG_ROOM),
                    ActionSpec.of("coffee_make", ROOM),
                    ActionSpec.of(
                            "vacuum_start", ROOM.describedAs("what to clean, all for every room")),
                    ActionSpec.of("volume_up", ROOM, VOLUME_BY),
                    ActionSpec.of("volume_down", ROOM, VOLUME_BY),
                    ActionSpec.of("volume_mute", ROOM),
                    ActionSpec.of(
                            "thermostat_set",
                            ROOM,
                            Parameter.number("temperature", "Cel", 5, 35)
                                    .required()
                                    .describedAs("what the thermostat aims at")));

    /**
     * {@return what can be done in a home: the simple actions, then the intents if it wants them}
     */
    static List<ActionSpec> actions(Plan plan) {
        return Stream.concat(
                        ACTIONS.stream(), Intent.of(plan).stream().map(each -> each.spec(plan)))
                .toList();
    }

    private final Home home;
    private final Consumer<String> lines;
    private final Runnable release;
    private final Clock clock;
    private final List<Intent> intents;

    /** What the last action changed. */
    private List<Home.Change> last = List.of();

    private volatile boolean closed;

    /**
     * @param clock what timers go by and the time of day is told by
     * @param lines takes each change as a line of JSON
     * @param release called once, when this is closed
     */
    HomeDevice(Home home, Clock clock, Consumer<String> lines, Runnable release) {
        this.home = home;
        this.clock = clock;
        this.intents = Intent.of(home.plan());
        this.lines = lines;
        this.release = release;
    }

    @Override
    public void perform(String action, Map<String, Object> parameters) {
        if (closed) {
            throw new IllegalStateException("the home was closed, open it again");
        }
        last = new ArrayList<>();
        for (Intent intent : intents) {
            if (intent.name().equals(action)) {
                perform(intent, parameters);
                return;
            }
        }
        Options given = check(home.plan(), action, parameters);
        switch (action) {
            case "light_on" -> change(given, Kind.LIGHT, state -> lightOn(state, given));
            case "light_off" -> change(given, Kind.LIGHT, state -> state.put("on", false));
            case "light_dim" -> change(given, Kind.LIGHT, state -> Lights.dim(state, by(given)));
            case "light_brighten" ->
                    change(given, Kind.LIGHT, state -> Lights.brighten(state, by(given)));
            case "light_colour" ->
                    change(
                            given,
                            Kind.LIGHT,
                            state -> {
                                state.put("on", true);
                                state.put("colour", given.text("colour"));
                            });
            case "plug_on" -> change(plugs(given), state -> state.put("on", true));
            case "plug_off" -> change(plugs(given), Kind.PLUG::off);
            case "coffee_make" ->
                    change(
                            given,
                            Kind.COFFEE_MACHINE,
                            state -> {
                                state.put("on", true);
                                state.put("cups", whole(state, "cups") + 1);
                            });
            case "vacuum_start" -> vacuum(given.text("room"));
            case "volume_up" -> change(given, Kind.SPEAKER, state -> volume(state, given, 1));
            case "volume_down" -> change(given, Kind.SPEAKER, state -> volume(state, given, -1));
            case "volume_mute" -> change(given, Kind.SPEAKER, state -> state.put("muted", true));
            default -> thermostat(given.text("room"), given.number("temperature"));
        }
    }

    /** {@return the parameters of a simple action with their types and defaults} */
    static Options check(Plan plan, String action, Map<String, Object> parameters) {
        for (ActionSpec spec : ACTIONS) {
            if (spec.name().equals(action)) {
                return Options.of(action, spec.parameters(), parameters, Path.of(""));
            }
        }
        throw new IllegalArgumentException(
                "a home has no action '"
                        + action
                        + "'; it has: "
                        + actions(plan).stream()
                                .map(ActionSpec::name)
                                .collect(Collectors.joining(", ")));
    }

    private void perform(Intent intent, Map<String, Object> parameters) {
        for (String key : parameters.keySet()) {
            if (!intent.knows(key)) {
                throw new IllegalArgumentException(
                        intent.name()
                                + " takes no '"
                                + key
                                + "'; it takes: "
                                + intent.spec(home.plan()).parameters());
            }
        }
        Given given = new Given(home.plan(), intent.name(), parameters);
        intent.deed().accept(new Performance(home, intent, given, clock, lines, last));
    }

    private void change(Options given, Kind kind, Consumer<Map<String, Object>> change) {
        change(home.plan().items(given.text("room"), kind), change);
    }

    private void change(List<Plan.Item> items, Consumer<Map<String, Object>> change) {
        home.change(items, (item, state) -> change.accept(state), lines, last);
    }

    private void thermostat(String room, double temperature) {
        List<Plan.Item> items = home.plan().items(room, Kind.THERMOSTAT);
        home.plan().checkTemperature(items, temperature);
        change(items, state -> state.put("temperature", temperature));
    }

    private List<Plan.Item> plugs(Options given) {
        return plugs(home.plan(), given);
    }

    /** {@return what a simple action would switch} */
    static List<Plan.Item> plugs(Plan plan, Options given) {
        @Nullable String room = given.has("room") ? given.text("room") : null;
        return plan.switched(given.text("device"), room);
    }

    private static void lightOn(Map<String, Object> state, Options given) {
        state.put("on", true);
        if (given.has("brightness")) {
            state.put("brightness", Math.max(1, Math.round(given.number("brightness"))));
        }
    }

    private static void volume(Map<String, Object> state, Options given, int direction) {
        long next = whole(state, "volume") + direction * Math.round(given.number("by"));
        state.put("volume", Math.max(0, Math.min(100, next)));
        if (direction > 0) {
            state.put("muted", false);
        }
    }

    /** The room need not be where the vacuum cleaner stands. */
    private void vacuum(String room) {
        String where = home.plan().roomName(room);
        change(
                home.plan().items(Plan.ALL, Kind.VACUUM_CLEANER),
                state -> {
                    state.put("on", true);
                    state.put("cleaning", where);
                });
    }

    private static long whole(Map<String, Object> state, String key) {
        return state.get(key) instanceof Long value ? value : 0;
    }

    private static long by(Options given) {
        return Math.round(given.number("by"));
    }

    /** Switches off whatever draws power and closes valves; see {@link Kind#makeSafe}. */
    @Override
    public void makeSafe() {
        if (!closed) {
            home.change(
                    home.plan().items(),
                    (item, state) -> item.kind().makeSafe(state),
                    lines,
                    new ArrayList<>());
        }
    }

    @Override
    public boolean undo() {
        List<Home.Change> changes = last;
        last = List.of();
        return !closed && home.undo(changes, lines);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            release.run();
        }
    }
}
