package dev.ganglion.camel.word;

import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The samples between a sensor that cannot wait and one thread of its route. Bounded: when it is
 * full, the route's choice says which sample is dropped, or that the sensor waits. Where several
 * samples make an utterance, its end is not dropped: it moves to a sample that stays.
 *
 * <p>A sensor's tensor is its own again when it was handed over, so its content is copied into
 * memory of the queue, which is reused. One lock, held for that copy, between the sensor and this
 * queue's thread.
 */
final class SampleQueue {
    /** What happens when it is full. */
    enum WhenFull {
        DROP_NEWEST,
        DROP_OLDEST,
        BLOCK;

        static WhenFull of(String option) {
            return valueOf(option.toUpperCase(java.util.Locale.ROOT).replace('-', '_'));
        }
    }

    /** A place for one sample. */
    private static final class Place {
        String stream = "";
        long sequence;
        long capturedNanos;
        boolean last;
        Object value = "";
        private Tensor memory = Tensor.allocate(Tensor.Type.INT8, 0);

        void fill(Sample<?> sample) {
            stream = sample.stream();
            sequence = sample.sequence();
            capturedNanos = sample.capturedNanos();
            last = sample.last();
            if (sample.value() instanceof Tensor tensor) {
                value = copied(tensor);
            } else {
                value = sample.value().toString();
            }
        }

        private Tensor copied(Tensor tensor) {
            boolean fits = memory.type() == tensor.type() && memory.rank() == tensor.rank();
            for (int axis = 0; fits && axis < tensor.rank(); axis++) {
                fits = memory.size(axis) == tensor.size(axis);
            }
            if (!fits) {
                memory = Tensor.allocate(tensor.type(), tensor.shape());
            }
            memory.bytes().put(0, tensor.bytes(), 0, tensor.bytes().capacity());
            return memory;
        }

        Sample<?> sample() {
            return new Sample<>(stream, sequence, capturedNanos, value, last);
        }
    }

    private final WhenFull whenFull;
    private final Place[] places;
    private Place handled = new Place();
    private final Deque<Place> kept = new ArrayDeque<>();
    private final Deque<Place> spare = new ArrayDeque<>();
    private int head;
    private int size;
    private long dropped;
    private boolean ended;
    private boolean busy;

    SampleQueue(int capacity, WhenFull whenFull) {
        this.whenFull = whenFull;
        this.places = new Place[capacity];
    }

    /**
     * Hands a sample over.
     *
     * @return false when it was dropped
     */
    synchronized boolean offer(Sample<?> sample) {
        while (size == places.length && !ended) {
            if (whenFull == WhenFull.BLOCK) {
                try {
                    wait();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                    dropped++;
                    return false;
                }
            } else if (whenFull == WhenFull.DROP_OLDEST) {
                dropOldest();
            } else {
                dropped++;
                return sample.last() && !endsWithWaiting(sample.stream()) && replaces(sample);
            }
        }
        if (ended) {
            dropped++;
            return false;
        }
        int index = (head + size) % places.length;
        Place place = places[index];
        if (place == null) {
            place = new Place();
            places[index] = place;
        }
        place.fill(sample);
        size++;
        notifyAll();
        return true;
    }

    /** The oldest within an utterance; when all that wait are ends, or whole, the oldest of all. */
    private void dropOldest() {
        int oldest = 0;
        while (oldest < size && places[(head + oldest) % places.length].last) {
            oldest++;
        }
        drop(oldest == size ? 0 : oldest);
    }

    private void drop(int at) {
        Place gone = places[(head + at) % places.length];
        for (int i = at; i > 0; i--) {
            places[(head + i) % places.length] = places[(head + i - 1) % places.length];
        }
        places[head] = gone;
        head = (head + 1) % places.length;
        size--;
        dropped++;
    }

    /** Ends the utterance with the newest sample of the stream that waits; false if none does. */
    private boolean endsWithWaiting(String stream) {
        for (int i = size - 1; i >= 0; i--) {
            Place place = places[(head + i) % places.length];
            if (place.stream.equals(stream)) {
                place.last = true;
                return true;
            }
        }
        return false;
    }

    /** None of its stream waits, but its utterance must end: it takes the place of another's. */
    private boolean replaces(Sample<?> sample) {
        for (int i = size - 1; i >= 0; i--) {
            Place place = places[(head + i) % places.length];
            if (!place.last) {
                place.fill(sample);
                return true;
            }
        }
        return false;
    }

    /**
     * Takes the oldest sample, waiting for it.
     *
     * @return valid until the next call; {@link #END} when nothing will come any more
     */
    synchronized Sample<?> take() throws InterruptedException {
        busy = false;
        while (size == 0 && !ended) {
            wait();
        }
        return size == 0 ? END : next();
    }

    /**
     * The sample that was taken last stays valid until {@link #free}; for the thread that takes.
     */
    void keep() {
        kept.push(handled);
        handled = spare.isEmpty() ? new Place() : spare.pop();
    }

    /** The samples that were kept are no longer needed. */
    void free() {
        while (!kept.isEmpty()) {
            spare.push(kept.pop());
        }
    }

    /** {@return the oldest sample, or null when none waits now; valid until the next call} */
    synchronized @Nullable Sample<?> poll() {
        return size == 0 ? null : next();
    }

    private Sample<?> next() {
        Place taken = places[head];
        places[head] = handled;
        handled = taken;
        head = (head + 1) % places.length;
        size--;
        busy = true;
        notifyAll();
        return taken.sample();
    }

    /** What {@link #take} gives when nothing will come any more. */
    static final Sample<String> END = new Sample<>("", 0, 0, "", true);

    /** {@return how many samples were dropped since this was asked last} */
    synchronized long takeDropped() {
        long count = dropped;
        dropped = 0;
        return count;
    }

    /** Whether nothing waits and nothing is being handled. */
    synchronized boolean idle() {
        return size == 0 && !busy;
    }

    /** Nothing more is taken; what waits can still be taken out. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }
}
