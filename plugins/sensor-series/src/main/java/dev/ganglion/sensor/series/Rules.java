package dev.ganglion.sensor.series;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How rows become samples.
 *
 * @param time reads the cell of the time column, null when there is none
 * @param gapNanos the longest time between two readings that is no gap, 0 when none is
 * @param intervalNanos the nominal time between two readings, 0 when none is given
 * @param wholeStream whether an utterance is a stream and not one reading
 * @param live whether readings come by themselves: they are offered as they come, and nobody knows
 *     which is the last
 * @param realtime whether what was recorded is given as slowly as it came
 */
record Rules(
        Policy whenMissing,
        Policy whenGap,
        @Nullable ToLongFunction<String> time,
        long gapNanos,
        long intervalNanos,
        boolean wholeStream,
        boolean live,
        boolean realtime) {
    /** What is done about a reading that is not as it should be. */
    enum Policy {
        HOLD,
        DROP,
        ALARM;

        private static Policy of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    private static final double NANOS_PER_MILLI = 1e6;

    static Rules of(Options options, boolean live) {
        boolean timed = options.has("timeColumn");
        boolean realtime = "realtime".equals(options.text("pace"));
        if (options.has("gapMillis") && !timed && !live) {
            throw Layout.setup(
                    options.owner(),
                    "gapMillis needs the times of a file's readings, and no timeColumn is given; add"
                            + " it or leave gapMillis out");
        }
        if (!options.has("gapMillis") && options.has("whenGap")) {
            throw Layout.setup(
                    options.owner(),
                    "whenGap needs to know from when on it is one, and no gapMillis is given; add"
                            + " it or leave whenGap out");
        }
        if (!timed && options.has("timeFormat")) {
            throw Layout.setup(
                    options.owner(),
                    "timeFormat says how timeColumn is written, and no timeColumn is given; add it"
                            + " or leave timeFormat out");
        }
        if (realtime && live) {
            throw Layout.setup(
                    options.owner(),
                    "pace=realtime is for files, and a broker or a serial port has its own pace;"
                            + " leave pace out");
        }
        if (realtime && !timed && !options.has("intervalMillis")) {
            throw Layout.setup(
                    options.owner(),
                    "pace=realtime needs timeColumn or intervalMillis to know the pace, and neither"
                            + " is given; add one or leave pace out");
        }
        return new Rules(
                Policy.of(options.text("whenMissing")),
                options.has("whenGap") ? Policy.of(options.text("whenGap")) : Policy.ALARM,
                timed ? time(options) : null,
                nanos(options, "gapMillis"),
                nanos(options, "intervalMillis"),
                "stream".equals(options.text("utterance")),
                live,
                realtime);
    }

    private static ToLongFunction<String> time(Options options) {
        String format = options.has("timeFormat") ? options.text("timeFormat") : "iso";
        try {
            return TimeText.reader(format);
        } catch (IllegalArgumentException e) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    options.owner()
                            + ": timeFormat takes iso, epochSeconds, epochMillis or a pattern such"
                            + " as 'dd.MM.yyyy HH:mm:ss', found '"
                            + format
                            + "' ("
                            + e.getMessage()
                            + "); correct it",
                    e);
        }
    }

    private static long nanos(Options options, String name) {
        return options.has(name) ? Math.round(options.number(name) * NANOS_PER_MILLI) : 0;
    }

    /** {@return whether a reading waits for the next one, to know whether it is the last} */
    boolean holdsBack() {
        return wholeStream && !live;
    }
}
