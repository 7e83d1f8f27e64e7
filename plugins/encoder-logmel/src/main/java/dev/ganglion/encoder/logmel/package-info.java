/**
 * The plug-in {@code encode:logmel}: what a sound looks like, in rows of a model's size.
 *
 * <p>{@link dev.ganglion.encoder.logmel.LogMelEncoder} checks the options ({@code Settings}) and
 * keeps the tables that all streams with the same settings share ({@code FrontEnd}): the window,
 * the {@code PowerSpectrum} with its twiddles, the {@code MelFilters}. {@code LogMelStage} is one
 * stream: the samples that wait for the next frame, and little else.
 */
@NullMarked
package dev.ganglion.encoder.logmel;

import org.jspecify.annotations.NullMarked;
