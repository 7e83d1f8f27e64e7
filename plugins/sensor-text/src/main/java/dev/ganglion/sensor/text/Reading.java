package dev.ganglion.sensor.text;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.sense.Sensor;

/**
 * What {@code open} gives: a daemon thread that reads until everything was given or it is closed.
 */
abstract class Reading implements AutoCloseable {
    private final Thread thread;
    private volatile boolean closed;

    /** The sink of the route. */
    protected final Sensor.Sink sink;

    /** Cuts and decodes; used on the reading's thread only. */
    protected final LineReader lines;

    Reading(String name, Sensor.Sink sink, int maximumLineBytes) {
        this.sink = sink;
        this.lines = new LineReader(sink, this::isClosed, maximumLineBytes);
        this.thread = new Thread(this::run, "ganglion sense:text " + name);
        thread.setDaemon(true);
    }

    final Reading start() {
        thread.start();
        return this;
    }

    final boolean isClosed() {
        return closed;
    }

    private void run() {
        try {
            read();
            if (!closed) {
                sink.ended();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException broken) {
            // Whoever waits for the end of the route must not wait for ever.
            sink.failed(
                    lines.stream(),
                    lines.line(),
                    new GanglionException(
                            GanglionException.Kind.REOPEN,
                            lines.stream()
                                    + ":"
                                    + lines.line()
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
    abstract void read() throws InterruptedException;

    /** Ends a wait within {@link #read}; called from any thread, more than once. */
    abstract void wake();

    /** Gives back what is held; called once, on the reading's thread. */
    abstract void release();

    /**
     * Stops, after the line that is being handled. May be called from within the sink: then the
     * thread ends when the sink returns.
     */
    @Override
    public final void close() {
        closed = true;
        wake();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
