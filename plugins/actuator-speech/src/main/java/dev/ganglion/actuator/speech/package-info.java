/**
 * Says texts, by espeak-ng or by a Wyoming server for speech, on the sound device or into WAV
 * files.
 *
 * <p>{@link dev.ganglion.actuator.speech.SpeechActuator} opens devices with their {@code Settings}.
 * A {@code SpeechDevice} checks each text with {@code SpokenText}, numbers its files by {@code
 * WavFolder}, and has it spoken, one after the other, by a {@code Voice}: {@code EspeakNg}, a
 * program, or {@code RemoteVoice}, a server whose sound goes to a {@code SoundOut}: {@code WavFile}
 * or {@code Loudspeaker}.
 */
@NullMarked
package dev.ganglion.actuator.speech;

import org.jspecify.annotations.NullMarked;
