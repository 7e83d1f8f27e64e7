package dev.ganglion.actuator.speech;

import java.io.IOException;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.SourceDataLine;

/** The sound device that Java Sound prefers. */
final class Loudspeaker implements SoundOut {
    private final SourceDataLine line;

    Loudspeaker(int rateHz, int width, int channels) throws IOException {
        AudioFormat format = format(rateHz, width, channels);
        try {
            line = AudioSystem.getSourceDataLine(format);
            line.open(format);
        } catch (LineUnavailableException | IllegalArgumentException e) {
            throw new IOException("the sound device does not take " + format, e);
        }
        line.start();
    }

    private static AudioFormat format(int rateHz, int width, int channels) {
        return new AudioFormat(rateHz, 8 * width, channels, width > 1, false);
    }

    static boolean isThere(int rateHz, int width, int channels) {
        return AudioSystem.isLineSupported(
                new DataLine.Info(SourceDataLine.class, format(rateHz, width, channels)));
    }

    @Override
    public void write(byte[] sound, int length) {
        line.write(sound, 0, length);
    }

    @Override
    public void finish() {
        line.drain();
        line.close();
    }

    @Override
    public void close() {
        line.stop();
        line.flush();
        line.close();
    }
}
