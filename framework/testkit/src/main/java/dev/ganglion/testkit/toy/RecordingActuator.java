package dev.ganglion.testkit.toy;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A house that exists only in the test: it keeps what was done in it, and can be told to fail. The
 * rooms are kitchen, hall and bedroom. Thread-safe; all devices that it opens write into one list.
 */
public final class RecordingActuator implements Actuator {
    private static final List<String> ROOMS = List.of("kitchen", "hall", "bedroom");
    private static final String DEVICE = "simulated";
    private static final Parameter ROOM =
            Parameter.text("room").required().describedAs("kitchen, hall or bedroom");
    private static final List<ActionSpec> ACTIONS =
            List.of(
                    ActionSpec.of("light_on", ROOM),
                    ActionSpec.of("light_off", ROOM),
                    ActionSpec.of(
                            "set_level",
                            ROOM,
                            Parameter.number("level", "%", 0, 100)
                                    .required()
                                    .describedAs("how far the blind is open")),
                    ActionSpec.of(
                            "say", Parameter.text("text").required().describedAs("what to say")));

    private final List<Performed> performed = new ArrayList<>();
    private @Nullable GanglionException failure;
    private int openDevices;
    private int madeSafe;

    /** A house in which nothing was done yet. */
    public RecordingActuator() {}

    /** An action that was performed. */
    public record Performed(String action, Map<String, Object> parameters) {
        /** Copies the map. */
        public Performed {
            parameters = Map.copyOf(parameters);
        }
    }

    @Override
    public String name() {
        return "recording";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.text("device")
                        .withDefault(DEVICE)
                        .describedAs("which house; there is only '" + DEVICE + "'"));
    }

    @Override
    public List<ActionSpec> actions(Options options) {
        return ACTIONS;
    }

    @Override
    public synchronized Device open(Options options) {
        String device = options.text("device");
        if (!device.equals(DEVICE)) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    "act:recording: there is no device '" + device + "'; there is: " + DEVICE);
        }
        openDevices++;
        return new House();
    }

    /** {@return what was done so far, in order} */
    public synchronized List<Performed> performed() {
        return List.copyOf(performed);
    }

    /** {@return how often a device was made safe} */
    public synchronized int madeSafe() {
        return madeSafe;
    }

    /** {@return how many devices are open} */
    public synchronized int openDevices() {
        return openDevices;
    }

    /** From now on each action fails with this, and is not kept; null ends it. */
    public synchronized void failWith(@Nullable GanglionException newFailure) {
        failure = newFailure;
    }

    private synchronized void keep(String action, Map<String, Object> parameters) {
        if (failure != null) {
            throw failure;
        }
        if (ACTIONS.stream().noneMatch(known -> known.name().equals(action))) {
            throw new IllegalArgumentException(
                    "act:recording has no action '" + action + "'; it has: " + ACTIONS);
        }
        Object room = parameters.get(ROOM.name());
        if (room != null && !ROOMS.contains(room.toString())) {
            throw new GanglionException(
                    GanglionException.Kind.INPUT,
                    "act:recording: there is no room '"
                            + room
                            + "'; there are: "
                            + String.join(", ", ROOMS));
        }
        performed.add(new Performed(action, parameters));
    }

    private synchronized void countSafe() {
        madeSafe++;
    }

    private synchronized void countClosed() {
        openDevices--;
    }

    private final class House implements Device {
        private boolean closed;

        @Override
        public void perform(String action, Map<String, Object> parameters) {
            if (closed) {
                throw new IllegalStateException(
                        "act:recording: '" + action + "' was asked of a closed device");
            }
            keep(action, parameters);
        }

        @Override
        public void makeSafe() {
            countSafe();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                countClosed();
            }
        }
    }
}
