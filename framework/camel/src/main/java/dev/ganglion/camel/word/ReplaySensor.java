package dev.ganglion.camel.word;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.runtime.record.Recording;
import java.io.IOException;

/** {@code sense:recording}: gives what was recorded, as fast as the route takes it. */
final class ReplaySensor implements Sensor {
    static final String NAME = "recording";

    /** Where inputs go that have times and numbers already. */
    interface Sink extends Sensor.Sink {
        /**
         * Has an input handled, and returns when nothing of it is under way any more.
         *
         * @param taken the input's number and its times on the clock of {@link System#nanoTime}
         */
        void play(Recording.Input input, Taken taken) throws InterruptedException;
    }

    private final Replay replay;

    ReplaySensor(Replay replay) {
        this.replay = replay;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public TensorSpec output(Options options) {
        TensorSpec recorded = replay.recording().header().input();
        return recorded == null ? TensorSpec.TEXT : recorded;
    }

    @Override
    public AutoCloseable open(Options options, Sensor.Sink sink) {
        if (!(sink instanceof Sink player)) {
            throw new IllegalArgumentException("a recording is replayed into a route, not " + sink);
        }
        Thread thread = new Thread(() -> play(player), "replay");
        thread.setDaemon(true);
        thread.start();
        return () -> {
            thread.interrupt();
            thread.join();
        };
    }

    private void play(Sink sink) {
        String problem = "";
        // The times of the recording lie before now, so that nothing comes before it was captured.
        long startNanos = System.nanoTime() - replay.recording().lastNanos();
        try {
            replay.recording()
                    .play(
                            input -> {
                                replay.begin(input.number());
                                sink.play(
                                        input,
                                        new Taken(
                                                replay,
                                                input.number(),
                                                startNanos + input.capturedNanos(),
                                                startNanos + input.takenNanos()));
                            });
        } catch (IOException e) {
            problem = String.valueOf(e.getMessage());
        } catch (InterruptedException stopped) {
            problem = "the replay was stopped before its end";
        }
        replay.end(problem);
        sink.ended();
    }
}
