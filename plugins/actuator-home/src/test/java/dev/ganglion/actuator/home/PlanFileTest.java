package dev.ganglion.actuator.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
