package dev.ganglion.worker;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The properties {@code ganglion.worker.*}; see the README.
 *
 * @param memoryMegabytes resident memory of one worker
 * @param callLimitMillis how long a call may take
 * @param loadLimitMillis how long a start may take, loading included
 * @param heartbeatMillis how often a worker gives a sign of life and is looked at
 * @param heartbeatLimitMillis how long it may give none
 * @param openLimitMillis how long opening a session waits for a worker
 * @param deaths after how many the model is quarantined
 * @param deathWindowMillis for how long a death counts
 * @param sandbox which sandbox must be there, or {@code auto}
 * @param folder where the workers' own folders are made
 */
record Settings(
        long memoryMegabytes,
        long callLimitMillis,
        long loadLimitMillis,
        long heartbeatMillis,
        long heartbeatLimitMillis,
        long openLimitMillis,
        int deaths,
        long deathWindowMillis,
        String sandbox,
        Path folder) {
    private static final String PREFIX = "ganglion.worker.";

    static Settings of(UnaryOperator<@Nullable String> properties) {
        String data = properties.apply("ganglion.var");
        String sandbox = properties.apply(PREFIX + "sandbox");
        long heartbeatMillis = number(properties, "heartbeatMillis", 500);
        long heartbeatLimitMillis = number(properties, "heartbeatLimitMillis", 5_000);
        if (heartbeatLimitMillis < 2 * heartbeatMillis) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the property "
                            + PREFIX
                            + "heartbeatLimitMillis takes at least twice heartbeatMillis, which is "
                            + heartbeatMillis
                            + ", found "
                            + heartbeatLimitMillis
                            + "; correct one of them");
        }
        Path folder =
                data == null
                        ? Path.of(System.getProperty("java.io.tmpdir", "/tmp"))
                        : Path.of(data, "workers");
        return new Settings(
                number(properties, "memoryMegabytes", 1024),
                number(properties, "callLimitMillis", 30_000),
                number(properties, "loadLimitMillis", 60_000),
                heartbeatMillis,
                heartbeatLimitMillis,
                number(properties, "openLimitMillis", 10_000),
                (int) number(properties, "deaths", 3),
                number(properties, "deathWindowMillis", 600_000),
                sandbox == null || sandbox.isBlank() ? "auto" : sandbox.strip(),
                folder.toAbsolutePath().normalize());
    }

    private static long number(
            UnaryOperator<@Nullable String> properties, String name, long byDefault) {
        String value = properties.apply(PREFIX + name);
        if (value == null || value.isBlank()) {
            return byDefault;
        }
        try {
            long number = Long.parseLong(value.strip());
            if (number > 0 && number <= Integer.MAX_VALUE) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            throw refused(name, value, notANumber);
        }
        throw refused(name, value, null);
    }

    private static GanglionException refused(String name, String value, @Nullable Exception cause) {
        return new GanglionException(
                Kind.SETUP,
                "the property "
                        + PREFIX
                        + name
                        + " takes a whole number from 1 to 2147483647, found '"
                        + value
                        + "'; correct it",
                cause);
    }
}
