package dev.ganglion.sensor.series;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Takes JSON objects apart whose keys are columns; keys that are none are passed over. */
final class JsonLine {
    private final JsonFactory factory = new JsonFactory();
    private final @Nullable String[] names;

    /**
     * @param names for each cell of a row its key, null for none
     */
    JsonLine(@Nullable String[] names) {
        this.names = names;
    }

    /**
     * Fills a row; what is not in the object stays empty.
     *
     * @return null when it was done, else what is wrong with the object, as the end of a sentence
     */
    @Nullable String fill(Row row, char[] text, int length) {
        row.clear();
        try (JsonParser parser = factory.createParser(text, 0, length)) {
            parser.nextToken();
            for (JsonToken token = parser.nextToken();
                    token == JsonToken.FIELD_NAME;
                    token = parser.nextToken()) {
                String key = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value.isStructStart()) {
                    parser.skipChildren();
                } else if (value != JsonToken.VALUE_NULL) {
                    set(row, key, parser);
                }
            }
            return parser.nextToken() == null
                    ? null
                    : "one JSON object was expected and more was found after it; write each on a"
                            + " line of its own";
        } catch (JsonProcessingException malformed) {
            return "the line is no JSON object ("
                    + malformed.getOriginalMessage()
                    + "); correct it";
        } catch (IOException neverFromMemory) {
            throw new UncheckedIOException(neverFromMemory);
        }
    }

    private void set(Row row, String key, JsonParser parser) throws IOException {
        for (int i = 0; i < names.length; i++) {
            if (key.equals(names[i])) {
                row.set(i, parser.getText().strip());
            }
        }
    }
}
