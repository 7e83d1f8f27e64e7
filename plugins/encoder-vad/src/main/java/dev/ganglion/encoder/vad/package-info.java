/**
 * The plug-in {@code encode:vad}: finds the utterances in a stream of sound.
 *
 * <p>{@link dev.ganglion.encoder.vad.VadEncoder} reads the options into {@code VadSettings}. {@code
 * VadStage} cuts the sound into frames of 32 ms, asks a {@code Detector} how likely each one holds
 * speech, and decides what belongs to an utterance; {@code FrameRing} keeps the frames of which
 * that is not known yet, {@code Utterance} those of one that is given whole. {@code EnergyDetector}
 * goes by loudness, {@code ModelDetector} by a model.
 */
@NullMarked
package dev.ganglion.encoder.vad;

import org.jspecify.annotations.NullMarked;
