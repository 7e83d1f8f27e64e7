package dev.ganglion.sensor.wyoming;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.sense.Sensor;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;

/** A route that does what a test says. */
final class Route implements Sensor.Sink {
    final List<String> failures = new CopyOnWriteArrayList<>();
    final BlockingQueue<String> away = new LinkedBlockingQueue<>();
    private final BiConsumer<Sample<?>, Sensor.Follower> work;

    Route(BiConsumer<Sample<?>, Sensor.Follower> work) {
        this.work = work;
    }

    @Override
    public void ask(Sample<?> sample, Sensor.Follower follower) {
        work.accept(sample, follower);
    }

    @Override
    public void put(Sample<?> sample) {
        throw new AssertionError("the sensor answers, so it asks");
    }

    @Override
    public boolean offer(Sample<?> sample) {
        throw new AssertionError("the sensor answers, so it asks");
    }

    @Override
    public void failed(String stream, long sequence, GanglionException cause) {
        failures.add(stream + " " + sequence + ": " + cause.getMessage());
    }

    @Override
    public void away(String sentence) {
        away.add(sentence);
    }

    @Override
    public void caughtUp() {}

    @Override
    public void ended() {}
}
