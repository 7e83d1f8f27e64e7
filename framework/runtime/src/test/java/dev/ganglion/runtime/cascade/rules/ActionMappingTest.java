package dev.ganglion.runtime.cascade.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A file that says which action an intent is. */
class ActionMappingTest {
    private static final String HOME =
            """
            above: 0.8
            values: {area: [kitchen]}
            intents:
              light_on: {intent: HassTurnOn, domain: light, level: 40, area: "{place}",
                ignore: [date], reply: "Turning on the lights[ in the {area}]."}
              plug_on: {intent: HassTurnOn, name: "{device}", needs: [device], above: 0.9, reply: "{name}"}
              play: {intent: Play, what: "{song|music}", reply: "Playing {what}."}
              alarm: {intent: none, ignore: all, reply: "I can't set alarms."}
            """;

    @TempDir Path folder;

    private ActionMapping mapping(String yaml) {
        try {
            return ActionMapping.read(Files.writeString(folder.resolve("nlu.yaml"), yaml));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private @Nullable Match map(String intent, double confidence, Map<String, Object> slots) {
        return mapping(HOME).map(new Decision(intent, slots, confidence, true));
    }

    @Test
    void slotsBecomeParametersAndConstantsKeepTheirTypes() {
        assertThat(map("light_on", 0.85, Map.of("place", "kitchen")))
                .isEqualTo(
                        new Match(
                                new Decision(
                                        "HassTurnOn",
                                        Map.of("domain", "light", "level", 40L, "area", "kitchen"),
                                        0.85,
                                        true),
                                "Turning on the lights in the kitchen."));
    }

    @Test
    void aSlotThatWasNotSaidIsLeftOutOrHasItsDefault() {
        Match light = map("light_on", 0.8, Map.of());
        assertThat(light).isNotNull();
        assertThat(light.decision().parameters())
                .isEqualTo(Map.of("domain", "light", "level", 40L));
        assertThat(light.reply()).isEqualTo("Turning on the lights.");
        Match play = map("play", 1, Map.of());
        assertThat(play).isNotNull();
        assertThat(play.reply()).isEqualTo("Playing music.");
    }

    @Test
    void slotsThatAreIgnoredDoNotMatter() {
        assertThat(map("light_on", 1, Map.of("date", "today"))).isNotNull();
        Match alarm = map("alarm", 0.8, Map.of("time", "six", "place", "attic"));
        assertThat(alarm).isNotNull();
        assertThat(alarm.decision().parameters()).isEmpty();
    }

    @Test
    void whatIsInDoubtIsNotAnswered() {
        assertThat(map("unknown", 1, Map.of())).as("an intent that is not in the file").isNull();
        assertThat(map("light_on", 0.79, Map.of())).as("less sure than all need").isNull();
        assertThat(map("plug_on", 0.89, Map.of("device", "fan"))).as("its own bound").isNull();
        assertThat(map("plug_on", 1, Map.of())).as("without the slot that it needs").isNull();
        assertThat(map("light_on", 1, Map.of("color", "red"))).as("a slot more").isNull();
        assertThat(map("light_on", 1, Map.of("place", "moon"))).as("no such area").isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "above: 0.8 ~ 'intents' expected, found [above]",
                "intent: {} ~ one of the keys [above, intents, values] expected, found 'intent'",
                "{above: 8, intents: {}} ~ a number from 0.0 to 1.0 expected, found '8'",
                "{above: much, intents: {}} ~ a number from 0.0 to 1.0 expected, found 'much'",
                "intents: [a] ~ a mapping of intents to actions expected, found a list",
                "intents: {a: {intent: B}} ~ an action with 'intent' and 'reply' expected, found []",
                "intents: {a: {intent: B, reply: '{c}'}} ~ a parameter of the action expected in the"
                        + " reply, found {c}; there are []",
                "intents: {a: {intent: B, reply: '{c'}} ~ '}' expected after '{c' of the reply",
                "intents: {a: {intent: B, reply: x, c: 'in {d}'}} ~ a constant, \"{slot}\" or"
                        + " \"{slot|default}\" expected, found 'in {d}'",
                "intents: {a: {intent: B, reply: x, c: [d]}} ~ text, a number, true or false expected,"
                        + " found a list",
                "intents: {a: {intent: B, reply: x}, a: {intent: C, reply: x}} ~ 'a' stands here a"
                        + " second time"
            })
    void aFileThatIsWrongIsRefusedWithItsPlace(String yaml, String expected) {
        assertThatThrownBy(() -> mapping(yaml))
                .isInstanceOfSatisfying(
                        GanglionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SETUP))
                .hasMessageStartingWith(
                        "the intents' actions " + folder.resolve("nlu.yaml") + ", line 1: ")
                .hasMessageContaining(expected);
    }
}
