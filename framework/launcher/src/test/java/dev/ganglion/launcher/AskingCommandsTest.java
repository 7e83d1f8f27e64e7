package dev.ganglion.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands against a container that answers as it is told here. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AskingCommandsTest {
    private static final String SERVING = "serving";

    @TempDir Path folder;
    private final List<Map<String, Object>> asked = new CopyOnWriteArrayList<>();
    private final PrintStream console = System.out;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final StringWriter complaints = new StringWriter();

    @BeforeEach
    void captureOutput() {
        System.setProperty("ganglion.home", folder.toString());
        System.setProperty("ganglion.var", folder.toString());
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restoreOutput() {
        System.setOut(console);
        System.clearProperty("ganglion.home");
        System.clearProperty("ganglion.var");
    }

    private int run(
            Function<Map<String, Object>, Map<String, Object>> container, String... arguments)
            throws IOException {
        Path own = Files.createDirectories(folder.resolve("cache-1"));
        try (ControlSocket socket =
                ControlSocket.open(
                        folder,
                        own,
                        request -> {
                            asked.add(request);
                            return container.apply(request);
                        },
                        ControlSocket.SILENT_MILLIS)) {
            assertThat(socket).isNotNull();
            return run(arguments);
        }
    }

    private int run(String... arguments) {
        return new CommandLine(new Main())
                .setErr(new PrintWriter(complaints))
                .setExecutionExceptionHandler(
                        (e, command, parsed) -> {
                            command.getErr().println(e.getMessage());
                            return 1;
                        })
                .execute(arguments);
    }

    private List<String> lines() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static Map<String, Object> model(String version, String state) {
        return Map.of(
                "name",
                "nlu",
                "version",
                version,
                "state",
                state,
                "engine",
                "toy",
                "isolation",
                "container",
                "format",
                "toy",
                "leases",
                1,
                "mappedBytes",
                0,
                "allocatedBytes",
                2_500_000,
                "sinceMillis",
                0);
    }

    private static Map<String, Object> top() {
        Map<String, Object> micros =
                Map.of("encode", 1, "infer", 300, "decide", 3, "act", 4, "total", 312);
        Map<String, Object> route =
                Map.of(
                        "route",
                        "kitchen",
                        "file",
                        "/r/a.camel.yaml",
                        "state",
                        "running",
                        "sentence",
                        "",
                        "messages",
                        7,
                        "failed",
                        1,
                        "perSecond",
                        2.25,
                        "microsP50",
                        micros,
                        "microsP99",
                        micros);
        Map<String, Object> lost =
                Map.of(
                        "route",
                        "",
                        "file",
                        "/r/b.camel.yaml",
                        "state",
                        "waiting",
                        "sentence",
                        "/r/b.camel.yaml waits for the model 'x'",
                        "messages",
                        0,
                        "failed",
                        0,
                        "perSecond",
                        0.0,
                        "microsP50",
                        Map.of(),
                        "microsP99",
                        Map.of());
        return Map.of(
                "ok",
                true,
                "uptimeMillis",
                61_000,
                "rssBytes",
                100_000_000,
                "routes",
                List.of(route, lost),
                "models",
                List.of(model("2", SERVING)));
    }

    @Test
    void topShowsRoutesWithLatenciesAndModelsInMemory() throws IOException {
        assertThat(run(request -> top(), "top", "--once")).isZero();
        assertThat(asked).containsExactly(Map.of("command", "top"));
        assertThat(lines())
                .contains("up 1 min 1 s, memory 100.0 MB; latencies: p50/p99 in microseconds")
                .contains("/r/b.camel.yaml waits for the model 'x'")
                .anyMatch(
                        line ->
                                line.matches(
                                        "kitchen +running +7 +1 +2\\.[23] +1/1 +300/300 +3/3 +4/4"
                                                + " +312/312"))
                .anyMatch(line -> line.matches("b\\.camel\\.yaml +waiting +0 +0 +0\\.0( +-){5}"))
                .anyMatch(line -> line.startsWith("nlu") && line.contains("2.5"));
    }

    private static Map<String, Object> whySlow() {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("trace", "7C-1");
        message.put("stream", "hall");
        message.put("sequence", 42);
        message.put("totalMicros", 50_120);
        message.put("waitMicros", 1_000);
        message.put("encodeMicros", 20);
        message.put("inferMicros", 900);
        message.put("decideMicros", 100);
        message.put("actMicros", 100);
        message.put("otherMicros", 48_000);
        message.put("gapMicros", 38_000);
        message.put("gapBefore", "act:mqtt");
        message.put("heldMicros", 0);
        message.put("heardMicros", 1_300_000);
        Map<String, Object> quick = new LinkedHashMap<>(message);
        quick.put("trace", "7C-2");
        quick.put("gapMicros", 10);
        return Map.of(
                "ok",
                true,
                "route",
                "kitchen",
                "messages",
                1_234,
                "medianMicros",
                Map.of("total", 2_300),
                "slowest",
                List.of(message, quick),
                "verdict",
                List.of("38 ms pass before act:mqtt", "infer:nlu takes 30 %"));
    }

    @Test
    void theSlowestMessagesAreShownWithWhatToChange() throws IOException {
        assertThat(run(request -> whySlow(), "why-slow", "kitchen")).isZero();
        assertThat(asked)
                .containsExactly(Map.of("command", "why-slow", "route", "kitchen", "reset", false));
        assertThat(lines())
                .containsExactly(
                        "the 2 slowest of 1234 decisions in kitchen; milliseconds; the median is"
                                + " 2.30",
                        "",
                        "TRACE  STREAM  SEQUENCE  TOTAL  WAIT  ENCODE  INFER  DECIDE   ACT  OTHER"
                                + "  BEFORE    HELD    HEARD",
                        "7C-1   hall          42  50.12  1.00    0.02   0.90    0.10  0.10  48.00"
                                + "  act:mqtt  0.00  1300.00",
                        "7C-2   hall          42  50.12  1.00    0.02   0.90    0.10  0.10  48.00"
                                + "            0.00  1300.00",
                        "",
                        "38 ms pass before act:mqtt",
                        "infer:nlu takes 30 %");
    }

    @Test
    void whyARouteIsSlowAsJsonIsOneObject() throws IOException {
        assertThat(run(request -> whySlow(), "why-slow", "kitchen", "--json", "--reset")).isZero();
        assertThat(asked)
                .containsExactly(Map.of("command", "why-slow", "route", "kitchen", "reset", true));
        assertThat(lines()).hasSize(1);
        assertThat(JSON.std.mapFrom(lines().get(0))).containsEntry("messages", 1_234);
    }

    @Test
    void aRouteWithoutMessagesHasNoTable() throws IOException {
        Map<String, Object> nothing =
                Map.of(
                        "ok",
                        true,
                        "slowest",
                        List.of(),
                        "verdict",
                        List.of("nothing was decided in the route 'kitchen' since it began"));
        assertThat(run(request -> nothing, "why-slow", "kitchen")).isZero();
        assertThat(lines())
                .containsExactly("nothing was decided in the route 'kitchen' since it began");
    }

    @Test
    void aRouteThatDoesNotRunIsRefusedAndNoneIsNotUnderstood() throws IOException {
        String sentence = "no route 'kitchn' runs; there are: kitchen";
        assertThat(run(request -> ControlSocket.refused(sentence), "why-slow", "kitchn"))
                .isEqualTo(1);
        assertThat(complaints.toString().strip()).isEqualTo(sentence);
        assertThat(run("why-slow")).isEqualTo(2);
        assertThat(complaints.toString()).contains("Missing required parameter: 'ROUTE'");
        assertThat(lines()).isEmpty();
    }

    @Test
    void topAsJsonIsOneObject() throws IOException {
        assertThat(run(request -> top(), "top", "--json")).isZero();
        assertThat(lines()).hasSize(1);
        assertThat(JSON.std.mapFrom(lines().get(0))).containsEntry("uptimeMillis", 61_000);
    }

    @Test
    void topAsJsonGoesOnWhenAnIntervalIsGivenUntilTheContainerIsGone() throws IOException {
        int status =
                run(
                        request ->
                                asked.size() < 3 ? top() : ControlSocket.refused("it is stopping"),
                        "top",
                        "--json",
                        "--interval",
                        "0.1");
        assertThat(status).isEqualTo(1);
        assertThat(lines()).hasSize(2);
        assertThat(complaints.toString().strip()).isEqualTo("it is stopping");
    }

    @Test
    void aShorterIntervalThanTenthsOfASecondIsNotUnderstood() throws IOException {
        for (String seconds : List.of("0", "-1", "NaN", "0.01")) {
            assertThat(run(request -> top(), "top", "--interval", seconds)).isEqualTo(2);
        }
        assertThat(complaints.toString()).contains("at least 0.1 seconds expected, 0.01 found");
        assertThat(asked).isEmpty();
    }

    @Test
    void withoutAContainerEachCommandSaysSo() {
        for (List<String> command :
                List.of(
                        List.of("top"),
                        List.of("top", "--json"),
                        List.of("model", "list"),
                        List.of("model", "swap", "nlu", "2", "--wait"),
                        List.of("why-slow", "kitchen"),
                        List.of("plugin", "list", "--json"),
                        List.of("route", "list"))) {
            assertThat(run(command.toArray(String[]::new))).as("%s", command).isEqualTo(1);
        }
        assertThat(lines()).isEmpty();
        assertThat(complaints.toString().lines())
                .hasSize(7)
                .containsOnly(
                        "no container runs on "
                                + folder
                                + "; start one with 'ganglion start' or 'ganglion run ROUTES'");
    }

    @Test
    void aSwapSendsWhatWasGivenAndNothingElse() throws IOException {
        Function<Map<String, Object>, Map<String, Object>> done =
                request -> Map.of("ok", true, "sentence", "nlu@2 serves instead of nlu@1");
        assertThat(run(done, "model", "swap", "nlu", "2")).isZero();
        assertThat(
                        run(
                                done,
                                "model swap nlu 2 --strategy canary --drain-first --probation-seconds 5 --probation-messages 6 --share 12 --max-error-rate 10 --max-latency-ratio 1.5"
                                        .split(" ")))
                .isZero();
        assertThat(run(done, "model", "swap", "nlu", "2", "--max-memory", "30")).isZero();
        assertThat(asked.remove(2))
                .containsEntry("maxMemoryMegabytes", "30")
                .doesNotContainKey("share");
        assertThat(asked)
                .containsExactly(
                        Map.of("command", "model.swap", "name", "nlu", "version", "2"),
                        Map.of(
                                "command", "model.swap",
                                "name", "nlu",
                                "version", "2",
                                "strategy", "canary",
                                "drainFirst", "true",
                                "probationSeconds", "5",
                                "probationMessages", "6",
                                "share", "12",
                                "maxErrorRate", "10",
                                "maxLatencyRatio", "1.5"));
        assertThat(lines()).hasSize(3).containsOnly("nlu@2 serves instead of nlu@1");
    }

    private Function<Map<String, Object>, Map<String, Object>> afterProbation(String serving) {
        return request -> {
            if ("model.swap".equals(request.get("command"))) {
                return Map.of("ok", true, "model", "nlu@2", "sentence", "nlu@2 is on probation");
            }
            List<Map<String, Object>> versions = new ArrayList<>();
            versions.add(asked.size() < 4 ? model("2", "probation") : model(serving, SERVING));
            return Map.of(
                    "ok",
                    true,
                    "versions",
                    versions,
                    "log",
                    List.of(Map.of("atMillis", 1, "sentence", "nlu@2 was too slow")));
        };
    }

    @Test
    void aSwapWaitsUntilTheVersionWasAccepted() throws IOException {
        assertThat(run(afterProbation("2"), "model", "swap", "nlu", "2", "--wait")).isZero();
        assertThat(asked).hasSizeGreaterThanOrEqualTo(4);
        assertThat(lines()).containsExactly("nlu@2 serves");
    }

    @Test
    void aSwapThatWasTakenBackFailsWithTheReason() throws IOException {
        assertThat(run(afterProbation("1"), "model", "swap", "nlu", "2", "--wait")).isEqualTo(1);
        assertThat(lines()).isEmpty();
        assertThat(complaints.toString().strip())
                .isEqualTo("version 2 of the model 'nlu' does not serve: nlu@2 was too slow");
    }

    @Test
    void otherChangesNameModelAndEngine() throws IOException {
        Function<Map<String, Object>, Map<String, Object>> done =
                request -> Map.of("ok", true, "sentence", "done");
        assertThat(run(done, "model", "rollback", "nlu")).isZero();
        assertThat(run(done, "model", "promote", "nlu", "--json")).isZero();
        assertThat(run(done, "model", "engine", "nlu", "toy")).isZero();
        assertThat(asked)
                .containsExactly(
                        Map.of("command", "model.rollback", "name", "nlu"),
                        Map.of("command", "model.promote", "name", "nlu"),
                        Map.of("command", "model.engine", "name", "nlu", "engine", "toy"));
        assertThat(lines()).hasSize(3).contains("done").anyMatch(line -> line.startsWith("{"));
    }

    @Test
    void aChangeWithoutItsModelIsNotUnderstood() {
        assertThat(run("model", "swap", "nlu")).isEqualTo(2);
        assertThat(run("model", "swap", "nlu", "2", "--share", "much")).isEqualTo(2);
        assertThat(run("model")).isEqualTo(2);
        assertThat(complaints.toString())
                .contains("'VERSION'", "'--share'", "Missing required subcommand");
    }

    @Test
    void aModelIsShownWithWhoHoldsItAndWhatHappened() throws IOException {
        Map<String, Object> shown =
                Map.of(
                        "ok",
                        true,
                        "name",
                        "nlu",
                        "versions",
                        List.of(model("2", SERVING), model("1", "installed")),
                        "inputs",
                        List.of("input_ids int64 [1, 32]"),
                        "outputs",
                        List.of("intents", "slots"),
                        "licence",
                        "MIT",
                        "leasesHeld",
                        List.of(Map.of("holder", "kitchen", "sinceMillis", 1)),
                        "log",
                        List.of(Map.of("atMillis", 1, "sentence", "nlu@2 serves")));
        assertThat(run(request -> shown, "model", "show", "nlu")).isZero();
        assertThat(asked).containsExactly(Map.of("command", "model.show", "name", "nlu"));
        assertThat(lines())
                .contains("input    input_ids int64 [1, 32]", "output   slots", "licence  MIT")
                .anyMatch(line -> line.startsWith("held by  kitchen, since "))
                .anyMatch(line -> line.endsWith("  nlu@2 serves"));
    }

    @Test
    void pluginsAreListedWithWhatIsWrong() throws IOException {
        assertThat(
                        run(
                                request ->
                                        Map.of(
                                                "ok",
                                                true,
                                                "plugins",
                                                List.of(
                                                        Map.of(
                                                                "kind",
                                                                "engine",
                                                                "name",
                                                                "toy",
                                                                "source",
                                                                "toys 1.0")),
                                                "problems",
                                                List.of("a lamp is missing")),
                                "plugin",
                                "list"))
                .isZero();
        assertThat(lines())
                .contains("Wrong:", "  - a lamp is missing")
                .anyMatch(line -> line.matches("engine +toy +toys 1\\.0"));
    }

    @Test
    void whatWaitsToBeConfirmedIsListedAndConfirmed() throws IOException {
        Map<String, Object> one =
                Map.of(
                        "id",
                        "home-1",
                        "action",
                        "unlock",
                        "parameters",
                        "{door=front}",
                        "by",
                        "pin",
                        "route",
                        "voice",
                        "secondsLeft",
                        42);
        assertThat(run(request -> Map.of("ok", true, "waiting", List.of(one)), "confirm")).isZero();
        assertThat(lines()).anyMatch(line -> line.matches("home-1 +unlock +.* pin +42"));
        assertThat(run(request -> Map.of("ok", true, "waiting", List.of()), "confirm")).isZero();
        assertThat(lines()).contains("nothing waits to be confirmed");
        assertThat(run(request -> Map.of("ok", true, "sentence", "done"), "confirm", "home-1"))
                .isZero();
        assertThat(run(request -> Map.of("ok", true, "sentence", "undone"), "undo", "home"))
                .isZero();
        assertThat(asked)
                .contains(
                        Map.of("command", "confirm", "id", "home-1"),
                        Map.of("command", "undo", "actuator", "home"));
        assertThat(lines()).contains("done", "undone");
    }

    @Test
    void aRefusedConfirmationIsAFailure() throws IOException {
        assertThat(run(request -> Map.of("ok", false, "sentence", "too late"), "confirm", "home-1"))
                .isEqualTo(1);
        assertThat(complaints.toString()).contains("too late");
        assertThat(run("undo")).isEqualTo(2);
    }

    @Test
    void durationsAreInTheirTwoLargestUnits() {
        assertThat(List.of(59L, 60L, 3_661L, 90_000L))
                .extracting(TopCommand::duration)
                .containsExactly("59 s", "1 min 0 s", "1 h 1 min", "1 d 1 h");
    }

    private static Map<String, Object> recording(boolean goesOn, int inputs, String why) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("ok", true);
        answer.put("route", "kitchen");
        answer.put("file", "/tmp/day.jsonl");
        answer.put("recording", goesOn);
        answer.put("inputs", inputs);
        answer.put("bytes", 100);
        answer.put("why", why);
        return answer;
    }

    @Test
    void aRecordingEndsAfterSoManyMessages() throws IOException {
        int status =
                run(
                        request ->
                                request.containsKey("stop")
                                        ? recording(false, 5, "stopped by command")
                                        : recording(true, 2 * asked.size(), ""),
                        "record",
                        "kitchen",
                        "--to",
                        "day.jsonl",
                        "--messages",
                        "5");
        assertThat(status).isZero();
        assertThat(asked.get(0))
                .containsEntry("command", "record")
                .containsEntry("route", "kitchen");
        assertThat(String.valueOf(asked.get(0).get("to"))).startsWith("/").endsWith("/day.jsonl");
        assertThat(asked.get(asked.size() - 1)).containsEntry("stop", true);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains(
                        "5 inputs of route kitchen in /tmp/day.jsonl, 100 bytes: stopped by command");
    }

    @Test
    void aRecordingThatBreaksOffIsAFailure() throws IOException {
        int status =
                run(
                        request -> recording(false, 7, "the disk is full"),
                        "record",
                        "kitchen",
                        "--to",
                        "day.jsonl");
        assertThat(status).isEqualTo(1);
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("the disk is full");
    }

    @Test
    void whatDoesNotBelongTogetherInRecordIsRefused() {
        assertThat(run("record", "kitchen", "--to", "a", "--stop")).isEqualTo(2);
        assertThat(run("record", "kitchen", "--seconds", "5")).isEqualTo(2);
        assertThat(run("record", "kitchen", "--to", "a", "--seconds", "0")).isEqualTo(2);
        assertThat(run("record", "kitchen", "--to", "a", "--messages", "0")).isEqualTo(2);
        assertThat(complaints.toString())
                .contains(
                        "give one of them",
                        "give --to FILE, too",
                        "--seconds: more than 0 expected",
                        "--messages: 1 or more expected");
        assertThat(asked).isEmpty();
    }

    @Test
    void whatIsNoRecordingIsNotReplayed() throws IOException {
        Path none = folder.resolve("none.jsonl");
        assertThat(run("replay", none.toString())).isEqualTo(1);
        assertThat(complaints.toString()).contains("none.jsonl");
        Path other = Files.writeString(folder.resolve("other.jsonl"), "{\"a\":1}\n");
        assertThat(run("replay", other.toString())).isEqualTo(1);
        assertThat(complaints.toString()).contains("other.jsonl");
    }
}
