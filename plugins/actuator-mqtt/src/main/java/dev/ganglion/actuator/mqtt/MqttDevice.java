package dev.ganglion.actuator.mqtt;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One route's access to a hub. */
final class MqttDevice implements Actuator.Device {
    private static final Parameter ROOM =
            Parameter.text("room")
                    .withDefault(Plan.ALL)
                    .describedAs("the room or one of its other names, all for every one");
    private static final Parameter BY =
            Parameter.number("by", "%", 1, 100)
                    .withDefault("20")
                    .describedAs("how much of the full brightness");
    private static final Parameter PLUG =
            Parameter.text("device")
                    .required()
                    .describedAs("what is plugged in, or the plug, or a machine");
    private static final Parameter PLUG_ROOM =
            Parameter.text("room")
                    .describedAs("where it is; needed when several have the same name");

    /** The names and parameters are those of {@code act:home}: a route can change its actuator. */
    static final List<ActionSpec> ACTIONS =
            List.of(
                    ActionSpec.of(
                            "light_on",
                            ROOM,
                            Parameter.number("brightness", "%", 1, 100)
                                    .describedAs("of the full brightness; the last one if absent")),
                    ActionSpec.of("light_off", ROOM),
                    ActionSpec.of("light_dim", ROOM, BY),
                    ActionSpec.of("light_brighten", ROOM, BY),
                    ActionSpec.of(
                            "light_colour",
                            ROOM,
                            Parameter.choice(
                                            "colour",
                                            State.COLOURS.keySet().stream().sorted().toList())
                                    .required()
                                    .describedAs("what colour the light gets")),
                    ActionSpec.of("plug_on", PLUG, PLUG_ROOM),
                    ActionSpec.of("plug_off", PLUG, PLUG_ROOM));

    private final Hub hub;
    private final Runnable release;
    private volatile boolean closed;

    /**
     * @param release called once, when this is closed
     */
    MqttDevice(Hub hub, Runnable release) {
        this.hub = hub;
        this.release = release;
    }

    @Override
    public void perform(String action, Map<String, Object> parameters) {
        if (closed) {
            throw new IllegalStateException("the connection was closed, open it again");
        }
        Options given = check(action, parameters);
        switch (action) {
            case "light_on" ->
                    lights(
                            given,
                            state ->
                                    given.has("brightness")
                                            ? state.bright(given.number("brightness"))
                                            : state.switched(true));
            case "light_off" -> lights(given, state -> state.switched(false));
            case "light_dim" -> lights(given, state -> state.dimmedBy(given.number("by")));
            case "light_brighten" -> lights(given, state -> state.brightenedBy(given.number("by")));
            case "light_colour" -> {
                int rgb = State.COLOURS.getOrDefault(given.text("colour"), State.FIRST.rgb());
                lights(given, state -> state.coloured(rgb));
            }
            default -> {
                @Nullable String room = given.has("room") ? given.text("room") : null;
                boolean on = action.equals("plug_on");
                hub.change(
                        hub.plan().switched(given.text("device"), room),
                        state -> state.switched(on));
            }
        }
    }

    /** {@return the parameters with their types and defaults} */
    private static Options check(String action, Map<String, Object> parameters) {
        for (ActionSpec spec : ACTIONS) {
            if (spec.name().equals(action)) {
                return Options.of(action, spec.parameters(), parameters, Path.of(""));
            }
        }
        throw new IllegalArgumentException(
                "act:mqtt has no action '"
                        + action
                        + "'; it has: "
                        + ACTIONS.stream().map(ActionSpec::name).collect(Collectors.joining(", ")));
    }

    private void lights(Options given, UnaryOperator<State> change) {
        hub.change(hub.plan().items(given.text("room"), Plan.Kind.LIGHT), change);
    }

    @Override
    public void makeSafe() {
        if (!closed) {
            hub.switchOff();
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            release.run();
        }
    }
}
