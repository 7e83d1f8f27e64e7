package dev.ganglion.tokenizer.huggingface;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A {@code tokenizer.json}, looked through once for what the native library does not say: how many
 * ids there are, and where it is damaged.
 *
 * @param size one more than the highest id
 */
record VocabularyFile(String json, int size) {
    private static final JsonFactory JSON =
            JsonFactory.builder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();

    static VocabularyFile read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw refused(file, "is no file; name the tokenizer.json of the model", null);
        }
        try {
            byte[] bytes = Files.readAllBytes(file);
            int highest;
            try (JsonParser parser = JSON.createParser(bytes)) {
                highest = highestId(file, parser);
            }
            if (highest < 0) {
                throw refused(
                        file,
                        "has no \"model\" with a \"vocab\"; name the tokenizer.json of the model",
                        null);
            }
            return new VocabularyFile(
                    new String(bytes, StandardCharsets.UTF_8), Math.addExact(highest, 1));
        } catch (JsonProcessingException e) {
            throw refused(
                    file, "is damaged JSON: " + e.getOriginalMessage() + "; fetch it again", e);
        } catch (IOException e) {
            throw refused(file, "cannot be read (" + e + "); check the file and its rights", e);
        }
    }

    private static int highestId(Path file, JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw refused(file, "is no JSON object; name the tokenizer.json of the model", null);
        }
        int inModel = -1;
        int added = -1;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (name.equals("model") && value == JsonToken.START_OBJECT) {
                inModel = ofModel(json);
            } else if (name.equals("added_tokens") && value == JsonToken.START_ARRAY) {
                added = ofAdded(json);
            } else {
                json.skipChildren();
            }
        }
        return inModel < 0 ? -1 : Math.max(inModel, added);
    }

    private static int ofModel(JsonParser json) throws IOException {
        int highest = -1;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean vocabulary = json.currentName().equals("vocab");
            JsonToken value = json.nextToken();
            if (vocabulary && value == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    json.nextToken();
                    highest = Math.max(highest, json.getIntValue());
                }
            } else if (vocabulary && value == JsonToken.START_ARRAY) {
                // A Unigram model: the ids are the places in the list.
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    json.skipChildren();
                    highest++;
                }
            } else {
                json.skipChildren();
            }
        }
        return highest;
    }

    private static int ofAdded(JsonParser json) throws IOException {
        int highest = -1;
        while (json.nextToken() == JsonToken.START_OBJECT) {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean id = json.currentName().equals("id");
                if (json.nextToken() == JsonToken.VALUE_NUMBER_INT && id) {
                    highest = Math.max(highest, json.getIntValue());
                } else {
                    json.skipChildren();
                }
            }
        }
        return highest;
    }

    private static GanglionException refused(Path file, String why, @Nullable Throwable cause) {
        return new GanglionException(Kind.SETUP, "vocabulary " + file + " " + why, cause);
    }
}
