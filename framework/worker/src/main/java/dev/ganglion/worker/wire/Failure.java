package dev.ganglion.worker.wire;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.nio.charset.StandardCharsets;

/** What an engine threw, as a status and a sentence; the same type is thrown on the other side. */
public final class Failure {
    private static final int ARGUMENT = 1;
    private static final int STATE = 2;
    private static final int INDEX = 3;
    private static final int UNSUPPORTED = 4;
    private static final int OTHER = 5;
    private static final int FIRST_KIND = 16;

    private Failure() {}

    /** {@return the status of the answer that carries this failure} */
    public static int status(Throwable failure) {
        if (failure instanceof GanglionException known) {
            return FIRST_KIND + known.kind().ordinal();
        }
        if (failure instanceof IllegalArgumentException) {
            return ARGUMENT;
        }
        if (failure instanceof IllegalStateException) {
            return STATE;
        }
        if (failure instanceof IndexOutOfBoundsException) {
            return INDEX;
        }
        return failure instanceof UnsupportedOperationException ? UNSUPPORTED : OTHER;
    }

    /** {@return the sentence, as the extra bytes of the answer} */
    public static byte[] sentence(Throwable failure) {
        String message = failure.getMessage();
        String said = message == null || status(failure) == OTHER ? failure.toString() : message;
        return said.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * {@return what to throw for an answer that is a failure}
     *
     * @param thrower who threw, for a failure of a type that the interface does not have: {@code
     *     "engine toy, running model m@1 in a worker,"}
     * @param kind of that failure
     */
    public static RuntimeException of(Connection answer, String thrower, Kind kind) {
        int status = answer.first();
        String sentence = answer.takeText();
        return switch (status) {
            case ARGUMENT -> new IllegalArgumentException(sentence);
            case STATE -> new IllegalStateException(sentence);
            case INDEX -> new IndexOutOfBoundsException(sentence);
            case UNSUPPORTED -> new UnsupportedOperationException(sentence);
            default -> {
                int ordinal = status - FIRST_KIND;
                yield ordinal >= 0 && ordinal < Kind.values().length
                        ? new GanglionException(Kind.values()[ordinal], sentence)
                        : new GanglionException(kind, thrower + " failed: " + sentence);
            }
        };
    }
}
