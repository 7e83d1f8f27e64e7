package dev.ganglion.runtime.record;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values out of parsed lines; what has another type than expected is refused. */
final class Json {
    private Json() {}

    static Map<?, ?> object(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException("an object expected, found '" + value + "'");
    }

    static List<?> list(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("a list expected, found '" + value + "'");
    }

    static String text(Map<?, ?> object, String key) {
        if (object.get(key) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(
                "text expected in '" + key + "', found '" + object.get(key) + "'");
    }

    static double number(Map<?, ?> object, String key) {
        if (object.get(key) instanceof Number number) {
            return number.doubleValue();
        }
        throw new IllegalArgumentException(
                "a number expected in '" + key + "', found '" + object.get(key) + "'");
    }

    static long whole(Map<?, ?> object, String key) {
        return whole(object.get(key));
    }

    static long whole(@Nullable Object value) {
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        throw new IllegalArgumentException("a whole number expected, found '" + value + "'");
    }

    static long whole(Map<?, ?> object, String key, long byDefault) {
        return object.containsKey(key) ? whole(object, key) : byDefault;
    }
}
