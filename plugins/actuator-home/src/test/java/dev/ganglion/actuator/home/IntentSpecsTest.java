package dev.ganglion.actuator.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntentSpecsTest {
    static final Path ASSISTANT =
            Path.of(System.getProperty("ganglion.root"), "routes/assistant/home.yaml");

    @TempDir Path folder;

    private final HomeActuator actuator = new HomeActuator();

    private List<ActionSpec> actions(Path home) {
        return actuator.actions(
                Options.of(
                        "act:home", actuator.options(), Map.of("home", home.toString()), folder));
    }

    private List<ActionSpec> actions(String yaml) throws IOException {
        return actions(Files.writeString(folder.resolve("home.yaml"), yaml));
    }

    private static List<String> names(List<ActionSpec> actions) {
        return actions.stream().map(ActionSpec::name).toList();
    }

    private static List<String> keys(ActionSpec action) {
        return action.parameters().stream().map(Parameter::name).toList();
    }

    private static ActionSpec action(List<ActionSpec> actions, String name) {
        return actions.stream().filter(each -> each.name().equals(name)).findAny().orElseThrow();
    }

    private static Parameter parameter(ActionSpec action, String name) {
        return action.parameters().stream()
                .filter(each -> each.name().equals(name))
                .findAny()
                .orElseThrow();
    }

    @Test
    void aHomeThatDoesNotAskForIntentsHasTheSimpleActionsOnly() throws IOException {
        assertThat(
                        actions(
                                "rooms: [{name: den, floor: attic, devices: [{name: door, kind:"
                                        + " lock}]}]"))
                .isEqualTo(HomeDevice.ACTIONS);
        assertThat(actuator.actions(Options.of("act:home", actuator.options(), Map.of(), folder)))
                .isEqualTo(HomeDevice.ACTIONS);
    }

    @Test
    void theSimpleActionsComeFirst() {
        assertThat(actions(ASSISTANT)).startsWith(HomeDevice.ACTIONS.toArray(ActionSpec[]::new));
    }

    @Test
    void aHomeDeclaresOnlyWhatItHasDevicesFor() throws IOException {
        List<String> names =
                names(
                        actions(
                                """
                                intents: true
                                rooms:
                                  - name: den
                                    devices: [{name: lamp, kind: light}]
                                """));
        assertThat(names)
                .contains("HassTurnOn", "HassLightSet", "HassGetState", "HassStartTimer")
                .contains("HassGetCurrentTime", "HassRespond", "HassNevermind")
                .doesNotContain("HassSetPosition", "HassVacuumStart", "HassSetVolume")
                .doesNotContain("HassClimateSetTemperature", "HassShoppingListAddItem")
                .doesNotContain("HassGetWeather", "HassBroadcast", "HassListAddItem", "none");
    }

    @Test
    void choicesAreThoseOfTheHome() throws IOException {
        List<ActionSpec> actions =
                actions(
                        """
                        intents: true
                        rooms:
                          - name: The Den
                            aliases: [snug]
                            floor: [cellar, basement]
                            devices:
                              - {name: lamp, kind: light, aliases: [big light]}
                              - {name: shade, kind: cover, device_class: awning}
                          - name: loft
                            devices: [{name: front door, kind: lock}]
                        devices:
                          - {name: party, kind: scene}
                        """);
        ActionSpec on = action(actions, "HassTurnOn");
        assertThat(parameter(on, "domain").values())
                .containsExactly("light", "cover", "lock", "scene");
        assertThat(parameter(on, "device_class").values()).containsExactly("awning");
        assertThat(parameter(on, "area").values()).containsExactly("den", "snug", "loft");
        assertThat(parameter(on, "floor").values()).containsExactly("cellar", "basement");
        assertThat(parameter(on, "name").values())
                .containsExactly(
                        "all",
                        "lamp",
                        "big light",
                        "shade",
                        "front door",
                        "party",
                        "den lamp",
                        "den shade",
                        "loft front door");
        assertThat(parameter(action(actions, "HassTurnOff"), "name").values())
                .doesNotContain("party");
        assertThat(parameter(action(actions, "HassGetState"), "state").values())
                .containsExactly("on", "off", "open", "closed", "locked", "unlocked");
    }

    @Test
    void whatAHomeHasNothingToChooseFromIsTakenToBeRefusedByTheHome() throws IOException {
        List<ActionSpec> actions =
                actions("intents: true\nrooms: [{name: den, devices: [{name: a, kind: plug}]}]");
        ActionSpec on = action(actions, "HassTurnOn");
        assertThat(keys(on)).containsExactly("domain", "device_class", "name", "area", "floor");
        assertThat(parameter(on, "floor").values()).isEmpty();
    }

    @Test
    void rangesAndUnitsAreThoseOfTheDevices() throws IOException {
        List<ActionSpec> actions =
                actions(
                        """
                        intents: true
                        rooms:
                          - name: den
                            devices:
                              - {name: stove, kind: thermostat, minimum: 8, maximum: 22.5}
                              - {name: oven, kind: thermostat, minimum: 10, maximum: 30}
                              - {name: blind, kind: cover}
                              - {name: radio, kind: speaker}
                              - {name: lamp, kind: light}
                        """);
        assertRange(actions, "HassClimateSetTemperature", "temperature", 8, 30, "Cel");
        assertRange(actions, "HassLightSet", "brightness", 0, 100, "%");
        assertRange(actions, "HassSetPosition", "position", 0, 100, "%");
        assertRange(actions, "HassSetVolume", "volume_level", 0, 100, "%");
        assertRange(actions, "HassStartTimer", "minutes", 0, 999, "min");
    }

    private static void assertRange(
            List<ActionSpec> actions,
            String action,
            String name,
            double from,
            double to,
            String unit) {
        Parameter parameter = parameter(action(actions, action), name);
        assertThat(parameter.minimum()).as(name).isEqualTo(from);
        assertThat(parameter.maximum()).as(name).isEqualTo(to);
        assertThat(parameter.unit()).as(name).isEqualTo(unit);
    }

    @Test
    void theHomeOfTheAssistantHasEveryIntent() {
        List<ActionSpec> actions = actions(ASSISTANT);
        assertThat(names(actions))
                .filteredOn(name -> name.startsWith("Hass"))
                .hasSize(35)
                .doesNotHaveDuplicates();
        assertThat(actions)
                .allSatisfy(
                        action ->
                                assertThat(action.parameters())
                                        .as(action.name())
                                        .allSatisfy(
                                                each -> assertThat(each.description()).isNotBlank())
                                        .extracting(Parameter::name)
                                        .doesNotHaveDuplicates());
    }

    /** A grammar keeps the order of the parameters: a model that writes another could not speak. */
    @Test
    void theKeysStandInTheOrderInWhichTheModelWritesThem() throws IOException {
        Path data = Path.of(System.getProperty("ganglion.shared.data"), "data/command");
        assumeTrue(Files.exists(data), data + " is not here; the order of keys is not compared");
        List<ActionSpec> actions = actions(ASSISTANT);
        List<Map<String, Object>> said = new ArrayList<>();
        for (String file : List.of("ha_tests.json", "hwu_cmd.json")) {
            for (Object each : JSON.std.listFrom(Files.readString(data.resolve(file)))) {
                said.add(JSON.std.mapFrom(((Map<?, ?>) each).get("a")));
            }
        }
        for (String line : Files.readAllLines(data.resolve("lm_train_sample.jsonl"))) {
            said.add(JSON.std.mapFrom(JSON.std.mapFrom(line).get("a")));
        }
        assertThat(said).hasSizeGreaterThan(1000);
        for (Map<String, Object> each : said) {
            String intent = String.valueOf(each.get("intent"));
            if (!intent.equals("none")) {
                List<String> keys = new ArrayList<>(each.keySet());
                keys.remove("intent");
                assertThat(keys(action(actions, intent)))
                        .as(intent)
                        .filteredOn(keys::contains)
                        .isEqualTo(keys);
            }
        }
    }
}
