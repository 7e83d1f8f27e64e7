package dev.ganglion.encoder.vad;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Session;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks a model with the tensors of Silero VAD: {@code input}, the end of the frame before and the
 * frame itself; {@code sr}, the rate; {@code output}, the probability. Its state stays in the
 * session.
 */
final class ModelDetector implements Detector {
    private static final long[] SCALAR = {};
    private static final long[] OUTPUT = {1, 1};

    private final VadSettings settings;
    private final Function<String, Session> models;
    private final long[] shape;
    private final float[] context;

    /** Null when there is none that could go on. */
    private @Nullable Session session;

    private boolean begun;

    /**
     * Opens the session, and shows with a frame of silence that the model is one of these.
     *
     * @throws GanglionException of kind SETUP when it is not
     */
    ModelDetector(VadSettings settings, Function<String, Session> models) {
        this.settings = settings;
        this.models = models;
        context = new float[settings.frameSamples() / 8];
        shape = new long[] {1, context.length + settings.frameSamples()};
        boolean fits = false;
        try {
            probability(Tensor.allocate(Tensor.Type.FLOAT32, settings.frameSamples()));
            reset();
            fits = true;
        } finally {
            if (!fits) {
                close();
            }
        }
    }

    @Override
    public double probability(Tensor frame) {
        Session running = begin();
        Tensor output;
        try {
            Tensor input = running.input("input", shape);
            Tensor rate = running.input("sr", SCALAR);
            check("input", input, Tensor.Type.FLOAT32);
            check("sr", rate, Tensor.Type.INT64);
            input.floats().put(0, context);
            input.floats().put(context.length, frame.floats(), 0, frame.elements());
            rate.longs().put(0, settings.sampleRateHz());
            running.run();
            output = running.output("output");
        } catch (IllegalArgumentException e) {
            throw misfit(e.getMessage(), e);
        }
        check("output", output, Tensor.Type.FLOAT32);
        if (!output.hasShape(OUTPUT)) {
            throw misfit("its 'output' is " + output, null);
        }
        float probability = output.floats().get(0);
        if (!Float.isFinite(probability)) {
            throw new GanglionException(
                    Kind.REOPEN,
                    settings.owner()
                            + ": model '"
                            + settings.detector()
                            + "' gave "
                            + probability
                            + " where a probability from 0 to 1 is expected; it starts anew");
        }
        if (probability < 0 || probability > 1) {
            throw misfit("it gave " + probability, null);
        }
        frame.floats().get(frame.elements() - context.length, context);
        return probability;
    }

    /** {@return a session that stands where the frame before left it, or at its start} */
    private Session begin() {
        Session running = session;
        if (begun && running != null) {
            return running;
        }
        if (running != null && !running.usable()) {
            close();
            running = null;
        }
        if (running == null) {
            running = models.apply(settings.detector());
            session = running;
        } else {
            running.reset();
        }
        Arrays.fill(context, 0);
        begun = true;
        return running;
    }

    /** A session of a model that was replaced is given back, also by a stream that never ends. */
    @Override
    public void between() {
        Session running = session;
        if (running != null && !running.usable()) {
            begun = false;
        }
    }

    /** Lets the session be until the next frame, for what it throws is that frame's business. */
    @Override
    public void reset() {
        begun = false;
    }

    private void check(String name, Tensor tensor, Tensor.Type expected) {
        if (tensor.type() != expected) {
            throw misfit("its '" + name + "' is " + tensor, null);
        }
    }

    private GanglionException misfit(@Nullable String found, @Nullable Throwable cause) {
        return new GanglionException(
                Kind.SETUP,
                settings.owner()
                        + ": 'detector' names a model that takes 'input' FLOAT32[1, "
                        + shape[1]
                        + "] and 'sr' INT64[] and gives 'output' FLOAT32[1, 1], a probability from"
                        + " 0 to 1; found '"
                        + settings.detector()
                        + "': "
                        + found
                        + "; name one such as silero-vad, or energy",
                cause);
    }

    @Override
    public void close() {
        Session open = session;
        session = null;
        if (open != null) {
            open.close();
        }
    }
}
