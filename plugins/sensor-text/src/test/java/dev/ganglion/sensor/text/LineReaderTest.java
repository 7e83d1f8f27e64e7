package dev.ganglion.sensor.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.GanglionException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineReaderTest {
    private final SinkLog sink = new SinkLog();

    private List<String> read(int maximumLineBytes, byte[] bytes, Random cuts) {
        LineReader lines = new LineReader(sink, () -> false, maximumLineBytes);
        lines.begin("f", 0, 1, false);
        int at = 0;
        while (at < bytes.length) {
            int most = Math.min(lines.chunk().capacity(), bytes.length - at);
            int count = cuts == null ? most : 1 + cuts.nextInt(most);
            lines.chunk().put(bytes, at, count);
            lines.take(count);
            at += count;
        }
        lines.finish();
        return sink.now();
    }

    private List<String> read(int maximumLineBytes, String text) {
        return read(maximumLineBytes, text.getBytes(StandardCharsets.UTF_8), null);
    }

    private static byte[] bytes(String hex) {
        String[] parts = hex.split(" ");
        byte[] bytes = new byte[parts.length];
        for (int i = 0; i < parts.length; i++) {
            bytes[i] = (byte) Integer.parseInt(parts[i], 16);
        }
        return bytes;
    }

    @Test
    void linesAreCountedFromOneAndBlankOnesAreOnlyCounted() {
        assertThat(read(100, "one\n\n \t\r\nfour\n")).containsExactly("f:1 one", "f:4 four");
    }

    @Test
    void theLastLineNeedsNoLineFeed() {
        assertThat(read(100, "one\ntwo")).containsExactly("f:1 one", "f:2 two");
    }

    @Test
    void carriageReturnsBeforeLineFeedsAndAByteOrderMarkAreDropped() {
        assertThat(read(100, "\uFEFFone\r\ntwo\r\n\uFEFFthree"))
                .containsExactly("f:1 one", "f:2 two", "f:3 \uFEFFthree");
    }

    @Test
    void aCarriageReturnWithinALineStays() {
        assertThat(read(100, "a\rb\n")).containsExactly("f:1 a\rb");
    }

    @Test
    void howTheBytesWereCutDoesNotShow() {
        StringBuilder text = new StringBuilder("\uFEFF");
        Random random = new Random(7);
        for (int i = 0; i < 400; i++) {
            text.append("häuser 家 🏠 ".repeat(random.nextInt(60)))
                    .append(i)
                    .append(random.nextBoolean() ? "\n" : "\r\n");
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        List<String> whole = read(1000, bytes, null);
        assertThat(whole).hasSize(400).anyMatch(line -> line.endsWith(" failed"));
        for (int seed = 0; seed < 20; seed++) {
            assertThat(read(1000, bytes, new Random(seed))).as("seed %d", seed).isEqualTo(whole);
        }
    }

    @Test
    void aLineOfExactlyTheMaximumIsTaken() {
        assertThat(read(3, "\uFEFFabc\r\nabc\nabc")).hasSize(3).noneMatch(this::failed);
    }

    @Test
    void aLineOneByteLongerIsRefusedAndTheNextGoesOn() {
        assertThat(read(3, "abcd\nabc\n")).containsExactly("f:1 failed", "f:2 abc");
        assertThat(sink.failure(0))
                .hasMessageContaining("f:1")
                .hasMessageContaining("3 bytes")
                .hasMessageContaining("maxLineBytes");
        assertThat(sink.failure(0).kind()).isEqualTo(GanglionException.Kind.INPUT);
    }

    @Test
    void aVeryLongLineIsRefusedBeforeItEndsAndNotKept() {
        LineReader lines = new LineReader(sink, () -> false, 100);
        lines.begin("f", 0, 1, false);
        for (int i = 0; i < 1000; i++) {
            lines.chunk().put("x".repeat(64).getBytes(StandardCharsets.UTF_8));
            lines.take(64);
            assertThat(lines.begunBytes()).isLessThanOrEqualTo(104);
        }
        assertThat(sink.now()).containsExactly("f:1 failed");
        lines.finish();
        assertThat(sink.now()).isEmpty();
    }

    /** What RFC 3629 forbids: wrong continuation, overlong, surrogate, above U+10FFFF, cut off. */
    @ParameterizedTest
    @CsvSource({
        "C3 28, C3",
        "C0 AF, C0",
        "ED A0 80, ED",
        "F4 90 80 80, F4",
        "E2 82, E2 82",
        "FF, FF",
    })
    void bytesThatAreNotUtf8AreRefusedAndTheNextLineGoesOn(String line, String named) {
        byte[] bytes = bytes("61 62 " + line + " 0A 6F 6B 0A");
        assertThat(read(100, bytes, null)).containsExactly("f:1 failed", "f:2 ok");
        GanglionException refused = sink.failure(0);
        assertThat(refused.kind()).isEqualTo(GanglionException.Kind.INPUT);
        assertThat(refused)
                .hasMessageStartingWith("f:1: ")
                .hasMessageContaining("byte 3 of the line starts " + named)
                .hasMessageContaining("iconv");
    }

    @Test
    void aRefusedLineLeavesNothingBehindInTheDecoder() {
        byte[] bytes = bytes("E2 82 0A AC 0A C3 A9 0A");
        assertThat(read(100, bytes, null)).containsExactly("f:1 failed", "f:2 failed", "f:3 é");
    }

    @Test
    void nothingIsGivenOnceItIsClosed() {
        LineReader lines = new LineReader(sink, () -> true, 100);
        lines.begin("f", 0, 1, false);
        lines.chunk().put("one\ntwo".getBytes(StandardCharsets.UTF_8));
        lines.take(7);
        lines.finish();
        assertThat(sink.now()).isEmpty();
    }

    private boolean failed(String call) {
        return call.endsWith(" failed");
    }
}
