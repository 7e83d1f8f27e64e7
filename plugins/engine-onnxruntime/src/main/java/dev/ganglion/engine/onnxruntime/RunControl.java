package dev.ganglion.engine.onnxruntime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.RunOptions;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.model.ModelId;

/**
 * Whether a stream is closed or cancelled, and the native flag that ends the step under way. Each
 * stream has its own; its lock is held only while the flag is set or freed, never during a step.
 */
final class RunControl {
    private final ModelId model;
    private final RunOptions options;
    private volatile boolean cancelled;
    private volatile boolean closed;

    RunControl(ModelId model) throws OrtException {
        this.model = model;
        options = new RunOptions();
        options.setLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    }

    RunOptions options() {
        return options;
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

    /** {@return what to throw for a step that the runtime did not finish} */
    GanglionException failure(OrtException e) {
        refuseWhenCancelled();
        return new GanglionException(
                Kind.REOPEN,
                "a step of model "
                        + model
                        + " failed in ONNX Runtime ("
                        + NativeLibrary.oneLine(e)
                        + "); check the values of its inputs, and reset the session or open another",
                e);
    }

    synchronized void cancel() {
        if (!closed) {
            cancelled = true;
            terminate(true);
        }
    }

    synchronized void reset() {
        refuseWhenClosed();
        cancelled = false;
        terminate(false);
    }

    /** {@return whether this call closed it} */
    synchronized boolean close() {
        boolean first = !closed;
        if (first) {
            closed = true;
            options.close();
        }
        return first;
    }

    private void terminate(boolean now) {
        try {
            options.setTerminate(now);
        } catch (OrtException e) {
            throw new IllegalStateException(
                    "ONNX Runtime did not take a flag that it must take", e);
        }
    }
}
