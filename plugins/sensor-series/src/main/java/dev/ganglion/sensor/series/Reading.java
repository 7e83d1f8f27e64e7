package dev.ganglion.sensor.series;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.sense.Sensor;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * What {@code open} gives: a daemon thread that reads until everything was given or it is closed.
 */
abstract class Reading implements AutoCloseable {
    private final Thread thread;
    private final CountDownLatch closing;

    /** The sink of the route. */
    protected final Sensor.Sink sink;

    /** Cuts into lines; used on the reading's thread only. */
    protected final LineCutter cutter;

    /** Where lines become rows. */
    protected final Rows rows;

    /** Where rows become samples. */
    protected final Readings readings;

    /** The stream of what is being read, for messages. */
    protected String source;

    Reading(String source, Rows rows, Readings readings, CountDownLatch closing) {
        this.source = source;
        this.rows = rows;
        this.readings = readings;
        this.closing = closing;
        this.sink = readings.sink();
        this.cutter = new LineCutter(rows);
        this.thread = new Thread(this::run, "ganglion sense:series " + source);
        thread.setDaemon(true);
    }

    final Reading start() {
        thread.start();
        return this;
    }

    final boolean isClosed() {
        return closing.getCount() == 0;
    }

    private void run() {
        try {
            read();
            if (!isClosed()) {
                sink.ended();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException broken) {
            // Whoever waits for the end of the route must not wait for ever.
            if (!isClosed()) {
                fail(
                        GanglionException.Kind.REOPEN,
                        "the reading broke off ("
                                + broken.getMessage()
                                + "); correct that and start the route again",
                        broken);
                sink.ended();
            }
        } finally {
            release();
        }
    }

    /** Reports what is wrong with the source at its present line. */
    protected final void fail(GanglionException.Kind kind, String what, @Nullable Exception cause) {
        sink.failed(
                source,
                cutter.number(),
                new GanglionException(kind, source + ":" + cutter.number() + ": " + what, cause));
    }

    /** Gives all there is; returns when nothing more can come, or soon after it was closed. */
    abstract void read() throws InterruptedException;

    /** Ends a wait within {@link #read}; called from any thread, more than once. */
    abstract void wake();

    /** Gives back what is held; called once, on the reading's thread. */
    abstract void release();

    /**
     * Stops, after the row that is being handled. May be called from within the sink: then the
     * thread ends when the sink returns.
     */
    @Override
    public final void close() {
        closing.countDown();
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
