package dev.ganglion.actuator.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanFileTest {
    @TempDir Path folder;

    private Plan read(String name, String text) throws IOException {
        return PlanFile.read("act:home", Files.writeString(folder.resolve(name), text));
    }

    private void refused(String text, String... parts) {
        refusedIn("home.yaml", text, parts);
    }

    private void refusedIn(String name, String text, String... parts) {
        assertThatThrownBy(() -> read(name, text))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        e -> assertThat(e.kind()).isEqualTo(GanglionException.Kind.SETUP))
                .hasMessageStartingWith("act:home: home " + folder.resolve(name))
                .hasMessageContainingAll(parts);
    }

    @Test
    void yamlAndJsonSayTheSame() throws IOException {
        Plan yaml =
                read(
                        "a.yaml",
                        """
                        rooms:
                          - name: The Den
                            aliases: [hide-out]
                            devices:
                              - {name: lamp, kind: light, aliases: [big light]}
                              - {name: robot, kind: Vacuum Cleaner}
                        """);
        Plan json =
                read(
                        "a.json",
                        """
                        {
                        \t"rooms": [{"name": "The Den", "aliases": ["hide-out"], "devices": [
                        \t\t{"name": "lamp", "kind": "light", "aliases": ["big light"]},
                        \t\t{"name": "robot", "kind": "Vacuum Cleaner"}]}]
                        }
                        """);
        assertThat(json).isEqualTo(yaml);
        assertThat(yaml.rooms().get(0).name()).isEqualTo("den");
        assertThat(yaml.roomName("Hide Out")).isEqualTo("den");
    }

    @Test
    void theEmbeddedHomeHasSevenRooms() {
        assertThat(PlanFile.embedded("act:home").rooms())
                .extracting(Plan.Room::name)
                .containsExactly(
                        "kitchen",
                        "living room",
                        "bedroom",
                        "bathroom",
                        "hall",
                        "office",
                        "garage");
    }

    @Test
    void aWordThatIsOnlyAnArticleIsKept() {
        assertThat(Plan.said(" The ")).isEqualTo("the");
        assertThat(Plan.said("The  Big_Room")).isEqualTo("big room");
    }

    @Test
    void brokenYamlIsRefusedByLine() {
        refused("rooms:\n  - name: [\n", "line ");
    }

    @Test
    void brokenJsonIsRefusedByLine() {
        refusedIn("home.json", "{\n\"rooms\": [,]}", "line 2");
    }

    @Test
    void aKeyThatComesTwiceIsRefused() {
        refusedIn("home.json", "{\"rooms\": [], \"rooms\": []}", "rooms");
        refused("rooms: []\nrooms: []\n", "rooms");
    }

    @Test
    void anEmptyFileIsRefused() {
        refused("", "rooms were expected");
    }

    @Test
    void aHomeWithoutRoomsIsRefused() {
        refused("rooms: []", "at least one room");
        refused("rooms: kitchen", "a list was expected as 'rooms'", "kitchen");
    }

    @Test
    void anUnknownKeyIsRefusedWithThoseThereAre() {
        refused("floors: []", "no 'floors'", "it has: rooms");
        refused(
                "rooms: [{name: den, windows: 2, devices: []}]",
                "room 1 has no 'windows'",
                "name, aliases, devices");
    }

    @Test
    void anUnknownKindIsRefusedWithThoseThereAre() {
        refused(
                "rooms: [{name: den, devices: [{name: set, kind: television}]}]",
                "room 'den', device 1",
                "light, plug, coffee machine, vacuum cleaner, thermostat, speaker",
                "'television'");
    }

    @Test
    void aNameThatIsNoTextIsRefused() {
        refused("rooms: [{name: 7, devices: []}]", "room 1: text was expected as 'name'", "7");
        refused("rooms: [{devices: []}]", "'name'", "null");
        refused("rooms: [{name: den, aliases: [[]], devices: []}]", "'aliases'");
    }

    @Test
    void twoRoomsOrDevicesOfOneNameAreRefused() {
        refused(
                "rooms: [{name: den, devices: []}, {name: x, aliases: [The Den], devices: []}]",
                "room 2: a second room is called 'den'");
        refused(
                "rooms: [{name: den, devices: [{name: a, kind: plug}, {name: A, kind: light}]}]",
                "a second device is called 'a'");
    }

    @Test
    void aRoomMayNotBeCalledWhatStandsForEveryRoom() {
        refused("rooms: [{name: den, aliases: [House], devices: []}]", "'house'", "every room");
    }

    @Test
    void aFileThatIsFarTooLargeIsRefused() {
        refused("#".repeat((1 << 20) + 1), "at most 1048576 bytes");
    }

    @Test
    void yamlThatGrowsFromItselfIsRefused() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 60; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        refused(bomb.toString(), "aliases");
    }

    @Test
    void aFolderIsRefused() throws IOException {
        Path home = Files.createDirectory(folder.resolve("folder"));
        assertThatThrownBy(() -> PlanFile.read("act:home", home))
                .hasMessageContaining("no such file")
                .isInstanceOf(GanglionException.class);
    }

    @Test
    void floorsAreNamedByTheRoomsOnThem() throws IOException {
        Plan plan =
                read(
                        "floors.yaml",
                        """
                        rooms:
                          - {name: den, floor: [Ground Floor, downstairs], devices: []}
                          - {name: hall, floor: ground floor, devices: []}
                          - {name: loft, floor: [attic, top floor], devices: []}
                        """);
        assertThat(plan.floors())
                .containsExactly(
                        new Plan.Floor("ground floor", List.of("downstairs")),
                        new Plan.Floor("attic", List.of("top floor")));
        assertThat(plan.floor("The Downstairs")).isEqualTo("ground floor");
        assertThat(plan.intents()).isFalse();
    }

    @Test
    void floorsThatCannotBeToldApartAreRefused() {
        refused(
                "rooms: [{name: a, floor: [up, high], devices: []}, {name: b, floor: [top, high],"
                        + " devices: []}]",
                "two floors are called 'high'");
        refused("rooms: [{name: a, floor: [], devices: []}]", "room 1", "'floor'", "none");
        refused("rooms: [{name: a, floor: 3, devices: []}]", "text was expected as 'floor'");
    }

    @Test
    void aDeviceHasTheFirstStateThatTheFileSays() throws IOException {
        Plan plan =
                read(
                        "states.yaml",
                        """
                        rooms:
                          - name: den
                            devices:
                              - {name: lamp, kind: light, state: "on"}
                              - {name: door, kind: lock, state: unlocked}
                              - {name: blind, kind: cover, device_class: Blind, state: open}
                              - {name: air, kind: sensor, state: 40, unit: "%"}
                              - {name: stove, kind: thermostat, minimum: 22, maximum: 24}
                        """);
        assertThat(plan.items())
                .extracting(Plan.Item::first)
                .containsExactly(
                        Map.of("on", true, "brightness", 100L, "colour", "white"),
                        Map.of("locked", false),
                        Map.of("position", 100L),
                        Map.of("state", 40, "unit", "%"),
                        Map.of("temperature", 22.0));
        assertThat(plan.items().get(2).deviceClass()).isEqualTo("blind");
    }

    @Test
    void whatDoesNotFitTheKindIsRefused() {
        refusedDevice("kind: lock, state: ajar", "'state' takes locked or unlocked, found 'ajar'");
        refusedDevice("kind: sensor, state: []", "a number or text was expected as 'state'");
        refusedDevice("kind: scene, state: on", "a scene, has no 'state'");
        refusedDevice("kind: light, device_class: blind", "a light, has no 'device_class'");
        refusedDevice("kind: fan, unit: Cel", "a fan, has no 'unit'; it has: name, kind");
        refusedDevice("kind: thermostat, minimum: cold", "a number was expected as 'minimum'");
        refusedDevice("kind: thermostat, minimum: 30, maximum: 20", "30.0", "20.0");
    }

    private void refusedDevice(String device, String... parts) {
        refused("rooms: [{name: den, devices: [{name: x, " + device + "}]}]", parts);
    }

    @Test
    void whatBelongsToTheWholeHouseIsCheckedToo() {
        refused("rooms: [{name: a, devices: []}]\ndevices: 3", "'devices'");
        refused(
                "rooms: [{name: a, devices: []}]\n"
                        + "devices: [{name: p, kind: scene}, {name: P, kind: script}]",
                "the whole house, device 2: a second device is called 'p'");
        refused("intents: perhaps\nrooms: [{name: a, devices: []}]", "'intents'", "perhaps");
    }

    @Test
    void sensorsOfOneThingMayHaveItsName() throws IOException {
        Plan plan =
                read(
                        "phone.yaml",
                        """
                        rooms: [{name: a, devices: []}]
                        devices:
                          - {name: phone, kind: sensor, device_class: battery, state: 5}
                          - {name: phone, kind: binary sensor, device_class: battery}
                        """);
        assertThat(plan.items()).hasSize(2);
        refused(
                "rooms: [{name: a, devices: []}]\n"
                        + "devices: [{name: p, kind: sensor}, {name: p, kind: sensor}]",
                "a second device is called 'p'");
    }
}
