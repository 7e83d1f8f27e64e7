/**
 * The plug-in {@code encode:window}: the last rows of readings as one tensor, again and again.
 *
 * <p>{@link dev.ganglion.encoder.window.WindowEncoder} checks the options ({@code Settings});
 * {@code WindowStage} is one stream with the rows that it keeps.
 */
@NullMarked
package dev.ganglion.encoder.window;

import org.jspecify.annotations.NullMarked;
