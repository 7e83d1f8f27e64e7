package dev.ganglion.sensor.text;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.sense.Sensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Writes down what a sensor gives, as one string per call. */
final class SinkLog implements Sensor.Sink {
    static final String CAUGHT_UP = "caught up";
    static final String ENDED = "ended";

    private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private final List<GanglionException> failures = new ArrayList<>();

    @Override
    public void put(Sample<?> sample) {
        calls.add(sample.stream() + ":" + sample.sequence() + " " + sample.value());
    }

    @Override
    public boolean offer(Sample<?> sample) {
        throw new AssertionError("a text sensor can wait, it puts");
    }

    @Override
    public void failed(String stream, long sequence, GanglionException cause) {
        synchronized (failures) {
            failures.add(cause);
        }
        calls.add(stream + ":" + sequence + " failed");
    }

    @Override
    public void caughtUp() {
        calls.add(CAUGHT_UP);
    }

    @Override
    public void ended() {
        calls.add(ENDED);
    }

    /** {@return the next call, waiting for it} */
    String next() {
        try {
            String call = calls.poll(30, TimeUnit.SECONDS);
            if (call == null) {
                throw new AssertionError("nothing came within 30 s");
            }
            return call;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** {@return the next call that is not {@link #CAUGHT_UP}} */
    String nextLine() {
        String call = next();
        while (call.equals(CAUGHT_UP)) {
            call = next();
        }
        return call;
    }

    /** {@return the calls up to the end, without {@link #ENDED}} */
    List<String> untilEnded() {
        List<String> seen = new ArrayList<>();
        for (String call = next(); !call.equals(ENDED); call = next()) {
            seen.add(call);
        }
        return seen;
    }

    /** {@return the calls so far} */
    List<String> now() {
        List<String> seen = new ArrayList<>();
        calls.drainTo(seen);
        return seen;
    }

    GanglionException failure(int index) {
        synchronized (failures) {
            return failures.get(index);
        }
    }
}
