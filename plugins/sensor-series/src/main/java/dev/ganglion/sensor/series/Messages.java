package dev.ganglion.sensor.series;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Takes messages of a broker: each is one row. One thread at a time. */
final class Messages {
    /** A number that is counted up without making another object. */
    private static final class Count {
        long value;
    }

    private final Rows rows;
    private final Map<String, Count> counts = new LinkedHashMap<>(16, 0.75f, true);
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);
    private CharBuffer text = CharBuffer.allocate(256);

    Messages(Rows rows) {
        this.rows = rows;
    }

    /** Takes a message. */
    void take(String topic, byte[] payload) {
        long number = number(topic);
        rows.goOn(topic);
        if (payload.length > LineCutter.LONGEST_BYTES) {
            rows.unreadable(
                    number,
                    "a message of at most "
                            + LineCutter.LONGEST_BYTES
                            + " bytes was expected, found "
                            + payload.length
                            + "; send one reading in each");
            return;
        }
        if (text.capacity() <= payload.length) {
            text = CharBuffer.allocate(Math.max(payload.length + 1, 2 * text.capacity()));
        }
        text.clear();
        decoder.reset();
        if (decoder.decode(ByteBuffer.wrap(payload), text, true).isError()) {
            rows.unreadable(number, "text in UTF-8 was expected and the message is not; send text");
            return;
        }
        decoder.flush(text);
        int end = text.position();
        while (end > 0 && text.array()[end - 1] <= ' ') {
            end--;
        }
        if (end == 0) {
            rows.unreadable(number, "a reading was expected and the message is empty; send one");
            return;
        }
        rows.line(number, text.array(), end);
    }

    private long number(String topic) {
        Count count = counts.get(topic);
        if (count == null) {
            count = new Count();
            counts.put(topic, count);
            if (counts.size() > Readings.MOST_STREAMS) {
                counts.remove(counts.keySet().iterator().next());
            }
        }
        return ++count.value;
    }
}
