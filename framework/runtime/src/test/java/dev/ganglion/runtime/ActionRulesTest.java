package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.runtime.act.Action;
import dev.ganglion.runtime.act.ActionGate;
import dev.ganglion.testkit.toy.RecordingActuator;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The actions file, read and used by an {@link ActionGate}. */
class ActionRulesTest {
    @TempDir Path folder;
    private final RecordingActuator house = new RecordingActuator();

    private ActionGate gate(String rules) {
        Path file = ToyStore.write(folder.resolve("actions.yaml"), rules);
        return new ActionGate(house, Options.of("test", house.options(), Map.of(), folder), file);
    }

    private Action perform(String rules, Map<String, Object> parameters) {
        try (ActionGate gate = gate(rules)) {
            return gate.perform(new Decision("said", parameters, 0.9, true), 0);
        }
    }

    /** The end of the sentence after the file and the decision. */
    private String refusal(String rules) {
        String message = refused(Kind.SETUP, () -> gate(rules)).getMessage();
        String start = "the actions file " + folder.resolve("actions.yaml") + ", decision 'said'";
        assertThat(message).startsWith(start);
        assertThat(house.openDevices()).as("open devices").isZero();
        return message.substring(start.length());
    }

    @Test
    void aRuleFillsItsSlots() {
        assertThat(perform("said: {action: light_on, room: '{place}'}", Map.of("place", "kitchen")))
                .isEqualTo(new Action("light_on", Map.of("room", "kitchen"), ""));
    }

    @Test
    void whatFollowsTheBarHoldsWhenNobodySaidTheSlot() {
        String rules = "said: {action: light_on, room: '{place|hall}'}";
        assertThat(perform(rules, Map.of()).parameters()).isEqualTo(Map.of("room", "hall"));
        assertThat(perform(rules, Map.of("place", "kitchen")).parameters())
                .isEqualTo(Map.of("room", "kitchen"));
    }

    @Test
    void aStarIsForDecisionsWithoutARuleOfTheirOwn() {
        String rules =
                "{other: {action: light_on, room: hall}, \"*\": {action: say, text: '{reply}'}}";
        assertThat(perform(rules, Map.of("reply", "hello")))
                .isEqualTo(new Action("say", Map.of("text", "hello"), ""));
        assertThat(perform(rules, Map.of()).refusal()).contains("say needs 'text'");
        assertThat(perform("other: {action: say, text: x}", Map.of())).isNull();
    }

    @Test
    void severalSlotsAndTextAreJoined() {
        String rules = "said: {action: say, text: 'at {time|noon} in the {place}'}";
        assertThat(perform(rules, Map.of("place", "$1 {time}")).parameters())
                .isEqualTo(Map.of("text", "at noon in the $1 {time}"));
        assertThat(perform(rules, Map.of("time", "six")).refusal())
                .isEqualTo("say needs 'text' (text), and 'said' came with: {time=six}");
    }

    @Test
    void aConstantIsTakenAsItIs() {
        assertThat(
                        perform("said: {action: set_level, room: hall, level: 40}", Map.of())
                                .parameters())
                .isEqualTo(Map.of("room", "hall", "level", 40.0));
    }

    @ParameterizedTest
    @CsvSource({"by 20 percent, 20", "12.5%, 12.5", "50, 50", "20 or 30, 20", "a bit, 10"})
    void theFirstNumberOfAPhraseCountsElseTheDefault(String said, double level) {
        assertThat(
                        perform(
                                        "said: {action: set_level, room: hall, level: '{how|10}'}",
                                        Map.of("how", said))
                                .parameters())
                .containsEntry("level", level);
    }

    @Test
    void aPhraseWithoutNumberAndDefaultIsRefused() {
        Action action =
                perform(
                        "said: {action: set_level, room: hall, level: '{how}'}",
                        Map.of("how", "a bit"));
        assertThat(action.performed()).isFalse();
        assertThat(action.refusal())
                .isEqualTo(
                        "set_level needs 'level' (a number from 0 to 100 in %), and 'said' came"
                                + " with: {how=a bit}");
        assertThat(house.performed()).isEmpty();
    }

    @Test
    void aNumberOutOfRangeIsRefused() {
        Action action =
                perform(
                        "said: {action: set_level, room: hall, level: '{how}'}",
                        Map.of("how", "-20 percent"));
        assertThat(action.refusal())
                .isEqualTo("set_level: 'level' takes a number from 0 to 100 in %, found '-20'");
        assertThat(house.performed()).isEmpty();
    }

    @Test
    void aDecisionWithoutRuleIsNotActedOn() {
        try (ActionGate gate = gate("other: {action: light_on, room: hall}")) {
            assertThat(gate.perform(new Decision("said", Map.of(), 0.9, true), 0)).isNull();
            assertThat(gate.perform(new Decision("light_on", Map.of("room", "hall"), 0.9, true), 0))
                    .as("the name of an action is no rule")
                    .isNull();
        }
        assertThat(house.performed()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "said: {action: open_door} | open_door",
                "said: open_door | open_door",
                "said: {room: hall} | null"
            })
    void anUnknownActionIsRefusedWithThoseThatExist(String rules, String name) {
        assertThat(refusal(rules))
                .isEqualTo(
                        ", names the action '"
                                + name
                                + "', which act:recording does not have; it has: light_on,"
                                + " light_off, set_level, say");
    }

    @Test
    void anUnknownParameterIsRefusedWithThoseThatExist() {
        assertThat(refusal("said: {action: light_on, room: hall, colour: red}"))
                .isEqualTo(
                        ", gives 'colour', which light_on does not take; it takes: [room (text,"
                                + " required)]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "said: light_on",
                "said: {action: light_on}",
                "said: {action: light_on, room: }"
            })
    void aMissingRequiredParameterIsRefused(String rules) {
        assertThat(refusal(rules))
                .isEqualTo(", lacks 'room', which light_on needs: room (text, required)");
    }

    @ParameterizedTest
    @CsvSource({"200", "much", "'{how|200}'", "'{how|}'"})
    void aConstantOrDefaultOutOfRangeIsRefused(String level) {
        assertThat(refusal("said: {action: set_level, room: hall, level: \"" + level + "\"}"))
                .startsWith(": 'level' takes a number from 0 to 100 in %, found '");
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        Path none = folder.resolve("none.yaml");
        Options options = Options.of("test", house.options(), Map.of(), folder);
        assertThat(refused(Kind.SETUP, () -> new ActionGate(house, options, none)))
                .hasMessageStartingWith(
                        "the actions file " + none + " of act:recording cannot be read (")
                .hasMessageEndingWith("; actions= names a file beside the route");
        assertThat(house.openDevices()).isZero();
    }

    @Test
    void aFileThatIsNoYamlIsRefusedWithItsName() {
        assertThat(refused(Kind.SETUP, () -> gate("said: [light_on")))
                .hasMessageStartingWith("the actions file is not YAML: ")
                .hasMessageContaining(folder.resolve("actions.yaml").toString());
    }

    @ParameterizedTest
    @CsvSource({"[light_on]", "light_on", "''"})
    void aFileThatIsNoMappingIsRefused(String rules) {
        assertThat(refused(Kind.SETUP, () -> gate(rules)))
                .hasMessageStartingWith(
                        "the actions file "
                                + folder.resolve("actions.yaml")
                                + " must map names of decisions to actions, found '");
    }
}
