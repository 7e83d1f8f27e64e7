package dev.ganglion.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Parameter;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ActionGrammarTest {
    private static final List<ActionSpec> HOME =
            List.of(
                    ActionSpec.of(
                            "light_set",
                            Parameter.choice("area", List.of("kitchen", "B\u00fcro \"oben\"\\"))
                                    .required(),
                            Parameter.integer("brightness", "%", 5, 100),
                            Parameter.flag("slowly")),
                    ActionSpec.of("light_on", Parameter.text("name")),
                    ActionSpec.of("light"));

    private static GrammarMatcher matcher(List<ActionSpec> actions) {
        return Grammar.parse("the home", ActionGrammar.of(actions)).matcher();
    }

    private static boolean says(GrammarMatcher matcher, String json) {
        return GrammarTest.matches(matcher, json);
    }

    @Test
    void actionsAreObjectsWithTheirParametersInOrder() {
        GrammarMatcher home = matcher(HOME);
        for (String json :
                List.of(
                        "{\"intent\":\"none\"}",
                        "{\"intent\":\"light\"}",
                        "{\"intent\":\"light_on\"}",
                        "{\"intent\":\"light_on\",\"name\":\"\u00e9 \\\"x\\\" \\u00e9\"}",
                        "{\"intent\":\"light_set\",\"area\":\"kitchen\"}",
                        "{\"intent\":\"light_set\",\"area\":\"B\u00fcro \\\"oben\\\"\\\\\"}",
                        "{\"intent\":\"light_set\",\"area\":\"kitchen\",\"slowly\":true}",
                        "{\"intent\":\"light_set\",\"area\":\"kitchen\",\"brightness\":5,\"slowly\":false}")) {
            assertThat(says(home, json)).as(json).isTrue();
        }
    }

    @Test
    void nothingElseCanBeSaid() {
        GrammarMatcher home = matcher(HOME);
        for (String json :
                List.of(
                        "{}",
                        "{\"intent\":\"lights\"}",
                        "{\"intent\":\"none\",\"area\":\"kitchen\"}",
                        "{ \"intent\":\"light\"}",
                        "{\"intent\":\"light\"} ",
                        "{\"intent\":\"light_set\"}",
                        "{\"intent\":\"light_set\",\"area\":\"cellar\"}",
                        "{\"intent\":\"light_set\",\"area\":\"kitchen\",\"brightness\":4}",
                        "{\"intent\":\"light_set\",\"area\":\"kitchen\",\"brightness\":101}",
                        "{\"intent\":\"light_set\",\"area\":\"kitchen\",\"brightness\":05}",
                        "{\"intent\":\"light_set\",\"area\":\"kitchen\",\"slowly\":\"true\"}",
                        "{\"intent\":\"light_set\",\"area\":\"kitchen\",\"slowly\":true,\"brightness\":5}",
                        "{\"intent\":\"light_set\",\"brightness\":5,\"area\":\"kitchen\"}",
                        "{\"intent\":\"light_on\",\"name\":\"a\"b\"}",
                        "{\"intent\":\"light_on\",\"name\":\"\n\"}",
                        "{\"intent\":\"light_on\",\"name\":\"" + "x".repeat(201) + "\"}")) {
            assertThat(says(home, json)).as(json).isFalse();
        }
    }

    @Test
    void aHomeWithoutActionsMaySayNone() {
        assertThat(says(matcher(List.of()), "{\"intent\":\"none\"}")).isTrue();
        assertThat(matcher(List.of()).forced()).hasSize("{\"intent\":\"none\"}".length());
    }

    @Test
    void aParameterThatIsCalledAsTheNamesKeyIsRefused() {
        assertThatThrownBy(
                        () ->
                                ActionGrammar.of(
                                        List.of(ActionSpec.of("go", Parameter.text("intent")))))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("action 'go'")
                .hasMessageContaining("'intent'");
    }

    @Test
    void aParameterThatTakesNoNumberIsRefused() {
        for (Parameter none :
                List.of(
                        Parameter.integer("level", "%", 5, 4),
                        Parameter.number("level", "%", 0.0001, 0.0002))) {
            assertThatThrownBy(() -> ActionGrammar.of(List.of(ActionSpec.of("set", none))))
                    .isInstanceOf(GanglionException.class)
                    .hasMessageContaining("'level'")
                    .hasMessageContaining("no number");
        }
    }

    /** Each whole number near a border, and many others, against the range itself. */
    @Test
    void wholeNumbersAreExactlyThoseOfTheirRange() {
        Random random = new Random(11);
        int said = 0;
        int refused = 0;
        for (int round = 0; round < 150; round++) {
            long scale = (long) Math.pow(10, 1 + random.nextInt(round < 140 ? 5 : 15));
            long a = random.nextLong() % scale;
            long b = random.nextLong() % scale;
            long least = Math.min(a, b);
            long most = Math.max(a, b);
            GrammarMatcher matcher =
                    matcher(
                            List.of(
                                    ActionSpec.of(
                                            "s",
                                            Parameter.integer("n", "1", least, most).required())));
            for (int i = 0; i < 80; i++) {
                long near = i % 2 == 0 ? least : most;
                long value = i % 4 < 2 ? near + i / 4 - 10 : random.nextLong() % (2 * scale);
                boolean inside = value >= least && value <= most;
                assertThat(says(matcher, "{\"intent\":\"s\",\"n\":" + value + "}"))
                        .as("%d in [%d, %d]", value, least, most)
                        .isEqualTo(inside);
                said += inside ? 1 : 0;
                refused += inside ? 0 : 1;
            }
            for (String odd : List.of("-0", "00", "1.0", "1e1", "+1", "", "-")) {
                assertThat(says(matcher, "{\"intent\":\"s\",\"n\":" + odd + "}")).as(odd).isFalse();
            }
        }
        assertThat(said).isGreaterThan(2000);
        assertThat(refused).isGreaterThan(2000);
    }

    @Test
    void otherNumbersAreThoseOfTheirRangeWithAtMostThreeDecimals() {
        Random random = new Random(12);
        int said = 0;
        int refused = 0;
        for (int round = 0; round < 150; round++) {
            BigDecimal a = number(random, 4);
            BigDecimal b = number(random, 4);
            BigDecimal least = a.min(b);
            BigDecimal most = a.max(b).add(BigDecimal.ONE);
            GrammarMatcher matcher =
                    matcher(
                            List.of(
                                    ActionSpec.of(
                                            "s",
                                            Parameter.number(
                                                            "n",
                                                            "1",
                                                            least.doubleValue(),
                                                            most.doubleValue())
                                                    .required())));
            for (int i = 0; i < 80; i++) {
                BigDecimal near = i % 2 == 0 ? least : most;
                BigDecimal value =
                        i % 4 < 2
                                ? near.setScale(i % 3 + 1, RoundingMode.HALF_UP)
                                        .add(BigDecimal.valueOf(i / 4 - 10, i % 3 + 1))
                                : number(random, 3);
                if (value.signum() == 0) {
                    continue;
                }
                boolean inside = value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
                assertThat(says(matcher, "{\"intent\":\"s\",\"n\":" + value.toPlainString() + "}"))
                        .as("%s in [%s, %s]", value, least, most)
                        .isEqualTo(inside);
                said += inside ? 1 : 0;
                refused += inside ? 0 : 1;
            }
        }
        assertThat(said).isGreaterThan(2000);
        assertThat(refused).isGreaterThan(2000);
        GrammarMatcher plain =
                matcher(List.of(ActionSpec.of("s", Parameter.number("n", "1", -1, 1).required())));
        for (String odd : List.of("-0", "-0.0", ".5", "1.", "1.001", "0.0001", "1e0", "01")) {
            assertThat(says(plain, "{\"intent\":\"s\",\"n\":" + odd + "}")).as(odd).isFalse();
        }
        for (String fine : List.of("0", "0.0", "1.000", "-1", "-0.5", "0.25")) {
            assertThat(says(plain, "{\"intent\":\"s\",\"n\":" + fine + "}")).as(fine).isTrue();
        }
    }

    private static BigDecimal number(Random random, int decimals) {
        int scale = random.nextInt(decimals + 1);
        long unscaled = random.nextLong() % (long) Math.pow(10, 1 + random.nextInt(5));
        return BigDecimal.valueOf(unscaled, scale);
    }

    /** What is chosen at random among what the grammar allows is JSON that each spec takes. */
    @Test
    void whateverIsSaidIsAnActionOfTheHome() throws IOException {
        Random random = new Random(13);
        int none = 0;
        for (int round = 0; round < 200; round++) {
            List<ActionSpec> home = home(random);
            GrammarMatcher matcher = matcher(home);
            for (int i = 0; i < 10; i++) {
                String json = babble(matcher, random);
                Map<String, Object> said = new LinkedHashMap<>(JSON.std.mapFrom(json));
                String name = (String) said.remove("intent");
                if (name.equals("none")) {
                    none++;
                    continue;
                }
                ActionSpec spec =
                        home.stream()
                                .filter(each -> each.name().equals(name))
                                .findFirst()
                                .orElseThrow();
                for (Parameter parameter : spec.parameters()) {
                    Object value = said.remove(parameter.name());
                    if (value == null) {
                        assertThat(parameter.isRequired()).as(json).isFalse();
                    } else {
                        parameter.parse("test", value);
                    }
                }
                assertThat(said).as(json).isEmpty();
            }
        }
        assertThat(none).isLessThan(1500);
    }

    private static String babble(GrammarMatcher matcher, Random random) {
        matcher.reset();
        StringBuilder said = new StringBuilder();
        while (!matcher.mayEnd()) {
            List<Character> possible = new ArrayList<>();
            for (char c = 0; c < 128; c++) {
                if (matcher.accepts(new byte[] {(byte) c})) {
                    possible.add(c);
                }
            }
            char next = possible.get(random.nextInt(possible.size()));
            // Else a text would go on up to its limit.
            next = possible.contains('"') && random.nextInt(3) == 0 ? '"' : next;
            matcher.take(new byte[] {(byte) next});
            said.append(next);
        }
        return said.toString();
    }

    private static List<ActionSpec> home(Random random) {
        List<ActionSpec> home = new ArrayList<>();
        for (int action = 0; action < 1 + random.nextInt(4); action++) {
            List<Parameter> parameters = new ArrayList<>();
            for (int i = 0; i < random.nextInt(5); i++) {
                String name = "p" + i;
                long least = random.nextInt(2000) - 1000;
                Parameter parameter =
                        switch (random.nextInt(5)) {
                            case 0 -> Parameter.text(name);
                            case 1 -> Parameter.choice(name, List.of("a b", "c\\", "\"d"));
                            case 2 -> Parameter.flag(name);
                            case 3 ->
                                    Parameter.integer(
                                            name, "1", least, least + random.nextInt(300));
                            default ->
                                    Parameter.number(name, "1", least / 100.0, least / 100.0 + 7);
                        };
                parameters.add(random.nextBoolean() ? parameter.required() : parameter);
            }
            home.add(new ActionSpec("action" + action, parameters, 0));
        }
        return home;
    }
}
