package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees from a second terminal. */
class OperatorIT {
    private static final String[] STEPS = {"encode:wordpiece", "infer:nlu-micro", "decide:slots"};
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");

    @TempDir static Path shared;
    private static Ganglion container;

    @TempDir Path folder;

    @BeforeAll
    static void startContainer() {
        Path routes = shared.resolve("routes");
        Folders.write(
                shared.resolve("in.txt"),
                "turn on the kitchen lights\nmake it brighter\nturn off the lights\n");
        Folders.route(
                routes.resolve("kitchen"),
                "kitchen",
                "sense:text?path=" + shared.resolve("in.txt"),
                STEPS);
        Folders.route(
                routes.resolve("lost"),
                "lost",
                "sense:text?path=" + shared.resolve("in.txt"),
                "encode:wordpiece",
                "infer:nlu-macro",
                "decide:slots");
        container = Ganglion.start(shared, "start", "--routes", routes.toString());
        container.awaitErr(line -> line.contains("started on the routes of " + routes));
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(
                        () ->
                                assertThat(
                                                row(answer("route", "list"), "routes", "kitchen")
                                                        .get("messages"))
                                        .isEqualTo(3));
    }

    @AfterAll
    static void stopContainer() {
        container.close();
    }

    private static Ganglion asked(String... words) {
        Ganglion command = Ganglion.run(shared, words);
        assertThat(command.exitStatus()).as("%s", command.err()).isZero();
        assertThat(command.err()).isEmpty();
        return command;
    }

    private static Map<String, Object> answer(String... words) {
        List<String> withJson = new ArrayList<>(List.of(words));
        withJson.add("--json");
        List<Map<String, Object>> objects = asked(withJson.toArray(String[]::new)).json();
        assertThat(objects).hasSize(1);
        assertThat(objects.get(0)).containsEntry("ok", true);
        return objects.get(0);
    }

    /** The row of a list that names a route or a model so. */
    private static Map<?, ?> row(Map<String, Object> answer, String list, String name) {
        return ((List<?>) answer.get(list))
                .stream()
                        .map(Map.class::cast)
                        .filter(row -> row.containsValue(name))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no " + name + " in " + answer));
    }

    private static String refusal(Ganglion command) {
        assertThat(command.exitStatus()).as("%s", command.out()).isEqualTo(1);
        assertThat(command.out()).isEmpty();
        assertThat(command.err()).hasSize(1);
        return command.err().get(0);
    }

    @Test
    void topTellsOfRoutesStagesAndModels() {
        Map<String, Object> top = answer("top");
        assertThat(((Number) top.get("uptimeMillis")).longValue()).isPositive();
        assertThat(((Number) top.get("rssBytes")).longValue()).isGreaterThan(10_000_000);
        Map<?, ?> kitchen = row(top, "routes", "kitchen");
        assertThat(kitchen.get("state")).isEqualTo("running");
        assertThat(kitchen.get("messages")).isEqualTo(3);
        assertThat(kitchen.get("failed")).isEqualTo(0);
        for (String percentile : List.of("microsP50", "microsP99")) {
            assertThat(kitchen.get(percentile))
                    .asInstanceOf(MAP)
                    .containsOnlyKeys("encode", "infer", "decide", "act", "total", "sample")
                    .hasEntrySatisfying(
                            "infer",
                            micros -> assertThat(((Number) micros).longValue()).isPositive());
        }
        Map<?, ?> model = row(top, "models", "nlu-micro");
        assertThat(model.get("state")).isEqualTo("serving");
        assertThat(model.get("engine")).isEqualTo("onnxruntime");
        assertThat(model.get("version")).isEqualTo("1");
        assertThat(top.get("models")).asInstanceOf(LIST).hasSize(1);
    }

    @Test
    void topForPeopleFitsAndRepeatsUntilItIsStopped() {
        assertThat(asked("top", "--once").out())
                .anyMatch(line -> line.matches("up .*, memory [0-9.]+ MB; .*"))
                .anyMatch(line -> line.matches("kitchen +running +3 +0 .*"))
                .anyMatch(line -> line.matches("nlu-micro +1 +serving +onnxruntime .*"))
                .noneMatch(line -> line.contains("\033"));
        try (Ganglion top = Ganglion.start(shared, "top", "--interval", "0.1")) {
            top.awaitOut(3, line -> line.startsWith("kitchen"));
            top.interrupt().exitStatus();
        }
    }

    @Test
    void modelsAreListedWithThoseThatAreOnlyInstalled() {
        Map<String, Object> models = answer("model", "list");
        assertThat(row(models, "models", "nlu-micro").get("state")).isEqualTo("serving");
        assertThat(row(models, "models", "nlu-small").get("state")).isEqualTo("installed");
        assertThat(models).containsEntry("folder", Ganglion.image().resolve("models").toString());
        assertThat(asked("model", "list").out())
                .anyMatch(line -> line.matches("nlu-small +1 +installed.*"));
    }

    @Test
    void aModelIsShownWithItsInputsAndOutputs() {
        Map<String, Object> model = answer("model", "show", "nlu-micro");
        assertThat(model).containsEntry("name", "nlu-micro").containsKeys("licence", "log");
        assertThat(model.get("inputs")).asInstanceOf(LIST).isNotEmpty();
        assertThat(model.get("outputs")).asInstanceOf(LIST).isNotEmpty();
        assertThat(asked("model", "show", "nlu-micro").out())
                .anyMatch(line -> line.startsWith("input    "))
                .anyMatch(line -> line.startsWith("licence  "));
    }

    @Test
    void anUnknownModelIsRefusedWithThoseThatExist() {
        for (String command : List.of("show", "rollback", "promote")) {
            assertThat(refusal(Ganglion.run(shared, "model", command, "nlu-macro")))
                    .startsWith("ganglion: ")
                    .contains("nlu-macro", "nlu-micro", "nlu-small");
        }
        assertThat(refusal(Ganglion.run(shared, "model", "swap", "nlu-micro", "7", "--json")))
                .startsWith("ganglion: ")
                .contains("nlu-micro", "7");
        assertThat(row(answer("model", "list"), "models", "nlu-micro").get("state"))
                .isEqualTo("serving");
    }

    @Test
    void anUnknownStrategyIsRefusedWithThoseThatExist() {
        assertThat(
                        refusal(
                                Ganglion.run(
                                        shared,
                                        "model",
                                        "swap",
                                        "nlu-micro",
                                        "1",
                                        "--strategy",
                                        "hope")))
                .contains("hope", "immediate", "blue-green", "canary", "shadow");
    }

    @Test
    void pluginsAreListedWithTheirBundles() {
        assertThat(asked("plugin", "list").out())
                .anyMatch(line -> line.matches("engine +onnxruntime +dev\\.ganglion\\.engine.*"))
                .anyMatch(line -> line.matches("decider +slots +dev\\.ganglion\\.decider.*"))
                .doesNotContain("Wrong:");
        assertThat(answer("plugin", "list")).containsEntry("problems", List.of());
    }

    @Test
    void aRouteThatWaitsSaysForWhat() {
        Map<String, Object> routes = answer("route", "list");
        assertThat(row(routes, "routes", "kitchen").get("waitsFor")).isEqualTo("");
        Map<?, ?> lost = row(routes, "routes", "waiting");
        assertThat(lost.get("file"))
                .isEqualTo(shared.resolve("routes/lost/route.camel.yaml").toString());
        assertThat(String.valueOf(lost.get("waitsFor"))).startsWith("the model 'nlu-macro'");
        assertThat(asked("route", "list").out())
                .anyMatch(line -> line.matches("kitchen +running +3 +0 .*"))
                .anyMatch(line -> line.contains("waits for the model 'nlu-macro'"));
    }

    @Test
    void aSecondContainerOnTheSameFolderIsRefusedAndTheFirstGoesOn() {
        String sentence =
                "ganglion: a container runs on "
                        + shared.resolve("var")
                        + " already (process "
                        + container.pid()
                        + "); stop it, or give this one a folder of its own with GANGLION_VAR";
        assertThat(refusal(Ganglion.run(shared, "start"))).isEqualTo(sentence);
        assertThat(refusal(Ganglion.run(shared, "run", Ganglion.route("kitchen-commands"))))
                .isEqualTo(sentence);
        assertThat(answer("top")).containsKey("routes");
    }

    @Test
    void theDoctorMayComeWhileAContainerRuns() {
        assertThat(asked("doctor").out()).contains("Nothing is wrong.");
        assertThat(answer("top")).containsKey("routes");
    }

    @Test
    void onlyTheOwnerMayAskAndNoPortIsOpen() throws IOException {
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(shared.resolve("var/control.sock"))))
                .isEqualTo("rw-------");
        Path process = Path.of("/proc", Long.toString(container.pid()));
        Set<String> sockets = new TreeSet<>();
        try (Stream<Path> files = Files.list(process.resolve("fd"))) {
            for (Path file : files.toList()) {
                Matcher socket = SOCKET.matcher(link(file));
                if (socket.matches()) {
                    sockets.add(socket.group(1));
                }
            }
        }
        assertThat(sockets).as("the Unix socket at least").isNotEmpty();
        for (String protocol : List.of("tcp", "tcp6", "udp", "udp6")) {
            Path table = process.resolve("net").resolve(protocol);
            List<String> lines = Files.exists(table) ? Files.readAllLines(table) : List.of();
            assertThat(lines)
                    .as(protocol)
                    .noneMatch(line -> Stream.of(line.split("\\s+")).anyMatch(sockets::contains));
        }
    }

    private static String link(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    @Test
    void withoutAContainerTheCommandSaysHowToStartOne() {
        for (String[] command : new String[][] {{"top"}, {"model", "list"}, {"route", "list"}}) {
            assertThat(refusal(Ganglion.run(folder, command)))
                    .isEqualTo(
                            "ganglion: no container runs on "
                                    + folder.resolve("var")
                                    + "; start one with 'ganglion start' or 'ganglion run ROUTES'");
        }
        assertThat(folder.resolve("var")).doesNotExist();
    }

    @Test
    void aRunAnswersTooAndLeavesNothingBehind() throws IOException {
        Folders.route(folder.resolve("route"), "typed", "sense:text?path=-", STEPS);
        try (Ganglion run = Ganglion.start(folder, "run", folder.resolve("route").toString())) {
            run.type("turn on the kitchen lights\n").awaitOut(line -> line.contains("kitchen"));
            Ganglion top = Ganglion.run(folder, "top", "--json");
            assertThat(top.exitStatus()).as("%s", top.err()).isZero();
            assertThat(row(top.json().get(0), "routes", "typed").get("messages")).isEqualTo(1);
            run.interrupt().exitStatus();
        }
        assertThat(folder.resolve("var")).isEmptyDirectory();
    }

    @Test
    void afterAContainerWasKilledTheNextOneStartsAndIsAsked() throws Exception {
        Path routes = folder.resolve("routes");
        Folders.route(routes, "typed", "sense:text?path=-", STEPS);
        try (Ganglion killed = Ganglion.start(folder, "start", "--routes", routes.toString())) {
            killed.awaitErr(line -> line.contains("started on the routes"));
            ProcessHandle.of(killed.pid()).orElseThrow().destroyForcibly();
            killed.exitStatus();
        }
        assertThat(folder.resolve("var/control.sock")).exists();
        assertThat(refusal(Ganglion.run(folder, "top"))).contains("no container runs on");
        try (Ganglion next = Ganglion.start(folder, "start", "--routes", routes.toString())) {
            next.awaitErr(line -> line.contains("started on the routes"));
            assertThat(Ganglion.run(folder, "top", "--once").exitStatus()).isZero();
            next.interrupt().exitStatus();
        }
        assertThat(folder.resolve("var")).isEmptyDirectory();
    }

    @Test
    void theHelpOfEachCommandIsForPeople() {
        for (String[] command :
                new String[][] {
                    {"top", "--help"},
                    {"model", "--help"},
                    {"model", "swap", "--help"},
                    {"plugin", "list", "--help"},
                    {"route", "--help"}
                }) {
            List<String> help = asked(command).out();
            assertThat(help).allMatch(line -> line.length() <= 80);
            assertThat(help.get(0)).startsWith("Usage: ganglion " + command[0]);
        }
    }
}
