package dev.ganglion.testkit.toy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.testkit.ActuatorContract;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordingActuatorTest extends ActuatorContract {
    private final RecordingActuator house = new RecordingActuator();

    @Override
    protected Actuator actuator() {
        return house;
    }

    @Override
    protected Map<String, Map<String, Object>> examples() {
        return Map.of(
                "light_on", Map.of("room", "kitchen"),
                "light_off", Map.of("room", "hall"),
                "set_level", Map.of("room", "bedroom", "level", 40.0),
                "say", Map.of("text", "good night"));
    }

    @Override
    protected Map<String, Map<String, Object>> unknownThings() {
        return Map.of("light_on", Map.of("room", "observatory"));
    }

    @Override
    protected Map<String, String> unreachable() {
        return Map.of("device", "elsewhere");
    }

    private Actuator.Device open() {
        return house.open(Options.of("recording", house.options(), Map.of(), Path.of("")));
    }

    @Test
    void whatWasDoneIsKeptInOrder() {
        try (Actuator.Device device = open()) {
            device.perform("light_on", Map.of("room", "hall"));
            device.perform("say", Map.of("text", "done"));
            device.makeSafe();
        }
        assertThat(house.performed())
                .containsExactly(
                        new RecordingActuator.Performed("light_on", Map.of("room", "hall")),
                        new RecordingActuator.Performed("say", Map.of("text", "done")));
        assertThat(house.madeSafe()).isOne();
        assertThat(house.openDevices()).isZero();
    }

    @Test
    void aFailureThatTheTestAsksForIsThrownAndNothingIsKept() {
        GanglionException failure =
                new GanglionException(GanglionException.Kind.RETRY, "the lamp did not answer");
        try (Actuator.Device device = open()) {
            house.failWith(failure);
            assertThatThrownBy(() -> device.perform("light_on", Map.of("room", "hall")))
                    .isSameAs(failure);
            device.makeSafe();
            house.failWith(null);
            device.perform("light_on", Map.of("room", "kitchen"));
        }
        assertThat(house.performed())
                .extracting(RecordingActuator.Performed::parameters)
                .containsExactly(Map.of("room", "kitchen"));
    }

    @Test
    void aClosedDevicePerformsNothing() {
        Actuator.Device device = open();
        device.close();
        assertThatThrownBy(() -> device.perform("say", Map.of("text", "hello")))
                .isInstanceOf(IllegalStateException.class);
        assertThat(house.performed()).isEmpty();
    }

    @Test
    void anActionThatWasNotDeclaredIsRefused() {
        try (Actuator.Device device = open()) {
            assertThatThrownBy(() -> device.perform("open_door", Map.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("open_door");
        }
    }
}
