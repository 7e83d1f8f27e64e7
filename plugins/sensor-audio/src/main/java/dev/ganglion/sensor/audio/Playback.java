package dev.ganglion.sensor.audio;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.sense.Sensor;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;

/**
 * Plays files, one after the other or several at once, from one thread: always the block that is
 * complete first. As fast as the sink takes them, or when they are due.
 */
final class Playback extends Reading {
    /** So that the blocks of many streams are due together, and not one wait comes for each. */
    private static final long TICK_NANOS = 1_000_000;

    /**
     * What to play.
     *
     * @param streamName what the stream of a file is called
     * @param parallel how many files at once
     */
    record Plan(
            List<Path> files,
            Function<Path, String> streamName,
            WavStream.Shared shared,
            boolean realTime,
            int parallel) {}

    private final Plan plan;
    private final Iterator<Path> waiting;
    private final PriorityQueue<WavStream> playing =
            new PriorityQueue<>(Comparator.comparingLong(WavStream::dueNanos));

    Playback(String name, Plan plan, int blockSamples, Sensor.Sink sink, Clock clock) {
        super(name, sink, clock, blockSamples);
        this.plan = plan;
        this.waiting = plan.files().iterator();
    }

    @Override
    void read() {
        long blockNanos = block.length * 1_000_000_000L / plan.shared().sampleRateHz();
        for (int i = 0; i < plan.parallel() && waiting.hasNext() && !isClosed(); i++) {
            // Not all at once, or each block waits for those of all others.
            startNext(plan.realTime() ? i * blockNanos / plan.parallel() : 0);
        }
        // Opening many files takes its time, by which none of them is late.
        long startNanos = clock.nanos();
        for (WavStream next = playing.poll(); next != null; next = playing.poll()) {
            long due = startNanos + next.dueNanos();
            boolean more = (!plan.realTime() || waitUntil(due)) && give(next, due);
            if (isClosed() || (plan.realTime() && Thread.currentThread().isInterrupted())) {
                next.close();
                return;
            }
            if (more) {
                playing.add(next);
            } else {
                next.close();
                startNext(next.dueNanos());
            }
        }
        sink.caughtUp();
    }

    private void startNext(long sinceStartNanos) {
        while (waiting.hasNext() && !isClosed()) {
            Path file = waiting.next();
            String name = plan.streamName().apply(file);
            try {
                WavStream stream = WavStream.open(file, name, plan.shared());
                stream.startAt(wholeTicks(sinceStartNanos), block.length);
                playing.add(stream);
                return;
            } catch (GanglionException bad) {
                sink.failed(name, 0, bad);
            }
        }
    }

    private long wholeTicks(long nanos) {
        return plan.realTime() ? (nanos + TICK_NANOS - 1) / TICK_NANOS * TICK_NANOS : nanos;
    }

    /** {@return whether more comes of it} */
    private boolean give(WavStream stream, long dueNanos) {
        int samples;
        try {
            samples = stream.fill(block);
        } catch (GanglionException broken) {
            sink.failed(stream.name(), stream.sequence() + 1, broken);
            if (stream.sequence() > 0) {
                // What was begun is to end, or it would wait for ever for what follows.
                hand(sample(stream.name(), stream.sequence() + 2, clock.nanos(), 0, true));
            }
            return false;
        }
        stream.blockGiven(block.length);
        long capturedNanos = plan.realTime() ? dueNanos : clock.nanos();
        boolean last = stream.isAtEnd();
        hand(sample(stream.name(), stream.sequence(), capturedNanos, samples, last));
        return !last;
    }

    private void hand(Sample<Tensor> sample) {
        if (plan.realTime()) {
            sink.offer(sample);
        } else {
            sink.put(sample);
        }
    }

    @Override
    void release() {
        playing.forEach(WavStream::close);
    }
}
