package dev.ganglion.camel.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.runtime.act.AuditLog;
import dev.ganglion.runtime.act.Envelopes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When a device is made safe because its route is no more. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SafeStateTest {
    @TempDir Path folder;

    private static Path lamp(TestHouse house) {
        return house.running(
                "lamp",
                "direct:said",
                "encode:toy-bytes",
                "infer:letters",
                "decide:toy-argmax",
                "act:recording?actions=actions.yaml");
    }

    @Test
    void whenItsRouteIsRemoved() throws Exception {
        try (TestHouse house = new TestHouse(folder)) {
            Path file = lamp(house);
            house.template.sendBody("direct:said", "+");
            assertThat(house.done()).containsExactly("light_on");
            assertThat(house.actuator.madeSafe()).isZero();
            house.files.remove(file);
            assertThat(house.actuator.madeSafe()).isOne();
            assertThat(house.actuator.openDevices()).isZero();
        }
    }

    @Test
    void whenTheContainerStops() throws Exception {
        TestHouse house = new TestHouse(folder);
        lamp(house);
        house.close();
        assertThat(house.actuator.madeSafe()).isOne();
    }

    @Test
    void whenWhatTheRouteNeedsIsGoneForGood() throws Exception {
        try (TestHouse house = new TestHouse(folder)) {
            Path file = lamp(house);
            house.write("routes/lamp.camel.yaml", "- route: {id: lamp, from: {uri: 'direct:said'");
            house.files.load(file);
            assertThat(house.actuator.madeSafe()).as("its last good version runs on").isZero();
            house.files.close();
            assertThat(house.actuator.madeSafe()).isOne();
        }
    }

    @Test
    void notWhenItsRouteIsEditedOrHasWorkedOffWhatThereWas() throws Exception {
        TestHouse house = new TestHouse(folder);
        Path file = lamp(house);
        Files.writeString(file, Files.readString(file) + "\n");
        house.loaded(file);
        assertThat(house.actuator.madeSafe()).isZero();
        house.words.cameToEnd();
        house.close();
        assertThat(house.actuator.madeSafe()).isZero();
    }

    @Test
    void theAuditLogSaysWhoAskedAndWhenItWasMadeSafe() throws Exception {
        Path limits =
                Files.writeString(
                        folder.resolve("envelope.yaml"),
                        "actuators: {recording: {deny: [light_off]}}");
        try (TestHouse house = new TestHouse(folder);
                Envelopes envelopes =
                        new Envelopes(
                                limits,
                                AuditLog.in(folder.resolve("audit"), Clock.systemUTC()),
                                Clock.systemUTC())) {
            assertThat(envelopes.problem()).isEmpty();
            house.words.envelopes(envelopes);
            Path file = lamp(house);
            house.template.sendBody("direct:said", "+");
            house.template.sendBody("direct:said", "-");
            house.files.remove(file);
            assertThat(house.done()).containsExactly("light_on");
            assertThat(house.reports.get(1).action().refusal()).contains("is denied by");
            assertThat(Files.readAllLines(folder.resolve("audit").resolve(AuditLog.FILE)))
                    .satisfiesExactly(
                            asked -> assertThat(asked).contains("\"outcome\":\"asked\""),
                            on ->
                                    assertThat(on)
                                            .contains(
                                                    "\"route\":\"lamp\"",
                                                    "\"model\":\"letters@1\"",
                                                    "\"trace\":\"" + house.reports.get(0).trace(),
                                                    "\"outcome\":\"performed\""),
                            off -> assertThat(off).contains("\"outcome\":\"refused\""),
                            safe ->
                                    assertThat(safe)
                                            .contains(
                                                    "\"outcome\":\"made safe\"",
                                                    "its route stopped"));
        }
    }
}
