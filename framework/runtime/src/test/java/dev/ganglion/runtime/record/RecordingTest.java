package dev.ganglion.runtime.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.runtime.act.Action;
import dev.ganglion.runtime.record.RecordingHeader.UsedModel;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {
    private static final RecordingHeader HEADER =
            new RecordingHeader(
                    "lights",
                    "/r/lights.camel.yaml",
                    "aa",
                    Map.of("nlu", new UsedModel("1", "bb")),
                    Map.of("input", "x.wav"),
                    "2026-01-02T03:04:05Z",
                    TensorSpec.of("audio", Tensor.Type.FLOAT32, "1", TensorSpec.ANY)
                            .atRateHz(16_000));
    private static final Action ON = new Action("light_on", Map.of("room", "hall", "by", 20L), "");

    @TempDir Path folder;
    private Path file;
    private final List<String> said = new CopyOnWriteArrayList<>();

    @BeforeEach
    void name() {
        file = folder.resolve("day.jsonl");
    }

    private Recorder recorder(long limitBytes) {
        return Recorder.open(file, false, HEADER, limitBytes, said::add);
    }

    private static long take(Recorder recorder, String stream, Object value) {
        long now = System.nanoTime();
        return recorder.take(stream, 7, now - 1_000_000, now, true, value);
    }

    private static Outcome decided(long of, String label, Action action, long turn) {
        return new Outcome(
                of,
                new Decision(label, Map.of("slot", 1.23456789, "who", "me"), 0.87654321, true),
                "nlu@1",
                2,
                5,
                action,
                action != null && !action.performed(),
                turn,
                0,
                "");
    }

    private static void say(Recorder recorder, String stream, Object value, long turn) {
        long number = take(recorder, stream, value);
        if (number > 0) {
            recorder.accept(decided(number, "light_on", ON, turn));
            recorder.release();
        }
    }

    private static List<Recording.Input> inputs(Recording recording) throws Exception {
        List<Recording.Input> inputs = new ArrayList<>();
        recording.play(inputs::add);
        return inputs;
    }

    @Test
    void whatWasWrittenIsRead() throws Exception {
        Tensor tensor = Tensor.allocate(Tensor.Type.FLOAT32, 1, 3);
        for (int i = 0; i < 3; i++) {
            tensor.floats().put(i, i + 0.5f);
        }
        try (Recorder recorder = recorder(1_000_000)) {
            say(recorder, "me", "turn on\nthe \"light\" ä", 1);
            say(recorder, "mic", tensor, 2);
            tensor.floats().put(0, 99); // the sensor's again
            say(recorder, null, new byte[] {-1, 0, 1}, 3);
            long number = take(recorder, null, null);
            recorder.accept(Outcome.failed(number, "no such lamp"));
            recorder.release();
        }
        Recording recording = Recording.read(file);
        assertThat(recording.header()).isEqualTo(HEADER);
        assertThat(recording.torn()).isEmpty();
        List<Recording.Input> inputs = inputs(recording);
        assertThat(inputs).extracting(Recording.Input::number).containsExactly(1L, 2L, 3L, 4L);
        assertThat(inputs.get(0).value()).isEqualTo("turn on\nthe \"light\" ä");
        assertThat(inputs.get(0).sequence()).isEqualTo(7);
        assertThat(inputs.get(0).takenNanos() - inputs.get(0).capturedNanos()).isEqualTo(1_000_000);
        Tensor read = (Tensor) inputs.get(1).value();
        assertThat(read.hasShape(1, 3)).isTrue();
        assertThat(read.floats().get(0)).isEqualTo(0.5f);
        assertThat((byte[]) inputs.get(2).value()).containsExactly(-1, 0, 1);
        assertThat(inputs.get(3).value()).isNull();
        assertThat(inputs.get(3).stream()).isNull();
        assertThat(recording.outcomes()).hasSize(4);
        assertThat(recording.outcomes().get(3)).isEqualTo(Outcome.failed(4, "no such lamp"));
    }

    @Test
    void theFileIsReadableAndItsOwnersAlone() throws Exception {
        try (Recorder recorder = recorder(1_000_000)) {
            say(recorder, "me", "on", 1);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0))
                .startsWith("{\"ganglion\":\"recording\",\"version\":1,\"route\":\"lights\",");
        assertThat(lines.get(1)).startsWith("{\"in\":1,\"stream\":\"me\",\"sequence\":7,");
        assertThat(lines.get(2))
                .startsWith("{\"of\":1,\"decision\":{\"label\":\"light_on\",\"parameters\":{");
        assertThat(lines.get(3)).isEqualTo("{\"ended\":\"it was stopped\",\"inputs\":1}");
    }

    @Test
    void aFileThatIsThereIsRefusedUnlessItIsToBeReplaced() throws Exception {
        Files.writeString(file, "mine");
        assertThatThrownBy(() -> recorder(1_000_000))
                .hasMessage(
                        "the recording "
                                + file
                                + " is there already; name another file, or remove this one");
        assertThat(file).hasContent("mine");
        Recorder.open(file, true, HEADER, 1_000_000, said::add).close();
        assertThat(Recording.read(file).size()).isZero();
    }

    @Test
    void aFolderThatIsMissingIsNamed() {
        file = folder.resolve("missing/day.jsonl");
        assertThatThrownBy(() -> recorder(1_000_000))
                .hasMessageContaining("cannot be written (")
                .hasMessageContaining(file.toString());
    }

    @Test
    void theLimitEndsItWithASentenceAndAWholeFile() throws Exception {
        Recorder recorder = recorder(3000);
        for (int i = 0; i < 20; i++) {
            long number = take(recorder, "me", "x".repeat(200));
            if (number > 0) {
                recorder.accept(decided(number, "light_on", null, 0));
                recorder.release();
            }
        }
        await().until(() -> !recorder.isOpen());
        assertThat(take(recorder, "me", "more")).isZero();
        recorder.close();
        assertThat(said).singleElement().asString().contains("it reached its limit of 0 MB");
        Recording recording = Recording.read(file);
        assertThat(recording.torn()).isEmpty();
        assertThat(recording.size()).isBetween(1, 19);
        assertThat(recording.outcomes()).hasSize(recording.size());
        assertThat(Files.size(file)).isLessThan(5000);
    }

    /** A disk that is full after so many characters. */
    private static final class FullDisk extends StringWriter {
        @Override
        public void write(char[] text, int from, int length) {
            super.write(text, from, length);
            if (getBuffer().length() > 2000) {
                throw new java.io.UncheckedIOException(new IOException("no space left"));
            }
        }
    }

    @Test
    void aFullDiskEndsItWithASentenceAndNobodyFails() throws Exception {
        Writer disk =
                new java.io.FilterWriter(new FullDisk()) {
                    @Override
                    public void write(char[] text, int from, int length) throws IOException {
                        try {
                            super.write(text, from, length);
                        } catch (java.io.UncheckedIOException e) {
                            throw e.getCause();
                        }
                    }
                };
        Recorder recorder = Recorder.over(file, disk, HEADER, 1_000_000, said::add);
        // More than the writer's buffer holds, and less than the queue does.
        for (int i = 0; i < 1000; i++) {
            say(recorder, "me", "x".repeat(200), 1);
        }
        await().until(() -> !recorder.isOpen());
        recorder.accept(Outcome.failed(1, "late"));
        recorder.close();
        assertThat(said)
                .singleElement()
                .asString()
                .contains("the file cannot be written (java.io.IOException: no space left)")
                .endsWith("; the route goes on");
    }

    @Test
    void aSlowDiskEndsItAndNobodyWaits() throws Exception {
        CountDownLatch disk = new CountDownLatch(1);
        StringWriter written = new StringWriter();
        Writer slow =
                new java.io.FilterWriter(written) {
                    @Override
                    public void write(char[] text, int from, int length) throws IOException {
                        super.write(text, from, length);
                        if (written.getBuffer().length() > 1000) {
                            try {
                                disk.await();
                            } catch (InterruptedException e) {
                                throw new IOException(e);
                            }
                        }
                    }
                };
        Recorder recorder = Recorder.over(file, slow, HEADER, 100_000_000, said::add);
        while (recorder.isOpen()) {
            say(recorder, "me", "x".repeat(1000), 1);
        }
        assertThat(said).singleElement().asString().contains("the disk is too slow for it");
        disk.countDown();
        recorder.close();
        assertThat(written.toString().lines().reduce((a, b) -> b).orElse(""))
                .startsWith("{\"ended\":");
    }

    private String written() throws IOException {
        try (Recorder recorder = recorder(1_000_000)) {
            for (int i = 0; i < 3; i++) {
                say(recorder, "me", "text " + i, i + 1);
            }
        }
        return Files.readString(file);
    }

    @Test
    void aTornLastLineIsSaidAndEverythingBeforeItIsUsed() throws Exception {
        String whole = written();
        Files.writeString(file, whole.substring(0, whole.indexOf("{\"ended") - 20));
        Recording recording = Recording.read(file);
        assertThat(recording.size()).isEqualTo(3);
        assertThat(recording.outcomes()).hasSize(2);
        assertThat(recording.complete()).isEqualTo(1);
        assertThat(recording.torn())
                .contains("(line 7) is cut off, as by a power cut")
                .contains("compared up to input 1");
        assertThat(OutcomeLog.of(recording).lines()).hasSize(1);
    }

    @Test
    void aFileWithoutItsEndIsSaidToBeCutOff() throws Exception {
        String whole = written();
        Files.writeString(file, whole.substring(0, whole.indexOf("{\"ended")));
        assertThat(Recording.read(file).torn()).startsWith(file + " was not ended: it has no end");
    }

    @Test
    void damageInTheMiddleIsRefusedWithItsLine() throws Exception {
        String whole = written();
        Files.writeString(file, whole.replaceFirst("\\{\"in\":2", "{in:2"));
        assertThatThrownBy(() -> Recording.read(file))
                .hasMessageContaining(file + " is damaged in line 4: it is no JSON object");
        Files.writeString(file, whole.replaceFirst("\"in\":2", "\"in\":\"two\""));
        assertThatThrownBy(() -> Recording.read(file))
                .hasMessageContaining("line 4: a whole number expected, found 'two'");
    }

    @Test
    void whatIsNoRecordingIsRefused() throws Exception {
        for (String content : List.of("", "hello\n", "{}\n", "[1]\n", "{\"ganglion\":\"x\"}\n")) {
            Files.writeString(file, content);
            assertThatThrownBy(() -> Recording.read(file))
                    .as(content)
                    .hasMessageContaining(file + " is no recording");
        }
        assertThatThrownBy(() -> Recording.read(folder.resolve("missing")))
                .hasMessageContaining("cannot be read");
    }

    @Test
    void anotherFormatVersionIsRefused() throws Exception {
        Files.writeString(
                file, written().replace("\"version\":1,\"route\"", "\"version\":2,\"route\""));
        assertThatThrownBy(() -> Recording.read(file))
                .hasMessageContaining("has the format version 2, and this program reads version 1");
    }

    @Test
    void anotherRouteFileOrModelIsNamedOnBothSides() {
        assertThat(HEADER.mismatch(HEADER)).isNull();
        RecordingHeader other =
                new RecordingHeader("kitchen", "/k", "aa", Map.of(), Map.of(), "", null);
        assertThat(HEADER.mismatch(other))
                .contains("the route 'lights' (/r/lights.camel.yaml)")
                .contains("the route 'kitchen' (/k)");
        RecordingHeader edited =
                new RecordingHeader("lights", "/k", "cc", HEADER.models(), Map.of(), "", null);
        assertThat(HEADER.mismatch(edited)).contains("SHA-256 aa").contains("/k has cc");
        RecordingHeader newer =
                new RecordingHeader(
                        "lights",
                        "/k",
                        "aa",
                        Map.of("nlu", new UsedModel("2", "dd")),
                        Map.of(),
                        "",
                        null);
        assertThat(HEADER.mismatch(newer))
                .isEqualTo(
                        "it was recorded with version 1 with SHA-256 bb of model 'nlu', and version"
                                + " 2 with SHA-256 dd is there");
        RecordingHeader none =
                new RecordingHeader("lights", "/k", "aa", Map.of(), Map.of(), "", null);
        assertThat(HEADER.mismatch(none)).endsWith("and there is none");
    }

    @Test
    void aModelThatWasReplacedMeanwhileIsSaid() throws Exception {
        try (Recorder recorder = recorder(1_000_000)) {
            say(recorder, "me", "on", 1);
            long number = take(recorder, "me", "off");
            recorder.accept(
                    new Outcome(
                            number,
                            new Decision("off", Map.of(), 1, true),
                            "nlu@2",
                            1,
                            1,
                            null,
                            false,
                            0,
                            0,
                            ""));
            recorder.release();
        }
        assertThat(Recording.read(file).replaced())
                .contains("it began with version 1, and nlu@2 answered input 2");
    }

    @Test
    void streamsAtTheSameTimeArePlayedInTheOrderOfTheirActions() throws Exception {
        try (Recorder recorder = recorder(1_000_000)) {
            long a1 = take(recorder, "a", "1");
            long b1 = take(recorder, "b", "2");
            long b2 = take(recorder, "b", "3");
            long c1 = take(recorder, "c", "4");
            recorder.accept(decided(b2, "light_on", ON, 10));
            recorder.accept(decided(c1, "light_on", null, 0));
            recorder.accept(decided(a1, "light_on", ON, 11));
            recorder.accept(decided(b1, "light_on", null, 0));
            for (int i = 0; i < 4; i++) {
                recorder.release();
            }
        }
        assertThat(inputs(Recording.read(file)))
                .extracting(Recording.Input::value)
                .containsExactly("2", "3", "1", "4");
    }

    @Test
    void theLogHoldsWhatMustBeEqualAndFindsTheFirstDifference() throws Exception {
        written();
        Recording recording = Recording.read(file);
        OutcomeLog recorded = OutcomeLog.of(recording);
        assertThat(recorded.lines().get(0))
                .contains(
                        "\"label\":\"light_on\",\"parameters\":{\"slot\":1.2346,\"who\":\"me\"},"
                                + "\"confidence\":0.8765,\"sure\":true,\"stepsSpent\":2,"
                                + "\"stepsTotal\":5,\"action\":{\"name\":\"light_on\","
                                + "\"parameters\":{\"by\":20,\"room\":\"hall\"}}}")
                .doesNotContain("turn")
                .doesNotContain("nlu@1");
        assertThat(recorded.decisions()).isEqualTo(3);
        assertThat(recorded.actions()).isEqualTo(3);
        OutcomeLog again = new OutcomeLog(recording);
        // In another order, and with the types that a run has.
        again.accept(decided(3, "light_on", ON, 9));
        again.accept(decided(1, "light_on", ON, 7));
        again.accept(decided(99, "light_on", ON, 7));
        assertThat(recorded.difference(again).other()).startsWith("{\"in\":3,");
        again.accept(decided(2, "light_on", ON, 8));
        assertThat(recorded.difference(again)).isNull();
        again.accept(Outcome.failed(3, "no"));
        assertThat(recorded.difference(again).mine()).isNull();
        assertThat(recorded.difference(again).other()).endsWith("\"failed\":\"no\"}");
    }
}
