package dev.ganglion.tokenizer.wordpiece;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object of a JSON file whose values are asked for by name and type. */
final class Section {
    private final String file;
    private final Map<String, @Nullable Object> values;

    /** An empty one, to be filled. */
    Section(String file) {
        this(file, new LinkedHashMap<>());
    }

    private Section(String file, Map<String, @Nullable Object> values) {
        this.file = file;
        this.values = values;
    }

    /** Reads the value that the parser stands on. */
    void put(String name, JsonParser json) throws IOException {
        values.put(name, value(json));
    }

    /** Jackson limits the depth. */
    private static @Nullable Object value(JsonParser json) throws IOException {
        switch (json.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    json.nextToken();
                    map.put(name, value(json));
                }
                return map;
            }
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(json));
                }
                return list;
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                return json.getNumberValue();
            }
            case VALUE_TRUE, VALUE_FALSE -> {
                return json.getBooleanValue();
            }
            case VALUE_NULL -> {
                return null;
            }
            default -> {
                return json.getText();
            }
        }
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    /** {@return what "type" says, whatever it is} */
    @Nullable Object type() {
        return values.get("type");
    }

    /** {@return the object of this name, empty when there is none} */
    Section section(String name) {
        return section(values.get(name));
    }

    @SuppressWarnings("unchecked")
    private Section section(@Nullable Object value) {
        return new Section(
                file,
                value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of());
    }

    /** {@return the list of this name, empty when there is none} */
    @SuppressWarnings("unchecked")
    List<@Nullable Object> list(String name) {
        return values.get(name) instanceof List<?> list ? (List<@Nullable Object>) list : List.of();
    }

    /** {@return the objects of the list of this name} */
    List<Section> sections(String name) {
        return list(name).stream().map(this::section).toList();
    }

    String text(String name, String absent) {
        return value(name, String.class, "text", absent);
    }

    int integer(String name, int absent) {
        return value(name, Integer.class, "a whole number", absent);
    }

    boolean flag(String name, boolean absent) {
        return value(name, Boolean.class, "true or false", absent);
    }

    private <T> T value(String name, Class<T> type, String expected, T absent) {
        Object value = values.get(name);
        if (value == null) {
            return absent;
        }
        if (!type.isInstance(value)) {
            throw new GanglionException(
                    Kind.SETUP,
                    "vocabulary "
                            + file
                            + " has "
                            + value
                            + " as \""
                            + name
                            + "\", "
                            + expected
                            + " was expected; correct it");
        }
        return type.cast(value);
    }
}
