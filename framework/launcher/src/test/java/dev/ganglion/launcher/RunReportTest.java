package dev.ganglion.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReportTest {
    @TempDir Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private RunReport report(boolean json) {
        return new RunReport(json, new PrintStream(out, true), new PrintStream(err, true));
    }

    private static Map<String, Object> decision(String source, String intent, boolean sure) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("type", "decision");
        event.put("route", "r");
        event.put("source", source);
        event.put("sequence", Long.parseLong(source.substring(source.lastIndexOf(':') + 1)));
        event.put("text", "lights on");
        event.put("model", "m@1");
        event.put("intent", intent);
        event.put("slots", Map.of());
        event.put("confidence", 0.9);
        event.put("sure", sure);
        event.put("action", sure ? Map.of("name", "light_on") : null);
        event.put("nanos", new long[] {1000, 2000, 3000, 4000, 12345});
        event.put("stepsSpent", 1);
        event.put("stepsTotal", 1);
        event.put("trace", "t1");
        return event;
    }

    private List<Map<String, Object>> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().map(RunReportTest::parsed).toList();
    }

    private static Map<String, Object> parsed(String line) {
        try {
            return JSON.std.mapFrom(line);
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    @Test
    void aDecisionIsOneJsonLineWithItsTimesInMicroseconds() {
        report(true).accept(decision("in:1", "on", true));
        assertThat(lines()).hasSize(1);
        assertThat(lines().get(0))
                .containsEntry("source", "in:1")
                .containsEntry(
                        "micros",
                        Map.of(
                                "encode", 1.0, "infer", 2.0, "decide", 3.0, "act", 4.0, "total",
                                12.3))
                .doesNotContainKeys("sure", "nanos");
    }

    @Test
    void aDecisionWithinAnUtteranceIsAJsonLineWhenItsLengthIsKnown() {
        RunReport report = report(true);
        Map<String, Object> early = decision("seven.wav:20", "seven", true);
        early.put("stepsSpent", 20);
        early.put("stepsTotal", 0);
        report.accept(early);
        assertThat(lines()).isEmpty();
        Map<String, Object> end = new LinkedHashMap<>();
        end.put("type", "utterance");
        end.put("trace", "t1");
        end.put("stepsSpent", 20);
        end.put("stepsTotal", 39);
        report.accept(end);
        assertThat(lines()).hasSize(1);
        assertThat(lines().get(0)).containsEntry("stepsSpent", 20).containsEntry("stepsTotal", 39);
        report.summary();
        assertThat(lines().get(1)).containsEntry("stepsSpent", 20).containsEntry("stepsTotal", 39);
    }

    @Test
    void aDecisionWhoseUtteranceNeverEndsIsPrintedBeforeTheSummary() {
        RunReport report = report(true);
        Map<String, Object> early = decision("seven.wav:20", "seven", true);
        early.put("stepsTotal", 0);
        report.accept(early);
        report.summary();
        assertThat(lines()).hasSize(2);
        assertThat(lines().get(0)).containsEntry("stepsTotal", 0);
    }

    @Test
    void droppedSamplesAreSummedUp() {
        RunReport report = report(false);
        report.accept(Map.of("type", "dropped", "route", "r", "count", 3L));
        report.accept(Map.of("type", "dropped", "route", "r", "count", 4L));
        report.summary();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains(", 7 samples dropped");
    }

    @Test
    void anUnsureDecisionHasANullAction() {
        report(true).accept(decision("in:1", "on", false));
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"action\":null");
    }

    @Test
    void aFailureIsCountedAndSaidOnStandardErrorOnly() {
        RunReport report = report(true);
        report.accept(
                Map.of("type", "failed", "route", "r", "source", "in:2", "sentence", "too long"));
        assertThat(report.failures()).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("in:2: too long");
    }

    @Test
    void theSummaryIsPrintedOnce() {
        RunReport report = report(true);
        report.accept(decision("in:1", "on", true));
        report.summary();
        report.summary();
        assertThat(lines()).hasSize(2);
        assertThat(lines().get(1))
                .containsEntry("type", "summary")
                .containsEntry("decisions", 1)
                .containsEntry("actions", 1)
                .containsEntry("failed", 0);
    }

    @Test
    void decisionsAreComparedWithTheLabelsBesideTheInput() throws IOException {
        Path input = folder.resolve("in.txt");
        Files.writeString(folder.resolve("in.txt.expected"), "on\noff\n\n");
        RunReport report = report(false);
        report.accept(decision(input + ":1", "on", true));
        report.accept(decision(input + ":2", "on", true));
        report.accept(decision(input + ":3", "on", true));
        report.summary();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("understood as labelled: 1 of 2 (50.0 %)");
    }

    @Test
    void withoutLabelsNothingIsCompared() {
        RunReport report = report(false);
        report.accept(decision("nowhere:1", "on", true));
        report.summary();
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("labelled");
    }

    @Test
    void aWaitingRouteIsSaidOnStandardErrorAndARunningOneOnlyToPeople() {
        RunReport report = report(true);
        report.accept(
                Map.of("type", "route", "file", "a", "state", "waiting", "sentence", "a waits"));
        report.accept(Map.of("type", "route", "file", "a", "state", "running", "sentence", ""));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("ganglion: a waits\n");
    }

    @Test
    void thePeakOfThisProcessIsReadOnLinux() {
        assertThat(RunReport.peakRssBytes()).isGreaterThan(10_000_000);
    }
}
