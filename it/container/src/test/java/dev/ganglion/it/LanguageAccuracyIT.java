package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands through the shipped route, on public sentences that lie beside the project: within a
 * point of what was published with the model, on both engines; and the cascade against its best
 * stage, in one run.
 */
class LanguageAccuracyIT {
    private static final double POINT = 0.01;

    @TempDir Path folder;

    /** A sentence and the action that it means. */
    private record Case(String text, Map<String, Object> action) {
        boolean isCommand() {
            return !"none".equals(action.get("intent"));
        }
    }

    /** How many of some sentences were understood, and at what cost. */
    private static final class Score {
        private int all;
        private int intents;
        private int actions;
        private int commands;
        private int commandIntents;
        private int commandActions;
        private int fallbacks;
        private double totalMicros;
        private long tokens;
        private final Map<String, Integer> hops = new TreeMap<>();

        void add(Case expected, Map<String, Object> decision) {
            Map<?, ?> said = (Map<?, ?>) decision.get("action");
            boolean intent = expected.action().get("intent").equals(said.get("intent"));
            boolean whole = plain(expected.action()).equals(plain(said));
            all++;
            intents += intent ? 1 : 0;
            actions += whole ? 1 : 0;
            if (expected.isCommand()) {
                commands++;
                commandIntents += intent ? 1 : 0;
                commandActions += whole ? 1 : 0;
            } else {
                fallbacks += intent ? 1 : 0;
            }
            Map<?, ?> micros = (Map<?, ?>) decision.get("micros");
            totalMicros += ((Number) micros.get("total")).doubleValue();
            tokens += ((Number) decision.get("tokensSpent")).longValue();
            hops.merge(String.valueOf(decision.get("hop")), 1, Integer::sum);
        }

        double share(int part, int of) {
            return (double) part / of;
        }

        double whole() {
            return share(actions, all);
        }

        double meanMicros() {
            return totalMicros / all;
        }

        void print(String what) {
            System.out.printf(
                    Locale.ROOT,
                    "%s: n=%d, intent %.1f %%, whole action %.1f %%; of %d commands intent %.1f %%,"
                            + " whole action %.1f %%; mean %.0f us, %d tokens, by %s%n",
                    what,
                    all,
                    100 * share(intents, all),
                    100 * whole(),
                    commands,
                    100 * share(commandIntents, commands),
                    100 * share(commandActions, commands),
                    meanMicros(),
                    tokens,
                    hops);
        }
    }

    private static Map<String, String> plain(Map<?, ?> action) {
        Map<String, String> plain = new TreeMap<>();
        action.forEach(
                (key, value) ->
                        plain.put(
                                String.valueOf(key),
                                value instanceof Number number
                                        ? Double.toString(number.doubleValue())
                                        : String.valueOf(value)));
        return plain;
    }

    private static List<Case> cases(String file) throws IOException {
        Path path = Path.of(System.getProperty("ganglion.shared.data"), "data", "command", file);
        assumeTrue(Files.exists(path), path + " is not here; the accuracy is not measured");
        List<Case> cases = new ArrayList<>();
        for (Object each : JSON.std.listFrom(Files.readString(path))) {
            Map<?, ?> one = (Map<?, ?>) each;
            cases.add(
                    new Case(
                            String.valueOf(one.get("t")),
                            JSON.std.mapFrom(String.valueOf(one.get("a")))));
        }
        return cases;
    }

    private Score run(String what, List<Case> cases, String... placeholders) throws IOException {
        Path input = folder.resolve("commands.txt");
        Files.write(input, cases.stream().map(Case::text).toList());
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "run",
                                Ganglion.route("assistant"),
                                "--json",
                                "--set",
                                "input=" + input));
        for (String placeholder : placeholders) {
            command.addAll(List.of("--set", placeholder));
        }
        Ganglion run = Ganglion.run(folder, command.toArray(String[]::new));
        List<Map<String, Object>> lines = run.json();
        assertThat(lines.get(lines.size() - 1)).as("%s", run.err()).containsEntry("failed", 0);
        List<Map<String, Object>> decisions = lines.subList(0, lines.size() - 1);
        assertThat(decisions).as("each of them has a valid action").hasSameSizeAs(cases);
        Score score = new Score();
        for (int i = 0; i < cases.size(); i++) {
            assertThat(decisions.get(i)).containsEntry("text", cases.get(i).text());
            score.add(cases.get(i), decisions.get(i));
        }
        score.print(what);
        return score;
    }

    @Test
    void homeLmOnOnnxRuntimeUnderstandsAsMuchAsWasPublished() throws IOException {
        homeLm("onnxruntime", 0.983, 0.898, 0.879, 0.727, 0.979);
    }

    @Test
    void homeLmOnLlamaCppUnderstandsAsMuchAsWasPublished() throws IOException {
        Ganglion.assumeLlamaCpp();
        homeLm("llamacpp", 0.983, 0.898, 0.867, 0.721, 0.979);
    }

    private void homeLm(
            String engine,
            double intent,
            double action,
            double commandIntent,
            double commandAction,
            double fallback)
            throws IOException {
        String[] alone = {"engine=" + engine, "stages=home-lm"};
        Score home =
                run("home-lm on " + engine + ", Home Assistant", cases("ha_tests.json"), alone);
        assertThat(home.share(home.intents, home.all)).isGreaterThanOrEqualTo(intent - POINT);
        assertThat(home.whole()).isGreaterThanOrEqualTo(action - POINT);
        Score people = run("home-lm on " + engine + ", people", cases("hwu_cmd.json"), alone);
        assertThat(people.share(people.commandIntents, people.commands))
                .isGreaterThanOrEqualTo(commandIntent - POINT);
        assertThat(people.share(people.commandActions, people.commands))
                .isGreaterThanOrEqualTo(commandAction - POINT);
        assertThat(people.share(people.fallbacks, people.all - people.commands))
                .isGreaterThanOrEqualTo(fallback - POINT);
    }

    /** Each of the two sets, in turns, so that a slow minute of the machine is shared. */
    @Test
    void theCascadeIsAsRightAsItsBestStageAtHalfOfItsTime() throws IOException {
        for (String file : List.of("ha_tests.json", "hwu_cmd.json")) {
            List<Case> cases = cases(file);
            Score alone = run("home-lm alone, " + file, cases, "stages=home-lm");
            Score cascade = run("the cascade, " + file, cases);
            Score again = run("home-lm alone, " + file, cases, "stages=home-lm");
            assertThat(cascade.whole()).as(file).isGreaterThanOrEqualTo(alone.whole());
            double ratio = cascade.meanMicros() / ((alone.meanMicros() + again.meanMicros()) / 2);
            System.out.printf(Locale.ROOT, "%s: mean latency %.2f of home-lm alone%n", file, ratio);
            assertThat(cascade.hops).containsKeys("rules", "nlu-micro", "home-lm");
            // Times are a benchmark's to judge: here only who was asked, which is why it is fast.
            assertThat(cascade.hops.get("home-lm")).isLessThan(cases.size() / 2);
        }
    }

    /** What is spent and saved when nobody wants to hear the answer. */
    @Test
    void stoppingAtTheActionSavesTokensAndCostsNoAccuracy() throws IOException {
        List<Case> cases = cases("ha_tests.json");
        Score whole = run("with the answer", cases, "stages=home-lm");
        Score early = run("without the answer", cases, "stages=home-lm", "reply=false");
        System.out.printf(
                Locale.ROOT,
                "%d tokens spent, %d saved (%.1f %%)%n",
                early.tokens,
                whole.tokens - early.tokens,
                100.0 * (whole.tokens - early.tokens) / whole.tokens);
        assertThat(early.actions).isEqualTo(whole.actions);
        assertThat(early.tokens).isLessThan(whole.tokens * 8 / 10);
    }
}
