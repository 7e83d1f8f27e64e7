package dev.ganglion.runtime.act;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How many wrong PINs were given for each actuator, and until when no other one is taken; kept in a
 * file, so that a restart does not give three more. A guess counts before it is looked at, so that
 * ending the process in the middle does not take it back. Belongs to who holds the lock of the
 * confirmations.
 */
final class WrongPins {
    static final String FILE = "wrong-pins.properties";
    private static final int MOST = 3;

    private final @Nullable Path folder;
    private final Clock clock;
    private final Properties counts = new Properties();
    private boolean read;

    /**
     * @param folder null: they are forgotten with the process
     */
    WrongPins(@Nullable Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** {@return why a PIN is not taken; empty when it is the right one} */
    String check(String actuator, EnvelopeRules rules, String pin) {
        try {
            read();
            long nowMillis = clock.millis();
            long untilMillis = number(actuator + ".untilMillis");
            if (untilMillis > nowMillis) {
                return "too many wrong PINs were given for act:"
                        + actuator
                        + "; try again in "
                        + minutes(untilMillis - nowMillis);
            }
            long wrong = number(actuator + ".wrong") + 1;
            boolean locks = wrong >= MOST;
            long lockOutMillis = TimeUnit.NANOSECONDS.toMillis(rules.lockOutNanos());
            keep(actuator, locks ? 0 : wrong, locks ? nowMillis + lockOutMillis : 0);
            PinHash hash = rules.pin();
            if (hash == null || !hash.matches(pin)) {
                return "this is not the PIN of act:"
                        + actuator
                        + (locks ? "; no other is taken for " + minutes(lockOutMillis) : "");
            }
            keep(actuator, 0, 0);
            return "";
        } catch (IOException | IllegalArgumentException e) {
            return "no PIN is taken, because "
                    + (folder == null ? FILE : folder.resolve(FILE))
                    + " cannot be read or written ("
                    + e
                    + "); give the user of this process the right to, or remove it";
        }
    }

    private static String minutes(long millis) {
        long minutes = (millis + 59_999) / 60_000;
        return minutes + (minutes == 1 ? " minute" : " minutes");
    }

    private long number(String key) {
        return Long.parseLong(counts.getProperty(key, "0"));
    }

    private void read() throws IOException {
        if (!read && folder != null && Files.exists(folder.resolve(FILE))) {
            try (Reader reader = Files.newBufferedReader(folder.resolve(FILE))) {
                counts.load(reader);
            }
        }
        read = true;
    }

    private void keep(String actuator, long wrong, long untilMillis) throws IOException {
        counts.setProperty(actuator + ".wrong", Long.toString(wrong));
        counts.setProperty(actuator + ".untilMillis", Long.toString(untilMillis));
        if (folder != null) {
            Files.createDirectories(folder);
            Path fresh = folder.resolve(FILE + ".new");
            try (Writer writer = Files.newBufferedWriter(fresh)) {
                counts.store(writer, null);
            }
            Files.move(
                    fresh,
                    folder.resolve(FILE),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
