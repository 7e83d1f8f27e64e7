/**
 * Sound as a sense: WAV files, folders of them, or a microphone.
 *
 * <p>{@link dev.ganglion.sensor.audio.AudioSensor} reads the options and says what is wrong with
 * them. A {@code Reading} is what {@code open} gives: a thread, which is either a {@code Playback}
 * of files or a {@code Microphone}. A {@code Playback} opens a {@code WavStream} for each file,
 * whose {@code WavHeader} refuses whatever contradicts itself before a sample is given, and whose
 * {@code Resampler} works with a {@code FilterBank} that all files of the same rate share. A {@code
 * Microphone} looks for a device among {@code CaptureDevices}, which are those of Java Sound, and
 * hears it by a {@code Capture}, which resamples, too. The {@code Clock} says when a block is due.
 */
@NullMarked
package dev.ganglion.sensor.audio;

import org.jspecify.annotations.NullMarked;
