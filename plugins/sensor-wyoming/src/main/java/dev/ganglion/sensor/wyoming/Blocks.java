package dev.ganglion.sensor.wyoming;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.sense.Sensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Cuts sound into samples of one length, over memory that is used again and again. */
final class Blocks {
    private final Seat seat;
    private final ByteBuffer memory;
    private final Tensor whole;
    private final int length;
    private int filled;
    private long total;

    Blocks(int length, Seat seat) {
        this.length = Math.max(1, length);
        this.seat = seat;
        this.memory =
                ByteBuffer.allocateDirect(this.length * Float.BYTES).order(ByteOrder.nativeOrder());
        this.whole = Tensor.over(memory, Tensor.Type.FLOAT32, this.length);
    }

    void add(float sample, Sensor.Follower follower) {
        memory.putFloat(filled * Float.BYTES, sample);
        filled++;
        total++;
        if (filled == length) {
            filled = 0;
            seat.ask(whole, false, follower);
        }
    }

    /** Gives what is left, be it nothing, as the end of the utterance. */
    void end(Sensor.Follower follower) {
        Tensor rest = Tensor.over(memory, Tensor.Type.FLOAT32, filled);
        filled = 0;
        total = 0;
        seat.ask(rest, true, follower);
    }

    /** {@return how many samples the utterance has so far} */
    long total() {
        return total;
    }
}
