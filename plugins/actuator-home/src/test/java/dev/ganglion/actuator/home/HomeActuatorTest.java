package dev.ganglion.actuator.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HomeActuatorTest {
    @TempDir Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final HomeActuator actuator =
            new HomeActuator(new PrintStream(printed, true, StandardCharsets.UTF_8));

    private Actuator.Device open(String... given) {
        Map<String, String> options =
                given.length == 0
                        ? Map.of()
                        : given.length == 2
                                ? Map.of(given[0], given[1])
                                : Map.of(given[0], given[1], given[2], given[3]);
        return actuator.open(Options.of("act:home", actuator.options(), options, folder));
    }

    private List<String> lines() {
        List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
        printed.reset();
        return lines;
    }

    private static void refused(
            ThrowingCallable call, GanglionException.Kind kind, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GanglionException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageStartingWith("act:home: ")
                .hasMessageContainingAll(parts);
    }

    private static void unknown(ThrowingCallable call, String... parts) {
        refused(call, GanglionException.Kind.INPUT, parts);
    }

    @Test
    void aChangeIsPrintedAsOneLineOfJsonPerDevice() {
        try (Actuator.Device home = open()) {
            home.perform("light_on", Map.of("room", "kitchen", "brightness", 40.0));
            assertThat(lines())
                    .containsExactly(
                            "{\"room\":\"kitchen\",\"device\":\"ceiling light\",\"on\":true,"
                                    + "\"brightness\":40,\"colour\":\"white\"}",
                            "{\"room\":\"kitchen\",\"device\":\"counter light\",\"on\":true,"
                                    + "\"brightness\":40,\"colour\":\"white\"}");
        }
    }

    @Test
    void whatChangesNothingPrintsNothing() {
        try (Actuator.Device home = open()) {
            home.perform("light_off", Map.of());
            home.perform("light_dim", Map.of());
            home.perform("volume_mute", Map.of());
            assertThat(lines()).hasSize(1);
            home.perform("volume_mute", Map.of());
            assertThat(lines()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"living room", "The Living  Room", "lounge", "living-room", "my lounge"})
    void aRoomIsFoundByItsNamesHoweverTheyAreWritten(String room) {
        try (Actuator.Device home = open()) {
            home.perform("light_on", Map.of("room", room));
            assertThat(lines()).hasSize(2).allMatch(line -> line.contains("\"living room\""));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "house", "the house", "home", "everywhere"})
    void everyRoomIsMeantByAll(String room) throws IOException {
        try (Actuator.Device home = open()) {
            home.perform("light_on", Map.of("room", room));
            List<Object> rooms = new ArrayList<>();
            for (String line : lines()) {
                rooms.add(JSON.std.mapFrom(line).get("room"));
            }
            assertThat(rooms)
                    .contains(
                            "kitchen",
                            "living room",
                            "bedroom",
                            "bathroom",
                            "hall",
                            "office",
                            "garage");
        }
    }

    @Test
    void withoutARoomEveryRoomIsMeant() {
        try (Actuator.Device home = open()) {
            home.perform("light_colour", Map.of("colour", "red"));
            assertThat(lines()).hasSize(10).allMatch(line -> line.contains("\"colour\":\"red\""));
        }
    }

    @Test
    void dimmingNeverSwitchesOffAndBrighteningEndsAtTheMaximum() {
        try (Actuator.Device home = open()) {
            home.perform("light_on", Map.of("room", "hall", "brightness", 30.0));
            home.perform("light_dim", Map.of("room", "hall"));
            home.perform("light_dim", Map.of("room", "hall"));
            home.perform("light_brighten", Map.of("room", "hall", "by", 95.0));
            home.perform("light_brighten", Map.of("room", "hall", "by", 50.0));
            assertThat(lines())
                    .extracting(line -> line.replaceAll(".*\"brightness\":(\\d+).*", "$1"))
                    .containsExactly("30", "10", "1", "96", "100");
        }
    }

    @Test
    void aLightThatIsOffComesOnFromDarknessWhenItIsBrightened() {
        try (Actuator.Device home = open()) {
            home.perform("light_brighten", Map.of("room", "hall"));
            assertThat(lines())
                    .singleElement()
                    .asString()
                    .contains("\"on\":true,\"brightness\":20");
        }
    }

    @Test
    void aMachineIsSwitchedAsAPlug() {
        try (Actuator.Device home = open()) {
            home.perform("coffee_make", Map.of());
            home.perform("coffee_make", Map.of());
            home.perform("plug_off", Map.of("device", "coffee maker"));
            assertThat(lines())
                    .extracting(line -> line.replaceAll(".*(\"on\".*)", "$1"))
                    .containsExactly(
                            "\"on\":true,\"cups\":1}",
                            "\"on\":true,\"cups\":2}",
                            "\"on\":false,\"cups\":2}");
        }
    }

    @Test
    void theVacuumCleanerComesFromWhereverItStands() {
        try (Actuator.Device home = open()) {
            home.perform("vacuum_start", Map.of("room", "lounge"));
            assertThat(lines())
                    .containsExactly(
                            "{\"room\":\"hall\",\"device\":\"vacuum cleaner\",\"on\":true,"
                                    + "\"cleaning\":\"living room\"}");
        }
    }

    @Test
    void theVolumeStaysInItsRangeAndComesBackWhenItIsTurnedUp() {
        try (Actuator.Device home = open()) {
            home.perform("volume_mute", Map.of());
            home.perform("volume_up", Map.of("by", 95.0));
            home.perform("volume_down", Map.of("by", 100.0));
            assertThat(lines())
                    .extracting(line -> line.replaceAll(".*(\"volume\".*)", "$1"))
                    .containsExactly(
                            "\"volume\":30,\"muted\":true}",
                            "\"volume\":100,\"muted\":false}",
                            "\"volume\":0,\"muted\":false}");
        }
    }

    @Test
    void makeSafeSwitchesOffWhateverIsOn() {
        try (Actuator.Device home = open()) {
            home.perform("light_on", Map.of("room", "office"));
            home.perform("plug_on", Map.of("device", "printer"));
            home.perform("coffee_make", Map.of());
            home.perform("vacuum_start", Map.of());
            home.perform("thermostat_set", Map.of("room", "office", "temperature", 25.0));
            lines();
            home.makeSafe();
            assertThat(lines()).hasSize(4).allMatch(line -> line.contains("\"on\":false"));
        }
    }

    @Test
    void anUnknownRoomIsRefusedWithTheRoomsThereAre() {
        try (Actuator.Device home = open()) {
            unknown(
                    () -> home.perform("light_on", Map.of("room", "cellar")),
                    "no room 'cellar'",
                    "kitchen, living room, bedroom",
                    "all for every one");
            assertThat(lines()).isEmpty();
        }
    }

    @Test
    void aRoomWithoutSuchADeviceIsRefusedWithThePlacesOfThose() {
        try (Actuator.Device home = open()) {
            unknown(
                    () ->
                            home.perform(
                                    "thermostat_set", Map.of("room", "garage", "temperature", 20)),
                    "'garage' has no thermostat",
                    "thermostat (living room), thermostat (bedroom)");
        }
    }

    @Test
    void anUnknownPlugIsRefusedWithThePlugsThereAre() {
        try (Actuator.Device home = open()) {
            unknown(
                    () -> home.perform("plug_on", Map.of("device", "dryer")),
                    "no plug 'dryer'",
                    "kettle plug (kitchen)");
            unknown(
                    () -> home.perform("plug_on", Map.of("device", "kettle", "room", "office")),
                    "no plug 'kettle' in the room 'office'");
        }
    }

    @Test
    void aLightIsNoPlug() {
        try (Actuator.Device home = open()) {
            unknown(() -> home.perform("plug_off", Map.of("device", "floor lamp")), "floor lamp");
        }
    }

    @Test
    void aPlugOfWhichThereAreSeveralIsRefusedUntilTheRoomIsNamed() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("twins.json"),
                        """
                        {"rooms": [
                          {"name": "left", "devices": [{"name": "plug", "kind": "plug"}]},
                          {"name": "right", "devices": [{"name": "plug", "kind": "plug"}]}]}
                        """);
        try (Actuator.Device home = open("home", file.toString())) {
            unknown(
                    () -> home.perform("plug_on", Map.of("device", "plug")),
                    "the plug in the left or the plug in the right");
            assertThat(lines()).isEmpty();
            home.perform("plug_on", Map.of("device", "plug", "room", "right"));
            assertThat(lines()).hasSize(1);
            home.perform("plug_on", Map.of("device", "plug", "room", "all"));
            assertThat(lines()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"brightness, 0", "brightness, 101", "brightness, much"})
    void aValueOutOfRangeIsRefusedAlthoughTheFrameworkShouldHave(String name, String value) {
        try (Actuator.Device home = open()) {
            assertThatThrownBy(() -> home.perform("light_on", Map.of(name, value)))
                    .isInstanceOf(GanglionException.class)
                    .hasMessageContaining("1 to 100 in %");
        }
    }

    @Test
    void anUnknownActionIsMisuse() {
        try (Actuator.Device home = open()) {
            assertThatThrownBy(() -> home.perform("roof_open", Map.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("roof_open")
                    .hasMessageContaining("light_on, light_off");
        }
    }

    @Test
    void aClosedDeviceDoesNothing() {
        Actuator.Device home = open();
        home.perform("light_on", Map.of("room", "hall"));
        home.close();
        lines();
        assertThatThrownBy(() -> home.perform("light_on", Map.of()))
                .isInstanceOf(IllegalStateException.class);
        home.makeSafe();
        assertThat(lines()).isEmpty();
    }

    @Test
    void twoWhoOpenOneFileShareItsStateUnderWhateverName() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("one.yaml"),
                        "rooms: [{name: den, devices: [{name: lamp, kind: light}]}]");
        Path link = Files.createSymbolicLink(folder.resolve("other.yaml"), file);
        try (Actuator.Device first = open("home", "one.yaml");
                Actuator.Device second = open("home", link.toString())) {
            first.perform("light_on", Map.of());
            lines();
            second.perform("light_on", Map.of());
            assertThat(lines()).isEmpty();
            second.perform("light_off", Map.of());
            assertThat(lines()).hasSize(1);
        }
        try (Actuator.Device again = open("home", "one.yaml")) {
            again.perform("light_off", Map.of());
            assertThat(lines()).isEmpty();
        }
    }

    @Test
    void changesFromManyThreadsAreAllCounted() throws Exception {
        int threads = 4;
        int cups = 250;
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> makers = new ArrayList<>();
        try (Actuator.Device keeper = open()) {
            for (int i = 0; i < threads; i++) {
                Thread maker =
                        new Thread(
                                () -> {
                                    try (Actuator.Device home = open()) {
                                        start.await();
                                        for (int cup = 0; cup < cups; cup++) {
                                            home.perform("coffee_make", Map.of());
                                        }
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                });
                maker.start();
                makers.add(maker);
            }
            start.countDown();
            for (Thread maker : makers) {
                maker.join();
            }
            List<String> lines = lines();
            assertThat(lines).hasSize(threads * cups).doesNotHaveDuplicates();
            assertThat(lines.get(lines.size() - 1)).contains("\"cups\":" + threads * cups);
            keeper.makeSafe();
        }
    }

    @Test
    void changesAreAppendedToAFileAndNotToStandardError() throws IOException {
        Path file = Files.writeString(folder.resolve("log.jsonl"), "{}\n");
        try (Actuator.Device home = open("print", file.toString())) {
            home.perform("light_on", Map.of("room", "hall"));
        }
        assertThat(Files.readAllLines(file)).hasSize(2).element(1).asString().contains("hall");
        assertThat(lines()).isEmpty();
    }

    @Test
    void noneKeepsQuiet() {
        try (Actuator.Device home = open("print", "none")) {
            home.perform("light_on", Map.of());
        }
        assertThat(lines()).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFileThatCannotBeWrittenIsRefused() {
        refused(
                () -> open("print", "no/such/folder/log.jsonl"),
                GanglionException.Kind.SETUP,
                folder.resolve("no/such/folder/log.jsonl").toString(),
                "cannot be written");
    }

    @Test
    void aMissingHomeIsRefused() {
        refused(
                () -> open("home", "none.yaml"),
                GanglionException.Kind.SETUP,
                folder.resolve("none.yaml").toString());
    }

    @Test
    void eachActionDescribesItsParameters() {
        for (ActionSpec action : HomeDevice.ACTIONS) {
            assertThat(action.parameters())
                    .as(action.name())
                    .isNotEmpty()
                    .allSatisfy(parameter -> assertThat(parameter.description()).isNotBlank());
        }
    }
}
