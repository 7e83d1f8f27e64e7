package dev.ganglion.testkit.toy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.sense.Sensor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Notices what the test says, on the test's thread: when a call returns, every open sink has had
 * it. Has no threads. Thread-safe for different streams; must not be closed from within a sink.
 */
public final class HandFedSensor implements Sensor {
    private final TensorSpec output;
    private final List<Handle> handles = new CopyOnWriteArrayList<>();
    private final Map<String, AtomicLong> sequences = new ConcurrentHashMap<>();

    /** A sensor that gives text. */
    public HandFedSensor() {
        this(TensorSpec.TEXT);
    }

    /** A sensor that gives what this spec says. */
    public HandFedSensor(TensorSpec output) {
        this.output = output;
    }

    @Override
    public String name() {
        return "hand-fed";
    }

    @Override
    public TensorSpec output(Options options) {
        return output;
    }

    @Override
    public AutoCloseable open(Options options, Sink sink) {
        Handle handle = new Handle(sink);
        handles.add(handle);
        return handle;
    }

    /** {@return how many routes are listening} */
    public int open() {
        return handles.size();
    }

    /**
     * Gives a sample that waits until it was handled.
     *
     * @param value text or a tensor, as the output says
     * @param last whether it ends an utterance
     * @return how many sinks had it
     */
    public int put(String stream, Object value, boolean last) {
        Sample<?> sample = sample(stream, value, last);
        return give(sink -> sink.put(sample));
    }

    /**
     * Gives a sample that may be dropped.
     *
     * @param value text or a tensor, as the output says
     * @param last whether it ends an utterance
     * @return how many sinks took it
     */
    public int offer(String stream, Object value, boolean last) {
        Sample<?> sample = sample(stream, value, last);
        int[] taken = new int[1];
        give(sink -> taken[0] += sink.offer(sample) ? 1 : 0);
        return taken[0];
    }

    /**
     * Gives a sample and hears what comes of it.
     *
     * @param value text or a tensor, as the output says
     * @param last whether it ends an utterance
     * @return how many sinks had it
     */
    public int ask(String stream, Object value, boolean last, Follower follower) {
        Sample<?> sample = sample(stream, value, last);
        return give(sink -> sink.ask(sample, follower));
    }

    /** Reports an item that could not become a sample. */
    public void fail(String stream, GanglionException cause) {
        long sequence = nextSequence(stream);
        give(sink -> sink.failed(stream, sequence, cause));
    }

    /** Says that the device is gone for now. */
    public void away(String sentence) {
        give(sink -> sink.away(sentence));
    }

    /** Says that everything that is there for now has been given. */
    public void caughtUp() {
        give(Sink::caughtUp);
    }

    /** Says that nothing will come any more. */
    public void end() {
        give(Sink::ended);
    }

    private Sample<?> sample(String stream, Object value, boolean last) {
        boolean fits =
                value instanceof Tensor tensor
                        ? output.mismatch(tensor) == null
                        : value instanceof CharSequence && output.type() == Tensor.Type.TEXT;
        if (!fits) {
            throw new IllegalArgumentException(
                    "sense:hand-fed gives " + output + ", found " + value);
        }
        return new Sample<>(stream, nextSequence(stream), System.nanoTime(), value, last);
    }

    private long nextSequence(String stream) {
        return sequences.computeIfAbsent(stream, first -> new AtomicLong()).getAndIncrement();
    }

    private int give(Consumer<Sink> what) {
        int reached = 0;
        for (Handle handle : handles) {
            reached += handle.give(what) ? 1 : 0;
        }
        return reached;
    }

    private final class Handle implements AutoCloseable {
        private final Sink sink;
        private int underWay;
        private boolean closed;

        Handle(Sink sink) {
            this.sink = sink;
        }

        /** Not under the lock, so that one stream may wait while another goes on. */
        boolean give(Consumer<Sink> what) {
            synchronized (this) {
                if (closed) {
                    return false;
                }
                underWay++;
            }
            try {
                what.accept(sink);
            } finally {
                synchronized (this) {
                    underWay--;
                    notifyAll();
                }
            }
            return true;
        }

        @Override
        public synchronized void close() {
            closed = true;
            handles.remove(this);
            boolean interrupted = false;
            while (underWay > 0) {
                try {
                    wait();
                } catch (InterruptedException stopped) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
