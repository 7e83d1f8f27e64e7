package dev.ganglion.api.data;

import java.util.Objects;

/**
 * One thing that a sensor noticed.
 *
 * @param <T> {@link CharSequence} or {@link Tensor}
 * @param stream who speaks: the file, the microphone, the client; state is kept per stream
 * @param sequence the number within the stream, rising; for a file the line. A gap means that
 *     something was dropped
 * @param capturedNanos when it was noticed, on the clock of {@link System#nanoTime()}; the time to
 *     the action counts from here
 * @param value what was noticed; valid until the sink's method returns
 * @param last whether an utterance ends with it: each stage is flushed and its state starts anew
 */
public record Sample<T>(String stream, long sequence, long capturedNanos, T value, boolean last) {
    /** Checks that nothing is missing. */
    public Sample {
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(value, "value");
    }
}
