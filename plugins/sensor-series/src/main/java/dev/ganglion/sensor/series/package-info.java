/**
 * Readings of sensors as a sense: each row of a CSV file, each message of a broker, each line of a
 * serial port is one sample of numbers with units.
 *
 * <p>{@link dev.ganglion.sensor.series.SeriesSensor} reads the options and says what is wrong with
 * them. {@code Columns} are what the model wants; a {@code Layout} says where in a row they stand.
 * A {@code Reading} is what {@code open} gives: a thread with something to read ({@code
 * FileReading}, {@code StandardInputReading}, {@code SerialReading}), or, for a broker, a {@code
 * Subscription}.
 *
 * <p>All give lines to {@code Rows}, cut by {@code LineCutter} where they come as bytes. {@code
 * Rows} takes a line apart, with {@code CsvLine} or {@code JsonLine}, into a {@code Row}. {@code
 * Readings} turns rows into samples: it knows the streams, watches the clock ({@code TimeText}),
 * fills or refuses what is missing and says where an utterance ends.
 */
@NullMarked
package dev.ganglion.sensor.series;

import org.jspecify.annotations.NullMarked;
