/**
 * Text as a sense: each line of a file, of the files of a folder, or of standard input is one
 * sample.
 *
 * <p>{@link dev.ganglion.sensor.text.TextSensor} reads the options and says what is wrong with
 * them. A {@code Reading} is what {@code open} gives: a thread with something to read, which is
 * either a {@code TextFiles} (one {@code Tail} per file, woken by {@code FolderEvents} when it
 * follows) or the {@code StandardInput}. Both put bytes into a {@code LineReader}, which cuts and
 * decodes them.
 */
@NullMarked
package dev.ganglion.sensor.text;

import org.jspecify.annotations.NullMarked;
