package dev.ganglion.runtime.act;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values out of the owner's file; what is not as expected is refused with the place it is at. */
final class EnvelopeYaml {
    private final String file;

    EnvelopeYaml(String file) {
        this.file = file;
    }

    GanglionException refused(String where, String expected, @Nullable Object found) {
        return new GanglionException(
                Kind.SETUP,
                file
                        + (where.isEmpty() ? "" : ", " + where)
                        + ": expected "
                        + expected
                        + ", found '"
                        + found
                        + "'");
    }

    /** {@return a map with none but these keys; empty when there is nothing} */
    Map<?, ?> map(String where, @Nullable Object value, List<String> keys) {
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw refused(where, "keys with values (" + String.join(", ", keys) + ")", value);
        }
        for (Object key : map.keySet()) {
            if (!keys.contains(String.valueOf(key))) {
                throw refused(where, "one of " + String.join(", ", keys), key);
            }
        }
        return map;
    }

    /** {@return a list; none when there is nothing, of one when it is no list} */
    List<?> list(@Nullable Object value) {
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            for (Object each : list) {
                if (each == null) {
                    throw refused("", "no empty place in a list", value);
                }
            }
            return list;
        }
        return List.of(value);
    }

    boolean flag(String where, @Nullable Object value) {
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw refused(where, "true or false", value);
    }

    long whole(String where, @Nullable Object value, long from, long to, long byDefault) {
        if (value == null) {
            return byDefault;
        }
        if ((value instanceof Integer || value instanceof Long)
                && ((Number) value).longValue() >= from
                && ((Number) value).longValue() <= to) {
            return ((Number) value).longValue();
        }
        throw refused(where, "a whole number from " + from + " to " + to, value);
    }

    double number(String where, @Nullable Object value, double byDefault) {
        if (value == null) {
            return byDefault;
        }
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            return number.doubleValue();
        }
        throw refused(where, "a number", value);
    }
}
