package dev.ganglion.runtime.cascade.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.Decision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of {@code routes/assistant}. */
class AssistantFilesTest {
    private static final Path ROUTE = Path.of("../../routes/assistant");
    private static final Path COMMANDS = Path.of("../../../shared/data/data/command");
    private static final SentenceRules RULES = SentenceRules.read(ROUTE.resolve("rules.yaml"));

    private static @Nullable Map<String, Object> action(@Nullable Match match) {
        if (match == null) {
            return null;
        }
        Map<String, Object> action = new LinkedHashMap<>(match.decision().parameters());
        action.put("intent", match.decision().name());
        return action;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "turn on the kitchen lights | {'intent':'HassTurnOn','domain':'light','area':'kitchen'}",
                "Set the lights upstairs to thirty percent, please. |"
                        + " {'intent':'HassLightSet','floor':'upstairs','brightness':30}",
                "make the living room blue | {'intent':'HassLightSet','area':'living room','color':'blue'}",
                "set a timer for one hour and five minutes |"
                        + " {'intent':'HassStartTimer','hours':1,'minutes':5}",
                "add oat milk to my shopping list | {'intent':'HassShoppingListAddItem','item':'oat milk'}",
                "how many batteries are low |"
                        + " {'intent':'HassGetState','domain':'binary_sensor','device_class':'battery',"
                        + "'state':'on'}",
                "thank you very much | {'intent':'none'}"
            })
    void aSentenceBecomesTheActionThatTheModelWouldSay(String text, String action)
            throws Exception {
        assertThat(comparable(action(RULES.match(text))))
                .isEqualTo(comparable(JSON.std.mapFrom(action.replace('\'', '"'))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "turn on",
                "turn the world upside down",
                "what is the date of my last paycheck",
                "set the lights to eleventy",
                "turn on the lights if nobody is at home",
                "never turn off the lights"
            })
    void whatIsNoCommandOfTheFileIsLeftToTheNextStage(String text) {
        assertThat(RULES.match(text)).isNull();
    }

    @Test
    void noTemplateIsInTheShadowOfAnother() {
        assertThat(RULES.shadowed()).isEmpty();
    }

    @Test
    void intentsOfTheSmallModelBecomeTheSameActions() {
        ActionMapping mapping = ActionMapping.read(ROUTE.resolve("nlu-actions.yaml"));
        assertThat(
                        action(
                                mapping.map(
                                        new Decision(
                                                "iot_hue_lighton",
                                                Map.of("house_place", "kitchen"),
                                                0.9,
                                                true))))
                .isEqualTo(Map.of("intent", "HassTurnOn", "domain", "light", "area", "kitchen"));
        assertThat(mapping.map(new Decision("iot_wemo_on", Map.of(), 1, true)))
                .as("a plug without a name")
                .isNull();
    }

    @Test
    void mostSentencesOfAHomeAreAnsweredAndNearlyAllOfThemRightly() throws Exception {
        Path file = COMMANDS.resolve("ha_tests.json");
        assumeTrue(Files.exists(file), file + " is not beside the project");
        int all = 0;
        int answered = 0;
        int right = 0;
        for (Object each : JSON.std.listFrom(Files.readString(file))) {
            Map<?, ?> test = (Map<?, ?>) each;
            Match match = RULES.match(String.valueOf(test.get("t")));
            all++;
            if (match != null) {
                answered++;
                Map<String, Object> expected = JSON.std.mapFrom(String.valueOf(test.get("a")));
                if (comparable(expected).equals(comparable(action(match)))) {
                    right++;
                }
            }
        }
        assertThat(answered / (double) all).as("answered").isGreaterThan(0.75);
        assertThat(right / (double) answered).as("right").isGreaterThan(0.92);
    }

    /** Numbers as text: JSON reads a small one as another type than the rules do. */
    private static @Nullable Map<String, String> comparable(@Nullable Map<String, Object> action) {
        if (action == null) {
            return null;
        }
        Map<String, String> comparable = new LinkedHashMap<>();
        action.forEach((name, value) -> comparable.put(name, String.valueOf(value)));
        return comparable;
    }
}
