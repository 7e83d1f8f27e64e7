package dev.ganglion.sensor.wyoming;

import dev.ganglion.api.sense.Sensor;
import dev.ganglion.wyoming.Address;
import dev.ganglion.wyoming.Wire;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Goes to a satellite or a microphone, and comes back to it whenever it was lost. */
final class Caller implements AutoCloseable {
    private static final long CONNECT_MILLIS = 5_000;
    private static final long FIRST_PAUSE_MILLIS = 500;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;

    private final Settings settings;
    private final Address satellite;
    private final Sensor.Sink sink;
    private final Seat seat;
    private final Thread thread;
    private final Object lock = new Object();
    private @Nullable Wire wire;
    private boolean closed;

    Caller(Settings settings, Address satellite, Sensor.Sink sink) {
        this.settings = settings;
        this.satellite = satellite;
        this.sink = sink;
        this.seat = new Seat(satellite.toString(), settings.blockSamples(), sink);
        this.thread = new Thread(this::run, "ganglion sense:wyoming " + satellite);
        thread.setDaemon(true);
    }

    Caller start() {
        thread.start();
        return this;
    }

    private void run() {
        long pauseMillis = FIRST_PAUSE_MILLIS;
        while (true) {
            String why = "the connection was lost";
            try {
                Wire next = Wire.unconnected();
                if (!isOurs(next)) {
                    return;
                }
                next.connect(
                        satellite,
                        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CONNECT_MILLIS));
                pauseMillis = FIRST_PAUSE_MILLIS;
                new Conversation(settings, next, seat, true).run();
            } catch (IOException e) {
                why = String.valueOf(e.getMessage());
            } catch (Throwable broken) {
                // Of the route, such as an Error of its engine: the next utterance may fare better.
                why = "the route broke off, " + broken;
            }
            if (!waitToTryAgain(why, pauseMillis)) {
                return;
            }
            pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
        }
    }

    /** {@return false when it was closed meanwhile, and so was the wire} */
    private boolean isOurs(Wire next) {
        synchronized (lock) {
            if (closed) {
                next.close();
                return false;
            }
            wire = next;
            return true;
        }
    }

    private boolean waitToTryAgain(String why, long pauseMillis) {
        synchronized (lock) {
            if (wire != null) {
                wire.close();
            }
            if (!closed) {
                sink.away(
                        settings.owner()
                                + ": "
                                + satellite
                                + " is away ("
                                + why
                                + "); it is tried again every "
                                + LONGEST_PAUSE_MILLIS / 1_000
                                + " s, start it there");
            }
            long untilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMillis);
            for (long left = pauseMillis; left > 0 && !closed; ) {
                try {
                    lock.wait(left);
                } catch (InterruptedException stopped) {
                    return false;
                }
                left = TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime());
            }
            return !closed;
        }
    }

    /** May be called from within the sink: then it ends when the sink returns. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            if (wire != null) {
                wire.close();
            }
            lock.notifyAll();
        }
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
