package dev.ganglion.wyoming;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes events one after the other, and never more memory than the limits: room is made as bytes
 * come, not as they are announced. One thread at a time.
 */
public final class EventReader {
    private static final int STEP_BYTES = 8_192;
    private static final int MAXIMUM_TYPE_CHARACTERS = 64;

    /** Where bytes come from. */
    public interface Source {
        /**
         * Reads some bytes, at least one.
         *
         * @return how many, -1 at the end
         * @throws SocketTimeoutException when none came before the deadline, on the clock of {@link
         *     System#nanoTime()}
         */
        int read(byte[] into, int offset, int length, long deadlineNanos) throws IOException;
    }

    private final Source source;
    private final Limits limits;
    private final long timeoutMillis;
    private final byte[] window = new byte[STEP_BYTES];
    private int windowStart;
    private int windowEnd;
    private byte[] line = new byte[256];
    private byte[] json = new byte[0];
    private byte[] payload = new byte[0];

    /**
     * A reader.
     *
     * @param timeoutMillis how long an event is waited for, and then again until it is complete
     */
    public EventReader(Source source, Limits limits, long timeoutMillis) {
        this.source = source;
        this.limits = limits;
        this.timeoutMillis = timeoutMillis;
    }

    /**
     * {@return the next event, or null when the other end said that there is none}
     *
     * @throws GanglionException of kind INPUT when what came is no event, too long, or not as long
     *     as it says; nothing that follows can be understood then
     * @throws SocketTimeoutException when nothing came; the next call may wait on
     */
    public @Nullable Event next() throws IOException {
        return next(deadline());
    }

    /**
     * {@return the next event like {@link #next()}, where another time is set for its beginning}
     *
     * @param deadlineNanos on the clock of {@link System#nanoTime()}
     */
    public @Nullable Event next(long deadlineNanos) throws IOException {
        if (windowStart == windowEnd && !fill(deadlineNanos)) {
            return null;
        }
        try {
            return event(deadline());
        } catch (SocketTimeoutException tooSlow) {
            throw new GanglionException(
                    GanglionException.Kind.INPUT,
                    "an event was begun and is not complete after "
                            + timeoutMillis
                            + " ms; send each at once",
                    tooSlow);
        }
    }

    private long deadline() {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    }

    private Event event(long deadlineNanos) throws IOException {
        int lineLength = line(deadlineNanos);
        Map<String, Object> header = object("the header", line, lineLength);
        Object type = header.get("type");
        if (!(type instanceof String name)
                || name.isBlank()
                || name.length() > MAXIMUM_TYPE_CHARACTERS) {
            throw refused(
                    "the header has the event's name as 'type', found "
                            + Quote.of(String.valueOf(type)));
        }
        int dataLength =
                length(name, header, "data_length", limits.dataBytes(), "the option maxDataBytes");
        int payloadLength =
                length(
                        name,
                        header,
                        "payload_length",
                        limits.payloadBytes(),
                        "the option maxPayloadBytes");
        Map<String, Object> data = new LinkedHashMap<>();
        Object inline = header.get("data");
        if (inline instanceof Map<?, ?> map) {
            map.forEach((key, value) -> data.put(String.valueOf(key), value));
        } else if (inline != null) {
            throw refused("the event '" + name + "' has an object as 'data', found something else");
        }
        if (dataLength > 0) {
            json = exactly(name, "data", json, dataLength, deadlineNanos);
            data.putAll(object("the data of '" + name + "'", json, dataLength));
        }
        if (payloadLength > 0) {
            payload = exactly(name, "payload", payload, payloadLength, deadlineNanos);
        }
        return new Event(name, data, payload, payloadLength);
    }

    /** {@return how many bytes of {@link #line} the header takes} */
    private int line(long deadlineNanos) throws IOException {
        int length = 0;
        while (true) {
            if (windowStart == windowEnd && !fill(deadlineNanos)) {
                throw refused("the connection ended within a header, after " + length + " bytes");
            }
            while (windowStart < windowEnd) {
                byte next = window[windowStart++];
                if (next == '\n') {
                    return length;
                }
                if (length == limits.headerBytes()) {
                    throw refused(
                            "a header is one line of at most "
                                    + limits.headerBytes()
                                    + " bytes, found more without an end; put long data after it, with"
                                    + " data_length");
                }
                if (length == line.length) {
                    line = Arrays.copyOf(line, Math.min(2 * length, limits.headerBytes()));
                }
                line[length++] = next;
            }
        }
    }

    private static int length(
            String type, Map<String, Object> header, String key, int maximum, String raise) {
        Object value = header.get(key);
        if (value == null) {
            return 0;
        }
        if (!(value instanceof Integer || value instanceof Long)
                || ((Number) value).longValue() < 0) {
            throw refused(
                    "the event '"
                            + type
                            + "' says its "
                            + key
                            + " in bytes, 0 or more, found "
                            + Quote.of(String.valueOf(value)));
        }
        long length = ((Number) value).longValue();
        if (length > maximum) {
            throw refused(
                    "the event '"
                            + type
                            + "' announces a "
                            + key
                            + " of "
                            + length
                            + " bytes, at most "
                            + maximum
                            + " are taken; send less at a time, or raise "
                            + raise);
        }
        return (int) length;
    }

    /** {@return the array with the bytes, another one when it was too small} */
    private byte[] exactly(String type, String what, byte[] into, int length, long deadlineNanos)
            throws IOException {
        byte[] bytes = into;
        int count = 0;
        while (count < length) {
            if (count == bytes.length) {
                // Whoever announces much and sends little costs little.
                bytes = Arrays.copyOf(bytes, Math.min(length, Math.max(STEP_BYTES, 2 * count)));
            }
            int room = Math.min(length, bytes.length) - count;
            int got;
            if (windowStart < windowEnd) {
                got = Math.min(room, windowEnd - windowStart);
                System.arraycopy(window, windowStart, bytes, count, got);
                windowStart += got;
            } else {
                got = source.read(bytes, count, room, deadlineNanos);
            }
            if (got < 0) {
                throw refused(
                        "the event '"
                                + type
                                + "' announces "
                                + length
                                + " bytes of "
                                + what
                                + ", and the connection ended after "
                                + count);
            }
            count += got;
        }
        return bytes;
    }

    private boolean fill(long deadlineNanos) throws IOException {
        int count = source.read(window, 0, window.length, deadlineNanos);
        windowStart = 0;
        windowEnd = Math.max(0, count);
        return count > 0;
    }

    private static Map<String, Object> object(String what, byte[] bytes, int length) {
        // Decoded here: what is not UTF-8 is shown, and refused as JSON, with replacements.
        String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
        try (JsonParser parser = JSON.std.createParser(text)) {
            Map<String, Object> object = JSON.std.mapFrom(parser);
            if (object != null && parser.nextToken() == null) {
                return object;
            }
            throw refused(what + " is one JSON object, found more or none in " + Quote.of(text));
        } catch (IOException e) {
            throw new GanglionException(
                    GanglionException.Kind.INPUT,
                    what
                            + " is one JSON object, found "
                            + Quote.of(text)
                            + "; does the payload before it have as many bytes as announced?",
                    e);
        }
    }

    private static GanglionException refused(String what) {
        return new GanglionException(GanglionException.Kind.INPUT, what);
    }
}
