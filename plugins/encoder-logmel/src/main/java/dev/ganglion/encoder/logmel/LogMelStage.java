package dev.ganglion.encoder.logmel;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/** One stream; allocates nothing after it was opened. */
final class LogMelStage implements Stage<Tensor, Tensor> {
    /** Louder than anything that is meant, and far from where a power becomes infinite. */
    private static final float LOUDEST = 1e12f;

    private static final TensorSpec INPUT =
            TensorSpec.of("audio", Tensor.Type.FLOAT32, "1", TensorSpec.ANY);

    private final FrontEnd frontEnd;
    private final String owner;

    /** The samples of the next frame, of which {@link #held} are there. */
    private final float[] samples;

    private final float[] values;
    private final float[] power;
    private final float[] row;
    private final Tensor result;

    private int held;

    /** How many frames of the next row are there. */
    private int frames;

    /** How many samples of the utterance were taken. */
    private long taken;

    LogMelStage(FrontEnd frontEnd, String owner) {
        Settings settings = frontEnd.settings();
        this.frontEnd = frontEnd;
        this.owner = owner;
        this.samples = new float[settings.windowSamples()];
        this.values = new float[settings.fftSize()];
        this.power = new float[settings.fftSize() / 2 + 1];
        this.row = new float[settings.stack() * settings.bands()];
        this.result = Tensor.allocate(Tensor.Type.FLOAT32, 1, row.length);
    }

    static TensorSpec input(Settings settings) {
        return INPUT.atRateHz(settings.sampleRateHz());
    }

    @Override
    public void push(Tensor item, Consumer<? super Tensor> out) {
        boolean done = false;
        try {
            String mismatch = INPUT.mismatch(item);
            if (mismatch != null) {
                throw new IllegalArgumentException(owner + " takes audio: " + mismatch);
            }
            take(item.floats(), item.elements(), out);
            done = true;
        } finally {
            if (!done) {
                forget();
            }
        }
    }

    private void take(FloatBuffer audio, int count, Consumer<? super Tensor> out) {
        int window = samples.length;
        int hop = frontEnd.settings().hopSamples();
        int at = 0;
        while (at < count) {
            int portion = Math.min(count - at, window - held);
            audio.get(at, samples, held, portion);
            check(held, portion);
            at += portion;
            held += portion;
            taken += portion;
            if (held == window) {
                frame();
                System.arraycopy(samples, hop, samples, 0, window - hop);
                held = window - hop;
                if (frames == frontEnd.settings().stack()) {
                    frames = 0;
                    result.floats().put(0, row);
                    out.accept(result);
                }
            }
        }
    }

    private void check(int from, int count) {
        for (int i = from; i < from + count; i++) {
            // Not false for what is no number, either.
            if (!(Math.abs(samples[i]) <= LOUDEST)) {
                throw new GanglionException(
                        Kind.INPUT,
                        owner
                                + ": finite samples are expected, 1 being full scale, found "
                                + samples[i]
                                + " as sample "
                                + (taken + i - from + 1)
                                + " of the utterance; look at what the sensor gives");
            }
        }
    }

    private void frame() {
        float[] window = frontEnd.window();
        Settings settings = frontEnd.settings();
        for (int i = 0; i < window.length; i++) {
            values[i] = samples[i] * window[i];
        }
        Arrays.fill(values, window.length, values.length, 0);
        frontEnd.spectrum().compute(values, power);
        frontEnd.filters()
                .logarithms(
                        power,
                        (float) settings.floor(),
                        (float) settings.scale(),
                        (float) settings.offset(),
                        row,
                        frames * settings.bands());
        frames++;
    }

    @Override
    public void flush(Consumer<? super Tensor> out) {
        forget();
    }

    private void forget() {
        held = 0;
        frames = 0;
        taken = 0;
    }
}
