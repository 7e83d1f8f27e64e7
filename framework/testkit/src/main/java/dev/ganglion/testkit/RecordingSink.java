package dev.ganglion.testkit;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.sense.Sensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Keeps copies of the samples that a sensor gives, and notices when the sensor breaks its contract.
 * Can be told to be busy or to take nothing. Thread-safe.
 */
public final class RecordingSink implements Sensor.Sink {
    private final List<Sample<?>> samples = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final Set<String> busyStreams = new HashSet<>();
    private boolean held;
    private int waiting;
    private int offered;
    private boolean refusing;
    private boolean caughtUp;
    private boolean ended;
    private boolean closed;

    /** A sink that takes everything at once. */
    public RecordingSink() {}

    /** An item that could not become a sample. */
    public record Failure(String stream, long sequence, GanglionException cause) {}

    @Override
    public void put(Sample<?> sample) {
        enter(sample);
        synchronized (this) {
            boolean interrupted = false;
            while (held) {
                waiting++;
                notifyAll();
                try {
                    wait();
                } catch (InterruptedException stopped) {
                    // A sample under way is taken to its end, whatever the sensor tries.
                    interrupted = true;
                } finally {
                    waiting--;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        leave(sample);
    }

    @Override
    public boolean offer(Sample<?> sample) {
        enter(sample);
        leave(sample);
        synchronized (this) {
            offered++;
            return !refusing;
        }
    }

    private synchronized void enter(Sample<?> sample) {
        if (closed) {
            violations.add("a sample came after close: " + sample);
        }
        if (ended) {
            violations.add("a sample came after the end: " + sample);
        }
        if (!busyStreams.add(sample.stream())) {
            violations.add("two samples of a stream came at a time, this is one: " + sample);
        }
    }

    private synchronized void leave(Sample<?> sample) {
        samples.add(
                new Sample<>(
                        sample.stream(),
                        sample.sequence(),
                        sample.capturedNanos(),
                        kept(sample.value()),
                        sample.last()));
        busyStreams.remove(sample.stream());
        notifyAll();
    }

    /** What a sample holds is valid only during the call. */
    private static Object kept(Object value) {
        return value instanceof Tensor tensor ? Tensors.copy(tensor) : value.toString();
    }

    @Override
    public synchronized void failed(String stream, long sequence, GanglionException cause) {
        if (closed) {
            violations.add("a failure came after close: " + cause.getMessage());
        }
        failures.add(new Failure(stream, sequence, cause));
        notifyAll();
    }

    @Override
    public synchronized void caughtUp() {
        caughtUp = true;
        notifyAll();
    }

    @Override
    public synchronized void ended() {
        ended = true;
        notifyAll();
    }

    /** From now on {@code put} does not return until {@link #release}. */
    public synchronized void hold() {
        held = true;
    }

    /** Lets each {@code put} return. */
    public synchronized void release() {
        held = false;
        notifyAll();
    }

    /** From now on {@code offer} answers that the sample was dropped. */
    public synchronized void refuse() {
        refusing = true;
    }

    /** From now on whatever comes is a violation. */
    public synchronized void close() {
        closed = true;
    }

    /** {@return the samples so far, text as {@link String}, tensors over memory of their own} */
    public synchronized List<Sample<?>> samples() {
        return List.copyOf(samples);
    }

    /** {@return the values of the samples that are text} */
    public List<String> texts() {
        return samples().stream().map(sample -> sample.value().toString()).toList();
    }

    /** {@return what was reported as failed so far} */
    public synchronized List<Failure> failures() {
        return List.copyOf(failures);
    }

    /** {@return how the sensor broke its contract so far} */
    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** {@return whether the sensor said that everything was given} */
    public synchronized boolean isCaughtUp() {
        return caughtUp;
    }

    /** {@return whether the sensor said that nothing comes any more} */
    public synchronized boolean isEnded() {
        return ended;
    }

    /** Waits for this many samples. */
    public synchronized void awaitSamples(int count) {
        await(() -> samples.size() >= count, count + " samples");
    }

    /** Waits for a sample with a higher sequence. */
    public synchronized void awaitSampleAfter(long sequence) {
        await(
                () -> samples.stream().anyMatch(sample -> sample.sequence() > sequence),
                "a sample after number " + sequence);
    }

    /** Waits for this many failures. */
    public synchronized void awaitFailures(int count) {
        await(() -> failures.size() >= count, count + " failures");
    }

    /** Waits until the sensor says that everything that is there was given. */
    public synchronized void awaitCaughtUp() {
        await(() -> caughtUp, "caughtUp()");
    }

    /** Waits until the sensor says that nothing comes any more. */
    public synchronized void awaitEnded() {
        await(() -> ended, "ended()");
    }

    /**
     * Waits until a {@code put} is held, or a sample was offered.
     *
     * @return whether a {@code put} is held
     */
    public synchronized boolean awaitHeldOrOffered() {
        await(() -> waiting > 0 || offered > 0, "a sample");
        return waiting > 0;
    }

    private void await(BooleanSupplier reached, String what) {
        long start = System.nanoTime();
        while (!reached.getAsBoolean()) {
            long elapsedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            if (elapsedMillis >= Threads.LIMIT_MILLIS) {
                throw new AssertionError(
                        what
                                + " expected within "
                                + Threads.LIMIT_MILLIS
                                + " ms; there came "
                                + samples
                                + ", failed: "
                                + failures);
            }
            try {
                wait(Threads.LIMIT_MILLIS - elapsedMillis);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new AssertionError("the test was stopped", stopped);
            }
        }
    }
}
