package dev.ganglion.actuator.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntityTest {
    private final Entity light =
            new Entity(
                    new Plan.Item("den", "lamp", Plan.Kind.LIGHT, List.of()), "g_lamp", "g/lamp");
    private final Entity plug =
            new Entity(new Plan.Item("den", "fan", Plan.Kind.PLUG, List.of()), "g_fan", "g/fan");
    private final State state = new State(true, 40, 0x010203);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void refused(Entity entity, byte[] command, String... parts) {
        assertThatThrownBy(() -> entity.commanded(command, State.FIRST))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        e -> assertThat(e.kind()).isEqualTo(GanglionException.Kind.INPUT))
                .hasMessageStartingWith(entity.commandTopic() + ": ")
                .hasMessageContainingAll(parts);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"state\":\"OFF\"}; false; 40; 66051",
                "{\"state\":\"ON\",\"brightness\":7}; true; 7; 66051",
                "{\"state\":\"ON\",\"color\":{\"r\":255,\"g\":128,\"b\":0}}; true; 40; 16744448",
                "{\"brightness\":0}; false; 40; 66051",
                "{\"state\":\"ON\",\"transition\":2,\"effect\":\"x\"}; true; 40; 66051",
                "{}; true; 40; 66051",
            })
    void aLightDoesWhatItIsCommanded(String command, boolean on, int percent, int rgb) {
        assertThat(light.commanded(bytes(command), state)).isEqualTo(new State(on, percent, rgb));
    }

    @Test
    void aSwitchDoesWhatItIsCommanded() {
        assertThat(plug.commanded(bytes("OFF"), state).on()).isFalse();
        assertThat(plug.commanded(bytes("ON"), State.FIRST).on()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "ON; an object in JSON",
                "[]; an object in JSON",
                "{\"state\":; an object in JSON",
                "{\"state\":\"on\"}; ON or OFF",
                "{\"state\":true}; ON or OFF",
                "{\"brightness\":101}; a number from 0 to 100 as brightness",
                "{\"brightness\":\"half\"}; a number from 0 to 100 as brightness",
                "{\"color\":\"red\"}; r, g and b as color",
                "{\"color\":{\"r\":1,\"g\":2}}; a number from 0 to 255 as b",
                "{\"color\":{\"r\":-1,\"g\":2,\"b\":3}}; a number from 0 to 255 as r",
            })
    void aLightRefusesWhatItDoesNotDeclare(String command, String expected) {
        refused(light, bytes(command), expected);
    }

    @Test
    void aSwitchRefusesWhatIsNeitherOnNorOff() {
        refused(plug, bytes("on"), "ON or OFF", "'on'");
        refused(plug, bytes(""), "ON or OFF");
        refused(plug, new byte[] {-1}, "ON or OFF");
    }

    @Test
    void aHugeCommandIsRefusedWithoutBeingShown() {
        refused(light, new byte[4097], "at most 4096 bytes", "4097 bytes");
        assertThatThrownBy(() -> plug.commanded(bytes("x".repeat(4000)), state))
                .message()
                .hasSizeLessThan(300);
    }

    @Test
    void dimmingAndBrighteningStayInTheRange() {
        assertThat(state.dimmedBy(90).brightnessPercent()).isEqualTo(1);
        assertThat(state.brightenedBy(90).brightnessPercent()).isEqualTo(100);
        assertThat(State.FIRST.dimmedBy(20)).isEqualTo(State.FIRST);
        assertThat(State.FIRST.brightenedBy(20)).isEqualTo(new State(true, 20, 0xFFFFFF));
    }
}
