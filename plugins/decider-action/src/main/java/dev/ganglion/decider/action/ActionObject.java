package dev.ganglion.decider.action;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a complete object says.
 *
 * @param parameters text, {@link Long}, {@link Double} or {@link Boolean}
 */
record ActionObject(String name, Map<String, Object> parameters) {
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build();

    /** What an object is not; the message is the end of a sentence. */
    static final class NoAction extends Exception {
        private static final long serialVersionUID = 1L;

        NoAction(String message) {
            super(message);
        }

        NoAction(String message, Throwable cause) {
            super(message, cause);
        }
    }

    static ActionObject parse(String json, String nameKey) throws NoAction {
        Map<String, Object> values = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                values.put(key, value(parser, key));
            }
        } catch (NoAction e) {
            throw e;
        } catch (JsonProcessingException e) {
            throw new NoAction("found JSON that does not parse: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new NoAction("found JSON that cannot be read: " + e, e);
        }
        if (!(values.remove(nameKey) instanceof String name)) {
            throw new NoAction("found no text under \"" + nameKey + "\"");
        }
        if (name.isBlank()) {
            throw new NoAction("found an empty \"" + nameKey + "\"");
        }
        return new ActionObject(name, values);
    }

    private static Object value(JsonParser parser, String key) throws IOException, NoAction {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return parser.getBooleanValue();
        }
        if (token == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return parser.getLongValue();
        }
        if (token == JsonToken.VALUE_NUMBER_FLOAT && Double.isFinite(parser.getDoubleValue())) {
            return parser.getDoubleValue();
        }
        String found =
                token == JsonToken.START_OBJECT
                        ? "an object"
                        : token == JsonToken.START_ARRAY ? "a list" : parser.getText();
        throw new NoAction("found " + found + " in \"" + key + "\"");
    }
}
