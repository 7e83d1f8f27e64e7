package dev.ganglion.runtime.flow;

import org.jspecify.annotations.Nullable;

/**
 * What is known about the utterance that a lane is in, from its first message to its last. Reused
 * from utterance to utterance; one thread at a time.
 */
public final class Utterance {
    private @Nullable String trace;
    private long beganNanos;
    private boolean decided;
    private long decidedNanos;
    private boolean told;

    Utterance() {}

    /**
     * Notes a message of it.
     *
     * @param capturedNanos when the message's sample was captured
     */
    public void message(long capturedNanos) {
        if (beganNanos == 0) {
            beganNanos = capturedNanos;
        }
    }

    /** {@return the id under which it is followed from the first sample to the action} */
    public String trace(String byDefault) {
        String known = trace;
        if (known == null) {
            known = byDefault;
            trace = known;
        }
        return known;
    }

    /** {@return when its first sample was captured, on the clock of {@link System#nanoTime}} */
    public long beganNanos() {
        return beganNanos;
    }

    /** Notes that no further step is needed. */
    public void decided(long capturedNanos) {
        decided = true;
        decidedNanos = capturedNanos;
    }

    /** {@return whether no further step is needed} */
    public boolean isDecided() {
        return decided;
    }

    /** {@return when the sample was captured with which it was decided} */
    public long decidedNanos() {
        return decidedNanos;
    }

    /** Notes that a decision was reported before its end. */
    public void told() {
        told = true;
    }

    /** {@return whether somebody waits to hear how long it was in the end} */
    public boolean isTold() {
        return told;
    }

    void forget() {
        trace = null;
        beganNanos = 0;
        decided = false;
        told = false;
    }
}
