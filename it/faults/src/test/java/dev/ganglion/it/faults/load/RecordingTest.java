package dev.ganglion.it.faults.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the observer must not miss: a command that counts wrongly proves nothing. */
class RecordingTest {
    private final Recording recording = new Recording("run", 10);

    private static Report answer(long sequence, String version, double confidence) {
        return new Report(
                "load",
                "run",
                sequence,
                "",
                new ModelId("toy", version),
                new Decision("on", Map.of(), confidence, true),
                null,
                1_000,
                2_000,
                3_000,
                0,
                10_000,
                0,
                0,
                0,
                "",
                0,
                1,
                1,
                "",
                null);
    }

    private void send(int count) {
        for (int i = 0; i < count; i++) {
            recording.sent(i, 4_000);
        }
    }

    @Test
    void aMessageWithoutAnswerIsLost() {
        send(3);
        recording.decided(answer(0, "1", 0.5));
        recording.decided(answer(2, "1", 0.5));
        assertThat(recording.summary())
                .containsEntry("sent", 3)
                .containsEntry("answered", 2)
                .containsEntry("lost", 1);
    }

    @Test
    void aSecondAnswerIsSeen() {
        send(2);
        recording.decided(answer(0, "1", 0.5));
        recording.decided(answer(0, "1", 0.5));
        recording.decided(answer(1, "1", 0.5));
        assertThat(recording.summary()).containsEntry("twice", 1).containsEntry("lost", 0);
    }

    @Test
    void anAnswerAndAFailureOfTheSameMessageAreTwo() {
        send(1);
        recording.decided(answer(0, "1", 0.5));
        recording.failed(0, "it broke");
        assertThat(recording.summary())
                .containsEntry("twice", 1)
                .containsEntry("failed", 1)
                .containsEntry("sentences", List.of("message 0: it broke"));
    }

    @Test
    void anAnswerToAMessageThatWasNeverSentIsOneTooMany() {
        send(1);
        recording.decided(answer(0, "1", 0.5));
        recording.decided(answer(7, "1", 0.5));
        recording.decided(answer(99, "1", 0.5));
        assertThat(recording.summary()).containsEntry("twice", 2).containsEntry("answered", 1);
    }

    @Test
    void anAnswerThatIsNotThatOfTheVersionThatIsSaidIsSeen() {
        send(3);
        recording.decided(answer(0, "1", 0.5));
        recording.decided(answer(1, "2", 0.6));
        recording.decided(answer(2, "1", 0.6));
        Map<String, Object> summary = recording.summary();
        assertThat(summary).containsEntry("inconsistent", 1).containsEntry("versionChanges", 2);
        assertThat(summary.get("answers")).isEqualTo(Map.of("toy@1", 2, "toy@2", 1));
        assertThat(summary.get("saying")).isEqualTo(Map.of("toy@1", "on 0.5", "toy@2", "on 0.6"));
    }

    @Test
    void theTimeOfTheSlowestIsSaidByPart() {
        send(1);
        recording.decided(answer(0, "1", 0.5));
        assertThat(recording.summary())
                .containsEntry("microsP50", 10.0)
                .containsEntry("microsMax", 10.0)
                .containsEntry(
                        "slowestMicros",
                        Map.of(
                                "behind", 4.0, "encode", 1.0, "infer", 2.0, "decide", 3.0, "route",
                                0.0, "total", 10.0));
    }

    @Test
    void theLogSaysOfEachMessageWhichVersionAnswered(@TempDir Path folder) throws IOException {
        send(4);
        recording.decided(answer(0, "1", 0.5));
        recording.decided(answer(1, "2", 0.6));
        recording.failed(2, "it broke");
        Path log = folder.resolve("log");
        recording.writeLog(log);
        assertThat(Files.readAllLines(log))
                .containsExactly("0\ttoy@1\t10", "1\ttoy@2\t10", "2\tfailed\t0", "3\tlost\t0");
    }
}
