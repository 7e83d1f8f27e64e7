package dev.ganglion.sensor.wyoming;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.sense.Sensor;

/**
 * The stream that a connection is while it lasts, and the next one after it: numbers go on, and
 * memory is used again. One thread at a time.
 */
final class Seat {
    private final String stream;
    private final Sensor.Sink sink;
    private final Blocks blocks;
    private long sequence;

    Seat(String stream, int blockSamples, Sensor.Sink sink) {
        this.stream = stream;
        this.sink = sink;
        this.blocks = new Blocks(blockSamples, this);
    }

    String stream() {
        return stream;
    }

    Blocks blocks() {
        return blocks;
    }

    void ask(Object value, boolean last, Sensor.Follower follower) {
        sink.ask(new Sample<>(stream, ++sequence, System.nanoTime(), value, last), follower);
    }

    void failed(GanglionException cause) {
        sink.failed(stream, ++sequence, cause);
    }
}
