package dev.ganglion.encoder.vad;

import dev.ganglion.api.data.Tensor;
import java.nio.ByteBuffer;

/** The last frames of a stream, by number, and the one that is being filled. */
final class FrameRing {
    private final Tensor[] frames;
    private final long[] capturedNanos;
    private final int frameSamples;
    private long number;
    private int filled;

    /** Keeps this many whole frames. */
    FrameRing(int kept, int frameSamples) {
        this.frameSamples = frameSamples;
        frames = new Tensor[kept + 1];
        capturedNanos = new long[kept + 1];
        int frameBytes = frameSamples * Float.BYTES;
        // One piece of memory: many small ones cost more than they hold.
        ByteBuffer memory = ByteBuffer.allocateDirect(frames.length * frameBytes);
        for (int i = 0; i < frames.length; i++) {
            frames[i] =
                    Tensor.over(
                            memory.slice(i * frameBytes, frameBytes),
                            Tensor.Type.FLOAT32,
                            frameSamples);
        }
    }

    /** {@return the number of the frame that is being filled, from 0} */
    long number() {
        return number;
    }

    /** {@return how many samples are in it} */
    int filled() {
        return filled;
    }

    /** {@return a whole frame} */
    Tensor frame(long of) {
        return frames[slot(of)];
    }

    /** {@return when the last sample of a whole frame was captured} */
    long capturedNanos(long of) {
        return capturedNanos[slot(of)];
    }

    private int slot(long of) {
        return (int) (of % frames.length);
    }

    /**
     * Takes samples until the frame is full.
     *
     * @return how many it took; fewer than fit and than there are when the next one is not a finite
     *     number
     */
    int fill(Tensor from, int first) {
        int count = Math.min(frameSamples - filled, from.elements() - first);
        var source = from.floats();
        var target = frames[slot(number)].floats();
        for (int i = 0; i < count; i++) {
            float sample = source.get(first + i);
            if (!Float.isFinite(sample)) {
                filled += i;
                return i;
            }
            target.put(filled + i, sample);
        }
        filled += count;
        return count;
    }

    /** Fills what is left of the frame with silence. */
    void pad() {
        var target = frames[slot(number)].floats();
        while (filled < frameSamples) {
            target.put(filled++, 0);
        }
    }

    /** Ends the frame and begins the next one. */
    void next(long nanos) {
        capturedNanos[slot(number)] = nanos;
        number++;
        filled = 0;
    }

    /** Drops what was filled into the frame. */
    void drop() {
        filled = 0;
    }
}
