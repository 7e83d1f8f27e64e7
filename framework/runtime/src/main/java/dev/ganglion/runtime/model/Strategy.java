package dev.ganglion.runtime.model;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How another version of a model takes over. Declared in the card under {@code replacement:}, in
 * {@code etc/}, or with the command.
 *
 * @param way see {@link Way}
 * @param drainFirst whether the current version is unloaded before the next one is loaded, for a
 *     device without room for two; messages wait meanwhile
 * @param probationMillis how long the next version is watched at least
 * @param probationMessages how many messages it must have handled before it is judged
 * @param sharePercent the share of the messages that a canary gets, 1 to 99
 * @param maxErrorPercent how many of its messages may fail, in percent
 * @param maxLatencyRatio how much longer it may take than the version before, by the 95th
 *     percentile; 0 for no limit
 * @param maxMemoryMegabytes how much memory it may take; 0 for no limit
 */
public record Strategy(
        Way way,
        boolean drainFirst,
        long probationMillis,
        int probationMessages,
        int sharePercent,
        double maxErrorPercent,
        double maxLatencyRatio,
        int maxMemoryMegabytes) {
    /** Who answers while two versions are there. */
    public enum Way {
        /** The next version, at once and for good. */
        IMMEDIATE,
        /** The next version; the one before is kept until the probation has passed. */
        BLUE_GREEN,
        /** The next version answers a share of the messages until the probation has passed. */
        CANARY,
        /**
         * The current version; the next one runs beside it, and how often they differ is counted.
         */
        SHADOW;

        /** {@return the word that people write} */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Takes over at once. */
    public static final Strategy IMMEDIATE =
            new Strategy(Way.IMMEDIATE, false, 60_000, 200, 10, 1, 2, 0);

    private static final List<String> KEYS =
            List.of(
                    "strategy",
                    "drainFirst",
                    "probationSeconds",
                    "probationMessages",
                    "share",
                    "maxErrorRate",
                    "maxLatencyRatio",
                    "maxMemoryMegabytes");

    /** Refuses what cannot be. */
    public Strategy {
        check(sharePercent >= 1 && sharePercent <= 99, "share", "1 to 99 percent", sharePercent);
        check(probationMillis >= 0, "probationSeconds", "0 or more", probationMillis / 1000.0);
        check(probationMessages >= 0, "probationMessages", "0 or more", probationMessages);
        check(
                maxErrorPercent >= 0 && maxErrorPercent <= 100,
                "maxErrorRate",
                "0 to 100 percent",
                maxErrorPercent);
        check(maxLatencyRatio >= 0, "maxLatencyRatio", "0 or more", maxLatencyRatio);
        check(maxMemoryMegabytes >= 0, "maxMemoryMegabytes", "0 or more", maxMemoryMegabytes);
        if (drainFirst && way != Way.IMMEDIATE) {
            throw new GanglionException(
                    Kind.SETUP,
                    "drainFirst unloads the current version before the next one is loaded, and "
                            + way.word()
                            + " needs both; use one of the two");
        }
    }

    private static void check(boolean right, String key, String expected, Number found) {
        if (!right) {
            throw new GanglionException(
                    Kind.SETUP,
                    "'" + key + "' of a replacement is " + expected + ", found " + found);
        }
    }

    /**
     * The same with other values.
     *
     * @param where who gives them, for messages
     * @param values by key: {@code strategy}, {@code drainFirst}, {@code probationSeconds}, {@code
     *     probationMessages}, {@code share}, {@code maxErrorRate}, {@code maxLatencyRatio}, {@code
     *     maxMemoryMegabytes}
     * @throws GanglionException of kind SETUP for an unknown key or a value that cannot be
     */
    public Strategy with(String where, Map<String, String> values) {
        Set<String> unknown = new LinkedHashSet<>(values.keySet());
        unknown.removeAll(KEYS);
        if (!unknown.isEmpty()) {
            throw new GanglionException(
                    Kind.SETUP,
                    where
                            + " has an unknown key '"
                            + unknown.iterator().next()
                            + "' for a replacement; the keys are: "
                            + String.join(", ", KEYS));
        }
        return new Strategy(
                values.containsKey("strategy") ? way(where, values.get("strategy")) : way,
                truth(where, values, "drainFirst", drainFirst),
                Math.round(number(where, values, "probationSeconds", probationMillis / 1e3) * 1e3),
                whole(where, values, "probationMessages", probationMessages),
                whole(where, values, "share", sharePercent),
                number(where, values, "maxErrorRate", maxErrorPercent),
                number(where, values, "maxLatencyRatio", maxLatencyRatio),
                whole(where, values, "maxMemoryMegabytes", maxMemoryMegabytes));
    }

    private static Way way(String where, String word) {
        for (Way way : Way.values()) {
            if (way.word().equals(word)) {
                return way;
            }
        }
        throw new GanglionException(
                Kind.SETUP,
                where
                        + " names the strategy '"
                        + word
                        + "'; there are: "
                        + Arrays.stream(Way.values())
                                .map(Way::word)
                                .collect(Collectors.joining(", ")));
    }

    private static double number(
            String where, Map<String, String> values, String key, double byDefault) {
        String value = values.get(key);
        if (value == null) {
            return byDefault;
        }
        try {
            double number = Double.parseDouble(value);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            throw wrong(where, key, value, "a number", notANumber);
        }
        throw wrong(where, key, value, "a number", null);
    }

    private static int whole(String where, Map<String, String> values, String key, int byDefault) {
        String value = values.get(key);
        try {
            return value == null ? byDefault : Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw wrong(where, key, value, "a whole number", e);
        }
    }

    private static boolean truth(
            String where, Map<String, String> values, String key, boolean byDefault) {
        String value = values.get(key);
        if (value == null) {
            return byDefault;
        }
        if (value.equals("true") || value.equals("false")) {
            return value.equals("true");
        }
        throw wrong(where, key, value, "true or false", null);
    }

    private static GanglionException wrong(
            String where,
            String key,
            @Nullable String value,
            String expected,
            @Nullable Throwable cause) {
        return new GanglionException(
                Kind.SETUP,
                where + " gives '" + value + "' as '" + key + "', expected " + expected,
                cause);
    }
}
