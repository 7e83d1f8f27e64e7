package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command, on real input through a real model. */
class MainJobIT {
    private static final int COMMANDS = 42;

    @TempDir Path folder;

    @Test
    void theRecordedCommandsBecomeDecisionsInInputOrder() throws IOException {
        Ganglion run = Ganglion.run(folder, "run", Ganglion.route("kitchen-commands"), "--json");
        assertThat(run.exitStatus()).as("%s", run.err()).isZero();
        List<Map<String, Object>> lines = run.json();
        List<String> commands =
                Files.readAllLines(Path.of(Ganglion.route("kitchen-commands"), "commands.txt"));
        assertThat(commands).hasSize(COMMANDS);
        List<Map<String, Object>> decisions = lines.subList(0, lines.size() - 1);
        assertThat(decisions).extracting(line -> line.get("text")).isEqualTo(commands);
        assertThat(decisions)
                .allSatisfy(
                        line -> {
                            assertThat(line)
                                    .containsOnlyKeys(
                                            "type",
                                            "route",
                                            "source",
                                            "sequence",
                                            "text",
                                            "model",
                                            "intent",
                                            "label",
                                            "slots",
                                            "confidence",
                                            "action",
                                            "stepsSpent",
                                            "stepsTotal",
                                            "micros",
                                            "trace");
                            assertThat(line)
                                    .containsEntry("type", "decision")
                                    .containsEntry("route", "kitchen-commands");
                            assertThat(line).containsEntry("model", "nlu-micro@1");
                            assertThat(((Map<?, ?>) line.get("micros")).keySet())
                                    .map(String::valueOf)
                                    .containsExactly("encode", "infer", "decide", "act", "total");
                        });
        for (int i = 0; i < COMMANDS; i++) {
            assertThat((String) decisions.get(i).get("source")).endsWith("commands.txt:" + (i + 1));
        }
        Map<String, Object> first = decisions.get(0);
        assertThat(first)
                .containsEntry("intent", "iot_hue_lighton")
                .containsEntry("slots", Map.of("house_place", "kitchen"));
        assertThat(first.get("action")).isEqualTo(Map.of("name", "light_on", "room", "kitchen"));
        Map<String, Object> summary = lines.get(lines.size() - 1);
        assertThat(summary)
                .containsOnlyKeys(
                        "type",
                        "decisions",
                        "actions",
                        "failed",
                        "dropped",
                        "stepsSpent",
                        "stepsTotal",
                        "microsP50",
                        "microsP99",
                        "peakRssBytes",
                        "firstActionMillis");
        assertThat(summary)
                .containsEntry("type", "summary")
                .containsEntry("decisions", COMMANDS)
                .containsEntry("failed", 0);
        long acted = decisions.stream().filter(line -> line.get("action") != null).count();
        assertThat(((Number) summary.get("actions")).longValue())
                .isEqualTo(acted)
                .isGreaterThan(25);
        assertThat(((Number) summary.get("peakRssBytes")).longValue())
                .isBetween(40_000_000L, 400_000_000L);
    }

    @Test
    void theSummaryForPeopleComparesWithTheLabels() {
        Ganglion run = Ganglion.run(folder, "run", Ganglion.route("kitchen-commands"));
        assertThat(run.exitStatus()).isZero();
        assertThat(run.out())
                .anyMatch(line -> line.matches("understood as labelled: \\d+ of 42 \\(.*%\\)"));
        assertThat(run.out()).anyMatch(line -> line.startsWith("total "));
        assertThat(run.out())
                .anyMatch(line -> line.matches("peak memory .* MB, first action after \\d+ ms"));
        assertThat(run.out())
                .anyMatch(
                        line ->
                                line.startsWith("turn on the kitchen lights")
                                        && line.contains("-> light_on"));
    }

    @Test
    void theOtherModelServesTheSameRoute() {
        Ganglion run =
                Ganglion.run(
                        folder,
                        "run",
                        Ganglion.route("kitchen-commands"),
                        "--json",
                        "--set",
                        "model=nlu-small");
        assertThat(run.exitStatus()).as("%s", run.err()).isZero();
        assertThat(run.json().get(0))
                .containsEntry("model", "nlu-small@1")
                .containsEntry("intent", "iot_hue_lighton");
    }

    @Test
    void standardInputIsRead() {
        Ganglion run =
                Ganglion.start(
                        folder,
                        "run",
                        Ganglion.route("kitchen-commands"),
                        "--json",
                        "--set",
                        "input=-");
        run.input("switch off the light in the hall\n");
        assertThat(run.exitStatus()).as("%s", run.err()).isZero();
        assertThat(run.json()).hasSize(2);
        assertThat(run.json().get(0))
                .containsEntry("source", "stdin:1")
                .containsEntry("intent", "iot_hue_lightoff")
                .containsEntry("action", Map.of("name", "light_off", "room", "hall"));
    }

    @Test
    void aFolderIsWorkedOffFileByFile() throws IOException {
        Path inputs = Files.createDirectory(folder.resolve("inputs"));
        Files.writeString(inputs.resolve("a.txt"), "turn on the kitchen lights\n");
        Files.writeString(inputs.resolve("b.txt"), "make me a cup of coffee\n");
        Ganglion run =
                Ganglion.run(
                        folder,
                        "run",
                        Ganglion.route("kitchen-commands"),
                        "--json",
                        "--set",
                        "input=" + inputs);
        assertThat(run.exitStatus()).as("%s", run.err()).isZero();
        assertThat(run.json())
                .extracting(line -> line.get("intent"))
                .containsExactly("iot_hue_lighton", "iot_coffee", null);
    }

    @Test
    void whatIsNotSureIsReportedAndNotActedOn() {
        Ganglion run =
                Ganglion.run(
                        folder,
                        "run",
                        Ganglion.route("kitchen-commands"),
                        "--json",
                        "--set",
                        "above=1");
        assertThat(run.exitStatus()).isZero();
        List<Map<String, Object>> lines = run.json();
        assertThat(lines).hasSize(COMMANDS + 1);
        assertThat(lines.subList(0, COMMANDS))
                .allSatisfy(line -> assertThat(line.get("action")).isNull());
        assertThat(lines.get(COMMANDS))
                .containsEntry("actions", 0)
                .containsEntry("firstActionMillis", null);
    }

    @Test
    void interruptingARouteThatWaitsForInputEndsWithTheSummary() {
        try (Ganglion run =
                Ganglion.start(
                        folder,
                        "run",
                        Ganglion.route("kitchen-commands"),
                        "--json",
                        "--set",
                        "input=-")) {
            run.type("turn on the kitchen lights\n");
            run.awaitOut(line -> line.contains("\"type\":\"decision\""));
            run.interrupt().exitStatus();
            assertThat(run.json()).hasSize(2);
            assertThat(run.json().get(1))
                    .containsEntry("type", "summary")
                    .containsEntry("decisions", 1);
        }
    }
}
