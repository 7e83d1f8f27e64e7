package dev.ganglion.camel.word;

import dev.ganglion.runtime.record.Outcome;
import dev.ganglion.runtime.record.Recorder;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An input that is recorded or replayed: its number, its times, and who is told what came of it.
 */
final class Taken {
    /** The property under which a message has it that did not come from a sensor. */
    static final String PROPERTY = "ganglion.taken";

    private static final AtomicLong TURNS = new AtomicLong();

    private final Consumer<Outcome> outcomes;
    private final @Nullable Recorder recorder;
    private final long number;
    private final long capturedNanos;
    private final long takenNanos;

    /** An input of a replay. */
    Taken(Consumer<Outcome> outcomes, long number, long capturedNanos, long takenNanos) {
        this(outcomes, null, number, capturedNanos, takenNanos);
    }

    private Taken(
            Consumer<Outcome> outcomes,
            @Nullable Recorder recorder,
            long number,
            long capturedNanos,
            long takenNanos) {
        this.outcomes = outcomes;
        this.recorder = recorder;
        this.number = number;
        this.capturedNanos = capturedNanos;
        this.takenNanos = takenNanos;
    }

    /** Records an input that is taken up now; null when the recording has ended. */
    static @Nullable Taken now(
            Recorder recorder,
            @Nullable String stream,
            long sequence,
            long capturedNanos,
            boolean last,
            @Nullable Object value) {
        long takenNanos = System.nanoTime();
        long number = recorder.take(stream, sequence, capturedNanos, takenNanos, last, value);
        return number == 0
                ? null
                : new Taken(recorder, recorder, number, capturedNanos, takenNanos);
    }

    /** {@return a number that rises with each call} */
    static long nextTurn() {
        return TURNS.incrementAndGet();
    }

    long number() {
        return number;
    }

    long capturedNanos() {
        return capturedNanos;
    }

    long takenNanos() {
        return takenNanos;
    }

    void came(Outcome outcome) {
        outcomes.accept(outcome);
    }

    void failed(String sentence) {
        came(Outcome.failed(number, sentence));
    }

    /** A message of it is under way. */
    void retain() {
        Recorder recording = recorder;
        if (recording != null) {
            recording.retain();
        }
    }

    /** One of its messages was handled, or the input itself. */
    void release() {
        Recorder recording = recorder;
        if (recording != null) {
            recording.release();
        }
    }
}
