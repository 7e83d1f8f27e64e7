package dev.ganglion.wyoming;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Sends events, each whole, from whichever thread. */
public final class EventWriter {
    private final Wire wire;
    private final long timeoutNanos;

    /**
     * A writer that gives up on an event that was not taken in time.
     *
     * @param timeoutMillis for each event
     */
    public EventWriter(Wire wire, long timeoutMillis) {
        this.wire = wire;
        this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    }

    /** Sends an event without sound. */
    public void write(String type, Map<String, Object> data) throws IOException {
        write(type, data, new byte[0]);
    }

    /** Sends an event. */
    public synchronized void write(String type, Map<String, Object> data, byte[] payload)
            throws IOException {
        wire.write(ByteBuffer.wrap(bytes(type, data, payload)), System.nanoTime() + timeoutNanos);
    }

    /** {@return an event as it stands on the wire: the data after the header, as all read it} */
    public static byte[] bytes(String type, Map<String, Object> data, byte[] payload)
            throws IOException {
        byte[] json = data.isEmpty() ? new byte[0] : JSON.std.asBytes(data);
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("type", type);
        if (json.length > 0) {
            header.put("data_length", json.length);
        }
        if (payload.length > 0) {
            header.put("payload_length", payload.length);
        }
        byte[] line = JSON.std.asBytes(header);
        return ByteBuffer.allocate(line.length + 1 + json.length + payload.length)
                .put(line)
                .put((byte) '\n')
                .put(json)
                .put(payload)
                .array();
    }
}
