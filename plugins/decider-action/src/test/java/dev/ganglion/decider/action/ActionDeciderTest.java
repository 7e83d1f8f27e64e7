package dev.ganglion.decider.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.testkit.FakeSteps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ActionDeciderTest {
    private static final ActionDecider DECIDER = new ActionDecider();
    private static final List<String> LIGHT =
            List.of("{\"intent\":\"", "HassTurn", "On", "\",\"", "area\":\"kitchen\"", "}", "On.");

    private final List<Decision> decisions = new ArrayList<>();

    /** How many tokens were asked for. */
    private int spent;

    private static Options options(Map<String, String> given) {
        return Options.of("decide:action", DECIDER.options(), given, Path.of(""));
    }

    private static Stage<Steps, Decision> open(Map<String, String> given) {
        return DECIDER.open(
                Models.saying("tokens"),
                options(given),
                text -> {
                    throw new AssertionError("no text is run");
                });
    }

    /** As the route does it: nothing is asked for after a sure decision, unless it goes on. */
    private void hear(Map<String, String> given, List<String> pieces, Double... probabilities) {
        try (Stage<Steps, Decision> stage = open(given)) {
            hear(stage, DECIDER.goesOn(options(given)), pieces, probabilities);
        }
    }

    private void hear(
            Stage<Steps, Decision> stage,
            boolean goesOn,
            List<String> pieces,
            Double... probabilities) {
        FakeSteps steps = FakeSteps.saying(Models.saying("tokens"), pieces, List.of(probabilities));
        int before = decisions.size();
        while ((goesOn
                        || decisions.subList(before, decisions.size()).stream()
                                .noneMatch(Decision::sure))
                && steps.advance()) {
            stage.push(steps, decisions::add);
        }
        spent = steps.count();
        stage.flush(decisions::add);
    }

    private void refuses(Map<String, String> given, List<String> pieces, String... words) {
        assertThatThrownBy(() -> hear(given, pieces))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(Kind.INPUT);
                            assertThat(refused.getMessage())
                                    .startsWith("model home-lm@1 said '")
                                    .contains("is no action: a JSON object with \"")
                                    .contains(words)
                                    .doesNotContain("\n");
                        });
        assertThat(decisions).isEmpty();
    }

    // What is decided

    @Test
    void aCompleteObjectIsTheDecisionAndTheRestIsNotComputed() {
        hear(Map.of(), LIGHT, 1.0, 0.9, 0.8, 1.0, 1.0, 1.0);
        assertThat(decisions).hasSize(1);
        Decision decision = decisions.get(0);
        assertThat(decision.name()).isEqualTo("HassTurnOn");
        assertThat(decision.parameters()).containsOnly(Map.entry("area", "kitchen"));
        assertThat(decision.confidence()).isEqualTo(0.72, within(1e-12));
        assertThat(decision.sure()).isTrue();
        assertThat(spent).isEqualTo(6);
    }

    @Test
    void parametersHaveTheirTypes() {
        hear(
                Map.of(),
                List.of(
                        " \n{ \"intent\" : \"set\", \"text\": \"a \\\"}\\u00e9{\", \"whole\": -40,"
                                + " \"real\": 21.50, \"yes\": true, \"no\":false }"));
        assertThat(decisions)
                .containsExactly(
                        new Decision(
                                "set",
                                Map.of(
                                        "text",
                                        "a \"}\u00e9{",
                                        "whole",
                                        -40L,
                                        "real",
                                        21.5,
                                        "yes",
                                        true,
                                        "no",
                                        false),
                                1,
                                true));
    }

    @Test
    void theNameMayStandAnywhereAndUnderAnotherKey() {
        hear(Map.of("nameKey", "command"), List.of("{\"intent\":\"x\",\"command\":\"stop\"}"));
        assertThat(decisions).containsExactly(new Decision("stop", Map.of("intent", "x"), 1, true));
    }

    @Test
    void theLeastLikelyTokenMayBeTheConfidence() {
        hear(Map.of("confidence", "least"), LIGHT, 1.0, 0.9, 0.8, 1.0, 0.95, 1.0);
        assertThat(decisions).extracting(Decision::confidence).containsExactly(0.8);
    }

    @Test
    void anUnlikelyObjectIsNotSureAndSaidOnce() {
        hear(Map.of("above", "0.8"), LIGHT, 1.0, 0.9, 0.8, 1.0, 1.0, 1.0, 1.0);
        assertThat(decisions).extracting(Decision::sure).containsExactly(false);
    }

    @Test
    void theBoundItselfIsSure() {
        hear(Map.of("above", "0.5"), LIGHT, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0);
        assertThat(decisions).extracting(Decision::sure).containsExactly(true);
    }

    @Test
    void whatComesBehindTheObjectInTheSameTokenIsLeftOut() {
        hear(Map.of(), List.of("{\"intent\":\"none\"}Hello"));
        assertThat(decisions).extracting(Decision::name).containsExactly("none");
    }

    // When it is decided

    @Test
    void withTheNameAloneNoParametersAreWaitedFor() {
        hear(Map.of("stopAt", "intent"), LIGHT, 1.0, 0.9, 0.8, 1.0);
        assertThat(decisions).hasSize(1);
        assertThat(decisions.get(0).name()).isEqualTo("HassTurnOn");
        assertThat(decisions.get(0).parameters()).isEmpty();
        assertThat(spent).isEqualTo(4);
    }

    @Test
    void theOnlyNameThatStillFitsIsDecided() {
        Map<String, String> given =
                Map.of("stopAt", "intent", "names", "HassTurnOn, HassTurnOff, none");
        hear(given, List.of("{\"intent\":\"", "HassTurn", "Of", "f\"", "}"), 1.0, 1.0, 0.9, 1.0);
        assertThat(decisions).containsExactly(new Decision("HassTurnOff", Map.of(), 0.9, true));
        assertThat(spent).isEqualTo(3);
    }

    @Test
    void anUnlikelyNameIsWaitedForToItsEnd() {
        Map<String, String> given =
                Map.of("stopAt", "intent", "names", "HassTurnOn,HassTurnOff", "above", "0.8");
        hear(given, List.of("{\"intent\":\"", "HassTurnOf", "f\"", "}"), 1.0, 0.7, 1.0, 1.0);
        assertThat(decisions).containsExactly(new Decision("HassTurnOff", Map.of(), 0.7, false));
    }

    @Test
    void aNameThatBeginsAnotherIsWaitedForToItsEnd() {
        Map<String, String> given = Map.of("stopAt", "intent", "names", "light,light_off");
        hear(given, List.of("{\"intent\":\"light", "\"", ",\"a\":1}"));
        assertThat(decisions).extracting(Decision::name).containsExactly("light");
        assertThat(spent).isEqualTo(2);
    }

    @Test
    void aNameInAnotherObjectOrUnderAnotherKeyIsNotTaken() {
        hear(
                Map.of("stopAt", "intent"),
                List.of("{\"x\":\"intent\",\"y\":{\"intent\":\"no\"},", "\"intent\":\"yes\""));
        assertThat(decisions).extracting(Decision::name).containsExactly("yes");
    }

    @Test
    void aNameWithEscapesIsReadWithTheWholeObject() {
        hear(Map.of("stopAt", "intent"), List.of("{\"intent\":\"t\\u00fcr\"", "}", "x"));
        assertThat(decisions).extracting(Decision::name).containsExactly("t\u00fcr");
        assertThat(spent).isEqualTo(2);
    }

    @Test
    void theAnswerIsReadToItsEndWhereTheRouteWantsTheReply() {
        Map<String, String> given = Map.of("stopAt", "end");
        assertThat(DECIDER.goesOn(options(given))).isTrue();
        assertThat(DECIDER.goesOn(options(Map.of()))).isFalse();
        hear(given, LIGHT);
        assertThat(decisions).extracting(Decision::name).containsExactly("HassTurnOn");
        assertThat(spent).isEqualTo(LIGHT.size());
    }

    @Test
    void oneAnswerAfterTheOtherIsRead() {
        try (Stage<Steps, Decision> stage = open(Map.of())) {
            hear(stage, false, LIGHT, 0.5);
            hear(stage, false, List.of("{\"intent\":\"none\"}"));
            stage.flush(decisions::add);
        }
        assertThat(decisions).extracting(Decision::name).containsExactly("HassTurnOn", "none");
        assertThat(decisions.get(1).confidence()).isEqualTo(1);
    }

    // What is refused

    @Test
    void anAnswerThatIsNoObjectIsRefusedAtItsFirstCharacter() {
        refuses(Map.of(), List.of(" ", "Sure", ", I will"), "' Sure'", "no '{' at its start");
        refuses(Map.of(), List.of("[1]"), "no '{'");
        refuses(Map.of(), List.of("\"intent\""), "no '{'");
    }

    @Test
    void anAnswerThatEndsTooEarlySaysSo() {
        refuses(
                Map.of(),
                LIGHT.subList(0, 4),
                "'{\"intent\":\"HassTurnOn\",\"'",
                "after 4 tokens, before the object does",
                "'maxTokens'");
    }

    @Test
    void anAnswerOfNothingIsRefused() {
        refuses(Map.of(), List.of("", " "), "found nothing");
    }

    @Test
    void nothingIsSaidAboutAnUtteranceWithoutSteps() {
        hear(Map.of(), List.of());
        assertThat(decisions).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "{\"intent\" \"x\"} ~ does not parse",
                "{\"intent\":\"x\",} ~ does not parse",
                "{\"intent\":\"x\",\"a\":1,\"a\":2} ~ Duplicate field 'a'",
                "{\"intent\":\"x\",\"intent\":\"y\"} ~ Duplicate field 'intent'",
                "{\"intent\":\"x\",\"a\":nul} ~ does not parse",
                "{\"intent\":\"x\",\"a\":null} ~ found null in \"a\"",
                "{\"intent\":\"x\",\"a\":[1]} ~ found a list in \"a\"",
                "{\"intent\":\"x\",\"a\":{}} ~ found an object in \"a\"",
                "{\"intent\":\"x\",\"a\":99999999999999999999} ~ found 99999999999999999999 in",
                "{\"intent\":\"x\",\"a\":1e999} ~ found 1e999 in",
                "{\"intent\":\"x\"] ~ does not parse",
                "{\"intent\":1} ~ no text under \"intent\"",
                "{\"intent\":\" \"} ~ an empty \"intent\"",
                "{\"action\":\"x\"} ~ no text under \"intent\"",
                "{} ~ no text under \"intent\""
            })
    void anObjectThatIsNoActionIsRefused(String json, String words) {
        refuses(Map.of(), List.of(json), json, words);
    }

    @Test
    void aNameThatIsNotThereIsRefused() {
        Map<String, String> names = Map.of("names", "on,off");
        refuses(names, List.of("{\"intent\":\"explode\"}"), "found 'explode'", "none of on, off");
        Map<String, String> early = Map.of("names", "on,off", "stopAt", "intent");
        refuses(early, List.of("{\"intent\":\"ex"), "found 'ex'", "none of on, off");
        refuses(early, List.of("{\"intent\":\"o\""), "found 'o'", "none of on, off");
        refuses(Map.of("stopAt", "intent"), List.of("{\"intent\":\"\""), "an empty");
    }

    @Test
    void anAnswerWithoutEndIsRefusedAndQuotedInShort() {
        refuses(
                Map.of(),
                List.of("{\"intent\":\"", "x".repeat(2000), "y".repeat(3000)),
                "more than 4096 characters",
                "xxx\u2026'");
    }

    @Test
    void whatWasRefusedIsForgotten() {
        try (Stage<Steps, Decision> stage = open(Map.of())) {
            assertThatThrownBy(() -> hear(stage, false, List.of("{\"a\"", ":1}"), 0.1, 0.1))
                    .isInstanceOf(GanglionException.class);
            hear(stage, false, List.of("{\"intent\":\"none\"}"));
        }
        assertThat(decisions).containsExactly(new Decision("none", Map.of(), 1, true));
    }

    @Test
    void aModelThatSaysNothingIsRefused() {
        assertThatThrownBy(() -> DECIDER.inputs(Models.saying(""), options(Map.of())))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("decide:action")
                .hasMessageContaining("home-lm@1 names no tokenizer");
        assertThat(DECIDER.inputs(Models.saying("tokens"), options(Map.of()))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,,b", ",", "a,b,a", "a, "})
    void namesThatAreNoneAreRefused(String names) {
        assertThatThrownBy(() -> open(Map.of("names", names)))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("'names'")
                .hasMessageContaining("'" + names + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"above=1.1", "above=-1", "stopAt=name", "confidence=mean", "margin=1"})
    void anOptionOutOfRangeIsRefused(String option) {
        String[] parts = option.split("=");
        assertThatThrownBy(() -> options(Map.of(parts[0], parts[1])))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("'" + parts[0] + "'");
    }
}
