package dev.ganglion.api.data;

import org.jspecify.annotations.Nullable;

/**
 * The one exception of the framework. Its kind says what the caller can do; its message is one
 * sentence that names the thing, what was expected, what was found, and what to do. Misuse of the
 * interface stays {@link IllegalArgumentException} or {@link IllegalStateException}.
 */
public class GanglionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the caller can do. */
    public enum Kind {
        /** This one input is bad: drop it and go on with the next. */
        INPUT,
        /** The same call may succeed later. */
        RETRY,
        /** Somebody has to change a file, an option or a device first. */
        SETUP,
        /** The session or stream is broken or was cancelled: reset it or open another. */
        REOPEN
    }

    private final Kind kind;

    /** A failure whose cause is told in the message. */
    public GanglionException(Kind kind, String message) {
        this(kind, message, null);
    }

    /** A failure that another one caused. */
    public GanglionException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** {@return what the caller can do} */
    public Kind kind() {
        return kind;
    }
}
