package dev.ganglion.wyoming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventReaderTest {
    private static final Limits LIMITS = new Limits(1_024, 512, 4_096);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** At most so many bytes at a time, and then the end. */
    private static EventReader reader(byte[] bytes, int atOnce) {
        int[] at = new int[1];
        return new EventReader(
                (into, offset, length, deadlineNanos) -> {
                    int count = Math.min(Math.min(length, atOnce), bytes.length - at[0]);
                    if (count == 0) {
                        return -1;
                    }
                    System.arraycopy(bytes, at[0], into, offset, count);
                    at[0] += count;
                    return count;
                },
                LIMITS,
                10_000);
    }

    private static EventReader reader(String text) {
        return reader(bytes(text), Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"1", "7", "100000"})
    void eventsComeAsTheyWereSentHoweverTheBytesCome(int atOnce) throws IOException {
        String stream =
                "{\"type\": \"describe\"}\n"
                        + "{\"type\":\"audio-chunk\",\"data\":{\"rate\":8000,\"width\":2},"
                        + "\"data_length\":14,\"payload_length\":4}\n"
                        + "{\"rate\":16000}"
                        + "ab\nc"
                        + "{\"type\":\"transcript\",\"data\":{\"text\":\"caf\u00e9\"}}\n";
        EventReader reader = reader(bytes(stream), atOnce);

        assertThat(reader.next().type()).isEqualTo("describe");
        Event chunk = reader.next();
        assertThat(chunk.data()).containsExactly(Map.entry("rate", 16_000), Map.entry("width", 2));
        assertThat(new String(chunk.payload(), 0, chunk.payloadLength(), StandardCharsets.UTF_8))
                .isEqualTo("ab\nc");
        assertThat(reader.next().text("text")).isEqualTo("caf\u00e9");
        assertThat(reader.next()).isNull();
    }

    @Test
    void whatTheWriterWritesIsRead() throws IOException {
        byte[] sent = EventWriter.bytes("synthesize", Map.of("text", "a \"b\"\n"), bytes("xyz"));
        assertThat(new String(sent, StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"type\":\"synthesize\",\"data_length\":20,\"payload_length\":3}\n"
                                + "{\"text\":\"a \\\"b\\\"\\n\"}xyz");
        Event read = reader(sent, 1).next();
        assertThat(read.text("text")).isEqualTo("a \"b\"\n");
        assertThat(read.payloadLength()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "hello~|one JSON object",
                "[1]~|one JSON object",
                "~|one JSON object",
                "{} {}~|one JSON object",
                "{\"data\":{}}~|the event's name",
                "{\"type\":7}~|the event's name",
                "{\"type\":\" \"}~|the event's name",
                "{\"type\":\"a\",\"data\":[1]}~|an object as 'data'",
                "{\"type\":\"a\",\"data_length\":-1}~|0 or more, found '-1'",
                "{\"type\":\"a\",\"payload_length\":1.5}~|0 or more, found '1.5'",
                "{\"type\":\"a\",\"payload_length\":\"4\"}~|0 or more, found '4'",
                "{\"type\":\"a\",\"payload_length\":99999999999999999999}~|0 or more, found",
                "{\"type\":\"a\",\"data_length\":513}~|at most 512 are taken",
                "{\"type\":\"a\",\"payload_length\":4097}~|raise the option maxPayloadBytes",
                "{\"type\":\"a\",\"payload_length\":2147483648}~|announces a payload_length",
                "{\"type\":\"a\",\"payload_length\":9}~abc|9 bytes of payload, and the connection"
                        + " ended after 3",
                "{\"type\":\"a\",\"data_length\":9}~{}|9 bytes of data, and the connection ended"
                        + " after 2",
                "{\"type\":\"a\",\"data_length\":2}~[]|one JSON object",
                "{\"type\":\"a\",\"data_length\":3}~{}x|one JSON object",
                "{\"type\":\"a|ended within a header, after 10 bytes",
            })
    void whatIsNoEventIsRefusedInASentence(String stream, String sentence) {
        assertThatThrownBy(() -> reader(stream.replace('~', '\n')).next())
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(GanglionException.Kind.INPUT);
                            assertThat(refused.getMessage())
                                    .contains(sentence)
                                    .doesNotContain("\n");
                        });
    }

    @Test
    void aPayloadThatIsLongerThanItSaysIsFoundOutByWhatFollows() throws IOException {
        EventReader reader =
                reader("{\"type\":\"a\",\"payload_length\":2}\nabcd{\"type\":\"b\"}\n");
        assertThat(reader.next().payloadLength()).isEqualTo(2);
        assertThatThrownBy(reader::next)
                .hasMessageContaining("does the payload before it have as many bytes as announced");
    }

    @Test
    void aLineWithoutAnEndIsRefusedAtItsLimit() {
        assertThatThrownBy(() -> reader("x".repeat(5_000)).next())
                .hasMessageContaining("at most 1024 bytes");
    }

    @Test
    void deepJsonIsRefusedAndNotFollowedDown() {
        Limits wide = new Limits(65_536, 512, 512);
        byte[] deep = bytes("{\"type\":\"a\",\"data\":" + "[".repeat(60_000) + "\n");
        int[] at = new int[1];
        EventReader reader =
                new EventReader(
                        (into, offset, length, deadlineNanos) -> {
                            int count = Math.min(length, deep.length - at[0]);
                            System.arraycopy(deep, at[0], into, offset, count);
                            at[0] += count;
                            return count;
                        },
                        wide,
                        10_000);
        assertThatThrownBy(reader::next).isInstanceOf(GanglionException.class);
    }

    @Test
    void nothingIsIdleAndHalfAnEventIsARefusal() {
        byte[] half = bytes("{\"type\":");
        int[] at = new int[1];
        EventReader.Source slow =
                (into, offset, length, deadlineNanos) -> {
                    if (at[0]++ != 1) {
                        throw new SocketTimeoutException("late");
                    }
                    System.arraycopy(half, 0, into, offset, half.length);
                    return half.length;
                };
        EventReader reader = new EventReader(slow, LIMITS, 250);
        assertThatThrownBy(reader::next).isInstanceOf(SocketTimeoutException.class);
        assertThatThrownBy(reader::next)
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("not complete after 250 ms");
    }

    @Test
    void whoAnnouncesMuchAndSendsLittleCostsLittle() {
        Limits wide = new Limits(1_024, 512, 1 << 28);
        byte[] lie = bytes("{\"type\":\"a\",\"payload_length\":200000000}\nabc");
        int[] at = new int[1];
        EventReader reader =
                new EventReader(
                        (into, offset, length, deadlineNanos) -> {
                            int count = Math.min(length, lie.length - at[0]);
                            System.arraycopy(lie, at[0], into, offset, count);
                            at[0] += count;
                            return count == 0 ? -1 : count;
                        },
                        wide,
                        10_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(reader::next).hasMessageContaining("ended after 3");
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(5_000_000);
    }

    @Test
    void randomBytesEndInASentenceAndNeverTakeMoreThanTheLimits() throws IOException {
        Random random = new Random(6);
        String good =
                "{\"type\":\"audio-chunk\",\"data_length\":14,\"payload_length\":64}\n"
                        + "{\"rate\":16000}"
                        + "p".repeat(64);
        int events = 0;
        int refusals = 0;
        for (int round = 0; round < 5_000; round++) {
            byte[] stream = bytes(good.repeat(1 + random.nextInt(4)));
            if (round % 4 == 0) {
                random.nextBytes(stream);
            }
            for (int change = random.nextInt(6); change > 0; change--) {
                stream[random.nextInt(stream.length)] =
                        (byte)
                                (random.nextBoolean()
                                        ? random.nextInt(256)
                                        : '0' + random.nextInt(10));
            }
            stream = Arrays.copyOf(stream, 1 + random.nextInt(stream.length));
            EventReader reader = reader(stream, 1 + random.nextInt(200));
            try {
                for (Event event = reader.next(); event != null; event = reader.next()) {
                    events++;
                    assertThat(event.payload().length).isLessThanOrEqualTo(LIMITS.payloadBytes());
                }
            } catch (GanglionException refused) {
                refusals++;
                assertThat(refused.kind()).isEqualTo(GanglionException.Kind.INPUT);
            }
        }
        assertThat(events).isGreaterThan(1_000);
        assertThat(refusals).isGreaterThan(2_000);
    }
}
