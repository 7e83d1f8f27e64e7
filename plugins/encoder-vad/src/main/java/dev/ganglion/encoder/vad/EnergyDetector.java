package dev.ganglion.encoder.vad;

import dev.ganglion.api.data.Tensor;
import java.nio.FloatBuffer;

/**
 * Goes by how far the loudness is above that of the background.
 *
 * <p>The background is what the quietest frames of the last seconds were like: it falls at once and
 * rises slowly, so that the gaps between words hold it down while a fan that was switched on is
 * taken for silence after a few seconds.
 */
final class EnergyDetector implements Detector {
    /**
     * Frames quieter than this are alike: digital silence must not make a whisper of hum speech.
     */
    private static final double QUIETEST_DB = -65;

    /** A stream may begin with speech; its first frame is taken for background only below this. */
    private static final double LOUDEST_FIRST_DB = -50;

    /** Per frame of 32 ms: 3 dB per second up. */
    private static final double RISE_DB = 0.1;

    private static final double FALL = 0.5;

    /** How much of the way the envelope goes to a louder and to a quieter frame. */
    private static final double ATTACK = 0.8;

    private static final double RELEASE = 0.6;

    /** What is further above the background says no more, and a click would fade for longer. */
    private static final double CLEAR_DB = 25;

    /**
     * How far above the background speech and silence are equally likely, and how steep that is.
     */
    private static final double EVEN_DB = 10;

    private static final double SLOPE_DB = 2.5;

    /** A one-pole high-pass at some 80 Hz for 16 kHz: the offset and the hum of a microphone. */
    private static final float POLE = 0.97f;

    private boolean begun;
    private float lastInput;
    private float lastOutput;
    private double backgroundDb;
    private double envelopeDb;

    @Override
    public double probability(Tensor frame) {
        double levelDb = Math.max(QUIETEST_DB, levelDb(frame));
        if (!begun) {
            begun = true;
            backgroundDb = Math.min(LOUDEST_FIRST_DB, levelDb);
            envelopeDb = backgroundDb;
        }
        double distance = levelDb - backgroundDb;
        backgroundDb += distance < 0 ? FALL * distance : Math.min(RISE_DB, distance);
        double step = Math.min(levelDb, backgroundDb + CLEAR_DB) - envelopeDb;
        envelopeDb += (step > 0 ? ATTACK : RELEASE) * step;
        return 1 / (1 + Math.exp((EVEN_DB - (envelopeDb - backgroundDb)) / SLOPE_DB));
    }

    /** {@return the mean power above the hum, full scale being 0 dB} */
    private double levelDb(Tensor frame) {
        FloatBuffer samples = frame.floats();
        int count = frame.elements();
        float input = begun ? lastInput : samples.get(0);
        float output = lastOutput;
        float sum = 0;
        for (int i = 0; i < count; i++) {
            float sample = samples.get(i);
            output = sample - input + POLE * output;
            input = sample;
            sum += output * output;
        }
        lastInput = input;
        lastOutput = output;
        return 10 * Math.log10(sum / count + 1e-12);
    }

    @Override
    public void between() {}

    @Override
    public void reset() {
        begun = false;
        lastOutput = 0;
    }

    @Override
    public void close() {}
}
