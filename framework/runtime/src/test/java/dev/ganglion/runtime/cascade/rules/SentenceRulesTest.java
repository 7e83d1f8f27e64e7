package dev.ganglion.runtime.cascade.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file of sentence templates, read and matched. */
class SentenceRulesTest {
    private static final String HOME =
            """
            before: "please|can you"
            after: "please|now"
            never: [the, off, timer]
            lists:
              area: [kitchen, living room, living room table]
              color: {red: "red|crimson", 7: seven}
              cover: {blind: "blind[s]{_many=blinds}", door: "door[s]{_many=doors}"}
              lamp: "[*2] (lamp|lantern)"
            phrases:
              in: "[in|on] <the>"
              the: "[the|my]"
            rules:
              - intent: HassLightSet
                say:
                  - "set <the> light[s] [<in> {area}] to {brightness:0-100} [percent]"
                  - "make it (dark{brightness=1}|bright{brightness=100})"
                reply: "Brightness set to {brightness} percent[ in the {area}]."
              - intent: HassTurnOn
                domain: light
                say: "(turn|switch) on <the> [{area}] (light[s]|lighting)"
                reply: "Turning on the lights[ in the {area}]."
              - leave: "turn on <the> kitchen **"
              - {intent: HassTurnOn, say: "turn on <the> {name:lamp}", reply: "Turning on the {name}."}
              - {intent: HassClimate, say: "heat to {temperature:5.0-30.5}", reply: "{temperature}"}
              - {intent: HassOpen, say: "open <the> {device_class:cover}", reply: "Opening the {_many}."}
              - {intent: HassColor, say: "be {color}", reply: "{color}"}
              - {intent: HassAdd, say: "add {item:**4} to <the> list", reply: "Added {item}."}
              - {intent: HassCancel, say: "cancel <the> {name:*3} timer", reply: "Cancelled {name}."}
              - {intent: HassAsk, say: "what is <the> {name}['s] level", reply: "{name}"}
            """
                    .replace("{name}['s]", "{name:*3} ['s]");

    @TempDir Path folder;

    private SentenceRules rules(String yaml) {
        try {
            return SentenceRules.read(Files.writeString(folder.resolve("rules.yaml"), yaml));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private @Nullable String said(String text) {
        Match match = rules(HOME).match(text);
        return match == null
                ? null
                : match.decision().name()
                        + new java.util.TreeMap<>(match.decision().parameters())
                        + " "
                        + match.reply();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "turn on the lights | HassTurnOn{domain=light} Turning on the lights.",
                "switch on my living room lighting | HassTurnOn{area=living room, domain=light} Turning"
                        + " on the lights in the living room.",
                "  Please, TURN ON the kitchen LIGHT now! | HassTurnOn{area=kitchen, domain=light} Turning"
                        + " on the lights in the kitchen.",
                "set the lights in the kitchen to 40% | HassLightSet{area=kitchen, brightness=40}"
                        + " Brightness set to 40 percent in the kitchen.",
                "set light to seventy nine percent | HassLightSet{brightness=79} Brightness set to 79"
                        + " percent.",
                "set light to thirty-five | HassLightSet{brightness=35} Brightness set to 35 percent.",
                "set lights to one hundred | HassLightSet{brightness=100} Brightness set to 100 percent.",
                "set lights to a hundred | HassLightSet{brightness=100} Brightness set to 100 percent.",
                "make it dark | HassLightSet{brightness=1} Brightness set to 1 percent.",
                "heat to 21.5 | HassClimate{temperature=21.5} 21.5",
                "open the doors | HassOpen{device_class=door} Opening the doors.",
                "be crimson | HassColor{color=red} red",
                "add mac and cheese to my list | HassAdd{item=mac and cheese} Added mac and cheese.",
                "add john's hat, please, to the list | HassAdd{item=john's hat, please} Added john's hat,"
                        + " please.",
                "cancel the pizza timer | HassCancel{name=pizza} Cancelled pizza.",
                "what's the dryer's level? | HassAsk{name=dryer} dryer",
                "what\u2019s anna's phone's level | HassAsk{name=anna's phone} anna's phone",
                "turn on the old garden lantern | HassTurnOn{name=old garden lantern} Turning on the old"
                        + " garden lantern."
            })
    void aSentenceBecomesTheWholeActionAndAReply(String text, String expected) {
        assertThat(said(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "?!",
                "please",
                "turn on the lights tomorrow",
                "do turn on the lights",
                "turn on the bathroom light",
                "turn on the kitchen lamp",
                "turn on a b c lamp",
                "set light to 101",
                "set light to -5",
                "set light to 40.5",
                "set light to",
                "set light to forty fifty",
                "heat to 4",
                "heat to 99999999999999999999",
                "open the window",
                "cancel the timer",
                "cancel the off timer",
                "cancel one two three four timer",
                "add one two three four five to my list"
            })
    void whatIsInDoubtIsNotAnswered(String text) {
        assertThat(said(text)).isNull();
    }

    @Test
    void valuesHaveTheTypeThatTheFileGivesThem() {
        SentenceRules rules = rules(HOME);
        assertThat(parameters(rules, "set light to 40")).isEqualTo(Map.of("brightness", 40L));
        assertThat(parameters(rules, "heat to 20.5")).isEqualTo(Map.of("temperature", 20.5));
        assertThat(parameters(rules, "be seven")).isEqualTo(Map.of("color", 7L));
        Match match = rules.match("be seven");
        assertThat(match).isNotNull();
        assertThat(match.decision().confidence()).isEqualTo(1);
        assertThat(match.decision().sure()).isTrue();
    }

    private static Map<String, Object> parameters(SentenceRules rules, String text) {
        Match match = rules.match(text);
        assertThat(match).as(text).isNotNull();
        return match.decision().parameters();
    }

    @Test
    void theFirstTemplateOfTheFileWinsAndTheLaterOneIsReported() {
        SentenceRules rules =
                rules(
                        """
                        rules:
                          - {intent: First, say: ["go (home|away)", "stay **2"], reply: one}
                          - {intent: Second, say: ["go home", "go [far] away"], reply: two}
                        """);
        assertThat(said(rules, "go home")).isEqualTo("First");
        assertThat(said(rules, "go far away")).isEqualTo("Second");
        assertThat(rules.shadowed())
                .containsExactly(
                        folder.resolve("rules.yaml")
                                + ", line 3: a template that says something new expected, found 'go"
                                + " home', whose sentences match templates above it; remove it or"
                                + " move it up");
        assertThat(rules(HOME).shadowed()).isEmpty();
    }

    private static @Nullable String said(SentenceRules rules, String text) {
        Match match = rules.match(text);
        return match == null ? null : match.decision().name();
    }

    @Test
    void hostileTextsCostNoMoreThanTemplatesTimesWords() {
        SentenceRules rules =
                rules(
                        """
                        rules:
                          - intent: Bad
                            say: "([a|a a] [a|a a] [a|a a]) **20 ([a] [a] [a] [a]) **20 [**20] [**20] b {x:**20} c"
                            reply: x
                        """);
        // Without a memory of what failed this would take longer than anybody waits.
        String text = "a ".repeat(38) + "d c";
        for (int i = 0; i < 200; i++) {
            assertThat(rules.match(text)).isNull();
        }
        assertThat(said(rules, "a a b c c")).isEqualTo("Bad");
    }

    @Test
    void aTextThatIsTooLongMatchesNothing() {
        SentenceRules rules =
                rules("rules: [{intent: Say, say: 'say {text:**20} [**20]', reply: x}]");
        assertThat(said(rules, "say" + " a".repeat(39))).isEqualTo("Say");
        assertThat(said(rules, "say" + " a".repeat(40))).as("41 words").isNull();
        assertThat(said(rules, "say " + "a".repeat(296))).isEqualTo("Say");
        assertThat(said(rules, "say " + "a".repeat(297))).as("301 characters").isNull();
        assertThat(said(rules, "a".repeat(1_000_000))).isNull();
    }

    @Test
    void severalThreadsMayAskAtOnce() throws Exception {
        SentenceRules rules = rules(HOME);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                long level = thread * 10L;
                all.add(
                        threads.submit(
                                () -> {
                                    boolean right = true;
                                    for (int i = 0; i < 2000; i++) {
                                        Match match = rules.match("set light to " + level);
                                        right &=
                                                match != null
                                                        && match.decision()
                                                                .parameters()
                                                                .equals(
                                                                        Map.of(
                                                                                "brightness",
                                                                                level));
                                    }
                                    return right;
                                }));
            }
            for (Future<Boolean> each : all) {
                assertThat(each.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "turn (on | the template 'turn (on': ')' expected, found 'its end'",
                "turn on) | the template 'turn on)': nothing that closes no group expected, found ')'",
                "turn {area | the template 'turn {area': '}' expected, found '{area'",
                "turn {room} | a list, one of [area], a range like 0-100 or * expected, found 'room'",
                "turn <on> | the name of a phrase, one of [the] expected, found '<on>'",
                "turn {x:9-3} | a range that goes up expected, found '9-3'",
                "turn *99 | after * how many words it takes at most, from 1 to 20, expected",
                "turn {=on} | {parameter}, {parameter:list} or {parameter=value} expected, found '{=on}'",
                "[turn] [on] | a template with a word that must be said expected, found '[turn] [on]'",
                "turn !! | a word of letters or digits instead of '!!' expected"
            })
    void aTemplateThatIsWrongIsRefusedWithItsPlace(String template, String expected) {
        String yaml =
                "lists: {area: [hall]}\nphrases: {the: '[the]'}\nrules:\n- intent: A\n  reply: x\n"
                        + "  say: '"
                        + template.replace('/', '|')
                        + "'\n";
        assertRefused(yaml, ", line 6: ", expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "rules: [] ~ 'rules', a list, expected, found none",
                "lists: {} ~ 'rules', a list, expected, found none",
                "rule: [] ~ one of the keys [after, before, lists, never, phrases, rules] expected, found"
                        + " 'rule'",
                "[a] ~ a mapping with the keys [after, before, lists, never, phrases, rules] expected,"
                        + " found a list",
                "rules: [{intent: A, reply: x}] ~ a rule with 'say' expected, found [intent, reply]",
                "rules: [{intent: A, say: a}] ~ a rule with 'reply' expected",
                "rules: [turn on] ~ a rule with 'intent', 'say' and 'reply', or with 'leave', expected,"
                        + " found 'turn on'",
                "rules: [{intent: A, say: a, reply: '{b}'}] ~ a slot of this rule expected in the reply,"
                        + " found {b}; there are []",
                "rules: [{intent: A, say: a, reply: 'x[y'}] ~ ']' expected after '[y' of the reply",
                "rules: [{intent: A, say: , reply: x}] ~ a template expected, found nothing",
                "rules: [{intent: A, intent: B}] ~ 'intent' stands here a second time",
                "{lists: {a: []}, rules: [x]} ~ at least one phrase in the list 'a' expected",
                "{lists: {a: ['b *']}, rules: [x]} ~ found a slot or *",
                "{lists: {a: {x: b, y: b}}, rules: [x]} ~ one meaning for 'b' in the list 'a' expected,"
                        + " found 'x' and 'y'",
                "{phrases: {a: <b>, b: <a>}, rules: [x]} ~ a template that does not lead back to itself"
                        + " expected"
            })
    void aFileThatIsWrongIsRefusedWithItsPlace(String yaml, String expected) {
        assertRefused(yaml, ", line 1: ", expected);
    }

    @Test
    void aTemplateThatNoTextIsLongEnoughForIsRefused() {
        String long41 = "a ".repeat(41).strip();
        assertRefused(
                "rules: [{intent: A, reply: x, say: '" + long41 + "'}]",
                ", line 1: ",
                "which needs 41 and can never match");
    }

    @Test
    void aTemplateThatGrowsWithoutMeasureIsRefused() {
        StringBuilder yaml = new StringBuilder("phrases:\n  p0: '(a|b)'\n");
        for (int i = 1; i < 20; i++) {
            yaml.append("  p%d: '[<p%d>] [<p%d>]'\n".formatted(i, i - 1, i - 1));
        }
        yaml.append("rules: [{intent: A, reply: x, say: 'c <p19>'}]");
        assertRefused(yaml.toString(), "", "at most 20000 instructions expected, found more");
    }

    @Test
    void aFileThatIsNotThereOrNoYamlIsRefused() {
        Path none = folder.resolve("none.yaml");
        assertThatThrownBy(() -> SentenceRules.read(none))
                .isInstanceOf(GanglionException.class)
                .hasMessageStartingWith("the sentence rules " + none + " cannot be read (");
        assertRefused("rules: [a", "", "are not YAML: ");
        assertRefused("", "", "a mapping expected, found nothing");
    }

    private void assertRefused(String yaml, String place, String expected) {
        assertThatThrownBy(() -> rules(yaml))
                .isInstanceOfSatisfying(
                        GanglionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SETUP))
                .hasMessageStartingWith(
                        "the sentence rules " + folder.resolve("rules.yaml") + place)
                .hasMessageContaining(expected);
    }
}
