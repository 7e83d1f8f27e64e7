package dev.ganglion.sensor.audio;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.sense.Sensor;
import java.nio.ByteBuffer;

/**
 * What {@code open} gives: a daemon thread that reads until everything was given or it is closed.
 */
abstract class Reading implements AutoCloseable {
    private final Thread thread;
    private final ByteBuffer memory;
    private final Tensor whole;
    private volatile boolean closed;

    /** The sink of the route. */
    protected final Sensor.Sink sink;

    /** When blocks are due. */
    protected final Clock clock;

    /** The block under way, shared by all streams since they come one after the other. */
    protected final float[] block;

    Reading(String name, Sensor.Sink sink, Clock clock, int blockSamples) {
        this.sink = sink;
        this.clock = clock;
        this.block = new float[blockSamples];
        this.memory = ByteBuffer.allocateDirect(blockSamples * Float.BYTES);
        this.whole = Tensor.over(memory, Tensor.Type.FLOAT32, blockSamples);
        this.thread = new Thread(this::run, "ganglion sense:audio " + name);
        thread.setDaemon(true);
    }

    final Reading start() {
        thread.start();
        return this;
    }

    final boolean isClosed() {
        return closed;
    }

    /** {@return the first samples of {@link #block}, which the next call overwrites} */
    final Sample<Tensor> sample(
            String stream, long sequence, long capturedNanos, int samples, boolean last) {
        Tensor value =
                samples == block.length ? whole : Tensor.over(memory, Tensor.Type.FLOAT32, samples);
        value.floats().put(0, block, 0, samples);
        return new Sample<>(stream, sequence, capturedNanos, value, last);
    }

    /** {@return whether the time has come; false when it is to stop before} */
    final boolean waitUntil(long nanos) {
        for (long left = nanos - clock.nanos(); left > 0; left = nanos - clock.nanos()) {
            // A thread that was interrupted does not park: to go on would burn a processor.
            if (closed || Thread.currentThread().isInterrupted()) {
                return false;
            }
            clock.park(left);
        }
        return !closed;
    }

    private void run() {
        try {
            read();
            if (!closed) {
                sink.ended();
            }
        } catch (RuntimeException broken) {
            // Whoever waits for the end of the route must not wait for ever.
            sink.failed(
                    thread.getName(),
                    0,
                    new GanglionException(
                            GanglionException.Kind.REOPEN,
                            thread.getName()
                                    + ": the reading broke off ("
                                    + broken
                                    + "); start the route again",
                            broken));
            sink.ended();
        } finally {
            release();
        }
    }

    /** Gives all there is; returns when nothing more can come, or soon after it was closed. */
    abstract void read();

    /** Ends a wait for a device within {@link #read}; called from any thread, more than once. */
    void wake() {}

    /** Gives back what is held; called once, on the reading's thread. */
    abstract void release();

    /**
     * Stops, after the block that is being handled. May be called from within the sink: then the
     * thread ends when the sink returns.
     */
    @Override
    public final void close() {
        closed = true;
        wake();
        if (Thread.currentThread() == thread) {
            return;
        }
        clock.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
