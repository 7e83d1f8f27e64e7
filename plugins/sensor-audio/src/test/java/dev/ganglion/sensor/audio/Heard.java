package dev.ganglion.sensor.audio;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.testkit.RecordingSink;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A recording sink that also hears when a device is away. */
class Heard implements Sensor.Sink {
    final RecordingSink log = new RecordingSink();
    final BlockingQueue<String> away = new LinkedBlockingQueue<>();

    @Override
    public void put(Sample<?> sample) {
        log.put(sample);
    }

    @Override
    public boolean offer(Sample<?> sample) {
        return log.offer(sample);
    }

    @Override
    public void failed(String stream, long sequence, GanglionException cause) {
        log.failed(stream, sequence, cause);
    }

    @Override
    public void away(String sentence) {
        away.add(sentence);
    }

    @Override
    public void caughtUp() {
        log.caughtUp();
    }

    @Override
    public void ended() {
        log.ended();
    }

    String awaitAway() throws InterruptedException {
        String sentence = away.poll(30, TimeUnit.SECONDS);
        if (sentence == null) {
            throw new AssertionError("away() expected within 30 s");
        }
        return sentence;
    }

    List<Sample<?>> of(String stream) {
        return log.samples().stream().filter(sample -> sample.stream().equals(stream)).toList();
    }

    /** {@return what a stream held together} */
    float[] sound(String stream) {
        List<Sample<?>> samples = of(stream);
        float[] all = new float[samples.stream().mapToInt(Heard::size).sum()];
        int at = 0;
        for (Sample<?> sample : samples) {
            Tensor tensor = (Tensor) sample.value();
            tensor.floats().get(0, all, at, tensor.elements());
            at += tensor.elements();
        }
        return all;
    }

    static int size(Sample<?> sample) {
        return ((Tensor) sample.value()).elements();
    }
}
