package dev.ganglion.sensor.series;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.sense.Sensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Writes down what a sensor gives, as one string per call. */
final class SinkLog implements Sensor.Sink {
    static final String ENDED = "ended";
    static final String AWAY = "away: ";

    private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private final List<GanglionException> failures = new CopyOnWriteArrayList<>();
    private volatile int puts;
    private volatile int offers;

    @Override
    public void put(Sample<?> sample) {
        puts++;
        calls.add(written(sample));
    }

    @Override
    public boolean offer(Sample<?> sample) {
        offers++;
        calls.add(written(sample));
        return true;
    }

    private static String written(Sample<?> sample) {
        Tensor tensor = (Tensor) sample.value();
        StringBuilder text = new StringBuilder();
        text.append(sample.stream()).append(':').append(sample.sequence());
        for (int i = 0; i < tensor.elements(); i++) {
            text.append(' ').append(tensor.floats().get(i));
        }
        return text.append(sample.last() ? " last" : "").toString();
    }

    @Override
    public void failed(String stream, long sequence, GanglionException cause) {
        failures.add(cause);
        calls.add(stream + ":" + sequence + " failed");
    }

    @Override
    public void away(String sentence) {
        calls.add(AWAY + sentence);
    }

    @Override
    public void caughtUp() {}

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
        return failures.get(index);
    }

    int puts() {
        return puts;
    }

    int offers() {
        return offers;
    }
}
