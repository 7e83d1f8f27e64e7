package dev.ganglion.encoder.vad;

import dev.ganglion.api.data.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** The frames of one utterance, one behind the other, in memory that is used again for the next. */
final class Utterance {
    private static final int FIRST_FRAMES = 64;

    private final int frameSamples;
    private final long maxFrames;
    private final float peak;
    private ByteBuffer memory = ByteBuffer.allocateDirect(0);
    private FloatBuffer samples = memory.asFloatBuffer();
    private int frames;

    /**
     * @param peak the size of the largest sample that is given, or 0 to give them as they are
     */
    Utterance(int frameSamples, long maxFrames, double peak) {
        this.frameSamples = frameSamples;
        this.maxFrames = maxFrames;
        this.peak = (float) peak;
    }

    void add(Tensor frame) {
        int at = frames * frameSamples;
        if (at == samples.capacity()) {
            grow();
        }
        samples.put(at, frame.floats(), 0, frameSamples);
        frames++;
    }

    private void grow() {
        long more = Math.min(maxFrames, Math.max(FIRST_FRAMES, 2L * frames));
        int bytes = Math.multiplyExact(Math.toIntExact(more), frameSamples * Float.BYTES);
        ByteBuffer larger = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        larger.put(0, memory, 0, memory.capacity());
        memory = larger;
        samples = larger.asFloatBuffer();
    }

    /** {@return all of them as {@code [1, samples]}, valid until the next one is added} */
    Tensor end() {
        int count = frames * frameSamples;
        frames = 0;
        if (peak > 0) {
            scale(count);
        }
        return Tensor.over(memory, Tensor.Type.FLOAT32, 1, count);
    }

    private void scale(int count) {
        float largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, Math.abs(samples.get(i)));
        }
        // The factor for what is all but silent would be infinite.
        if (largest >= Float.MIN_NORMAL) {
            for (int i = 0; i < count; i++) {
                samples.put(i, samples.get(i) / largest * peak);
            }
        }
    }

    void drop() {
        frames = 0;
    }
}
