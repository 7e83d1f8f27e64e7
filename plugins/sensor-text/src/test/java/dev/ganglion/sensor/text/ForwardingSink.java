package dev.ganglion.sensor.text;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.sense.Sensor;

/** A sink of which a test changes single methods. */
class ForwardingSink implements Sensor.Sink {
    private final Sensor.Sink to;

    ForwardingSink(Sensor.Sink to) {
        this.to = to;
    }

    @Override
    public void put(Sample<?> sample) {
        to.put(sample);
    }

    @Override
    public boolean offer(Sample<?> sample) {
        return to.offer(sample);
    }

    @Override
    public void failed(String stream, long sequence, GanglionException cause) {
        to.failed(stream, sequence, cause);
    }

    @Override
    public void caughtUp() {
        to.caughtUp();
    }

    @Override
    public void ended() {
        to.ended();
    }
}
