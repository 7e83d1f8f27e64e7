package dev.ganglion.engine.llamacpp;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.binding.CLibrary;
import dev.ganglion.binding.CMemory;

/**
 * Whether a stream is closed or cancelled, and what llama.cpp asks after each operation of a step.
 *
 * <p>It asks by a C function that takes an address and gives {@code bool}. Java called from there
 * would cost more than the operations of a small model. {@code strlen} does it without: of a text
 * that is empty it gives 0, and 1 once its first byte was written.
 */
final class StopFlag {
    private static final long FUNCTION = CLibrary.standard().address("strlen");

    private final ModelId model;

    /** A text of no or one character and the zero behind it. */
    private final CMemory text = CMemory.allocate(16);

    private volatile boolean cancelled;
    private volatile boolean closed;

    StopFlag(ModelId model) {
        this.model = model;
    }

    /** {@return the function that llama.cpp asks} */
    static long function() {
        return FUNCTION;
    }

    /** {@return what it gives to that function; keep this object as long as it does} */
    long argument() {
        return text.address();
    }

    /**
     * @throws IllegalStateException after {@link #close}
     */
    void refuseWhenClosed() {
        if (closed) {
            throw new IllegalStateException("the session of model " + model + " is closed");
        }
    }

    /**
     * @throws GanglionException of kind REOPEN between {@link #cancel} and {@link #reset}
     */
    void refuseWhenCancelled() {
        if (cancelled) {
            throw new GanglionException(
                    Kind.REOPEN,
                    "the step of model "
                            + model
                            + " was cancelled; reset the session before the next step");
        }
    }

    synchronized void cancel() {
        cancelled = true;
        text.bytes().put(0, (byte) 1);
    }

    synchronized void reset() {
        refuseWhenClosed();
        cancelled = false;
        text.bytes().put(0, (byte) 0);
    }

    /** {@return whether this call closed it} */
    synchronized boolean close() {
        boolean first = !closed;
        closed = true;
        return first;
    }
}
