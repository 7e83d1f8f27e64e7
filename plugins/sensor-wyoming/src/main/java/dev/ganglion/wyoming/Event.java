package dev.ganglion.wyoming;

import dev.ganglion.api.data.GanglionException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message.
 *
 * @param data what the header and the JSON after it say together
 * @param payload holds the bytes that follow from its beginning; the reader's own, which its next
 *     event overwrites
 * @param payloadLength how many they are, 0 when none follow
 */
public record Event(String type, Map<String, Object> data, byte[] payload, int payloadLength) {
    /**
     * {@return the text under this key, or null when there is none}
     *
     * @throws GanglionException of kind INPUT when it is not text
     */
    public @Nullable String text(String key) {
        Object value = data.get(key);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw refused(key, "text", value);
    }

    /**
     * {@return the whole number under this key, or {@code absent} when there is none}
     *
     * @throws GanglionException of kind INPUT when it is something else
     */
    public int whole(String key, int absent) {
        Object value = data.get(key);
        if (value == null) {
            return absent;
        }
        if (value instanceof Integer whole) {
            return whole;
        }
        throw refused(key, "a whole number", value);
    }

    private GanglionException refused(String key, String expected, Object found) {
        return new GanglionException(
                GanglionException.Kind.INPUT,
                "the event '"
                        + type
                        + "' has "
                        + expected
                        + " as '"
                        + key
                        + "', found "
                        + Quote.of(String.valueOf(found)));
    }
}
