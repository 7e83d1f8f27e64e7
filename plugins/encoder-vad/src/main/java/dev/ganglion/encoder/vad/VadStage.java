package dev.ganglion.encoder.vad;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens and closes utterances; allocates nothing but the samples that it gives.
 *
 * <p>A frame is given as soon as it is certain that another one of its utterance follows, for the
 * last one must say so; or all of them are given as one when it ends. Numbers of frames rise over
 * the whole stream.
 */
final class VadStage implements Stage<Sample<Tensor>, Sample<Tensor>> {
    private final VadSettings settings;
    private final TensorSpec input;
    private final Detector detector;
    private final FrameRing ring;

    /** Gathers the utterance when it is to be given whole, else null. */
    private final @Nullable Utterance whole;

    /** How many frames in a row were speech while no utterance is open. */
    private int speech;

    private boolean open;

    /** How many frames ago the open utterance last had speech; 0 while it has. */
    private int quiet;

    /** How many frames of the open utterance were given. */
    private long given;

    /** The first frame that was not given and may be, and the end of those that will be. */
    private long from;

    private long until;

    private String stream = "";
    private long sequence;
    private boolean heard;

    /** When the item before this one was captured, which is the time of its last sample. */
    private long latestNanos;

    VadStage(VadSettings settings, TensorSpec input, Detector detector) {
        this.settings = settings;
        this.input = input;
        this.detector = detector;
        this.ring = new FrameRing(settings.heldFrames(), settings.frameSamples());
        this.whole =
                settings.whole()
                        ? new Utterance(
                                settings.frameSamples(), settings.maxFrames(), settings.peak())
                        : null;
    }

    @Override
    public void push(Sample<Tensor> item, Consumer<? super Sample<Tensor>> out) {
        boolean done = false;
        try {
            take(item, out);
            if (item.last()) {
                finish(out);
            }
            done = true;
        } finally {
            if (!done || item.last()) {
                forget();
            }
        }
    }

    @Override
    public void flush(Consumer<? super Sample<Tensor>> out) {
        try {
            finish(out);
        } finally {
            forget();
        }
    }

    private void take(Sample<Tensor> item, Consumer<? super Sample<Tensor>> out) {
        Tensor samples = item.value();
        String mismatch = input.mismatch(samples);
        if (mismatch != null) {
            throw new GanglionException(
                    Kind.SETUP,
                    settings.owner()
                            + ": sample "
                            + item.sequence()
                            + " of stream '"
                            + item.stream()
                            + "' is not "
                            + input
                            + ": "
                            + mismatch
                            + "; put a sensor of sound before it");
        }
        stream = item.stream();
        if (!heard) {
            heard = true;
            latestNanos = item.capturedNanos();
        }
        int count = samples.elements();
        for (int at = 0; at < count; ) {
            int taken = ring.fill(samples, at);
            at += taken;
            if (open && quiet < settings.tailFrames()) {
                give(until, false, out);
            }
            if (ring.filled() == settings.frameSamples()) {
                long behind = (count - at) * 1_000_000_000L / settings.sampleRateHz();
                ring.next(Math.max(latestNanos, item.capturedNanos() - behind));
                decide(out);
            } else if (at < count) {
                throw refused(item, at, samples.floats().get(at));
            }
        }
        latestNanos = Math.max(latestNanos, item.capturedNanos());
    }

    private GanglionException refused(Sample<Tensor> item, int at, float found) {
        return new GanglionException(
                Kind.INPUT,
                settings.owner()
                        + ": finite numbers expected, found "
                        + found
                        + " at position "
                        + at
                        + " of sample "
                        + item.sequence()
                        + " of stream '"
                        + item.stream()
                        + "'; look at what the sensor gives");
    }

    private void finish(Consumer<? super Sample<Tensor>> out) {
        if (ring.filled() > 0) {
            ring.pad();
            ring.next(latestNanos);
            decide(out);
        }
        if (open) {
            give(until, true, out);
        }
    }

    /** Decides with the frame that was just ended. */
    private void decide(Consumer<? super Sample<Tensor>> out) {
        long end = ring.number();
        if (!open && speech == 0) {
            detector.between();
        }
        double probability = detector.probability(ring.frame(end - 1));
        boolean isSpeech = probability >= settings.above();
        if (open) {
            follow(end, isSpeech, probability < settings.below());
            give(until - 1, false, out);
            if (open && quiet >= settings.silenceFrames()) {
                give(until, true, out);
            }
            if (open || from == end) {
                return;
            }
            // The bound was reached before this frame, which may open the next utterance.
        }
        speech = isSpeech ? speech + 1 : 0;
        if (speech >= settings.speechFrames()) {
            open = true;
            quiet = 0;
            given = 0;
            from = Math.max(from, end - settings.padFrames() - settings.speechFrames());
            until = end;
            give(until - 1, false, out);
        }
    }

    private void follow(long end, boolean isSpeech, boolean isSilence) {
        if (isSpeech) {
            quiet = 0;
        } else if (quiet > 0 || isSilence) {
            quiet++;
        }
        if (quiet <= settings.tailFrames()) {
            until = end;
        }
    }

    /**
     * Gives frames; one that makes the utterance as long as it may be closes it, before its time or
     * not.
     *
     * @param closes whether the frame before {@code end} is the last of the utterance
     */
    private void give(long end, boolean closes, Consumer<? super Sample<Tensor>> out) {
        while (open && from < until) {
            boolean full = given + 1 == settings.maxFrames();
            if (from >= end && !full) {
                return;
            }
            boolean last = full || (closes && from + 1 == end);
            long number = from++;
            given++;
            if (last) {
                open = false;
                speech = 0;
            }
            pass(number, last, out);
        }
    }

    private void pass(long number, boolean last, Consumer<? super Sample<Tensor>> out) {
        Tensor value = ring.frame(number);
        if (whole != null) {
            whole.add(value);
            if (!last) {
                return;
            }
            value = whole.end();
        }
        out.accept(new Sample<>(stream, ++sequence, ring.capturedNanos(number), value, last));
    }

    private void forget() {
        detector.reset();
        ring.drop();
        if (whole != null) {
            whole.drop();
        }
        open = false;
        speech = 0;
        quiet = 0;
        from = ring.number();
    }

    @Override
    public void close() {
        detector.close();
    }
}
