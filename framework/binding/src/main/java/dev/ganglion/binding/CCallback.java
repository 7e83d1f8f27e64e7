package dev.ganglion.binding;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Java that C calls, from any thread. Its few bytes of code are never freed, for C may call late;
 * after {@link #close} such a call does nothing and gives 0, and the Java behind is let go.
 */
public final class CCallback implements AutoCloseable {
    /** What is called. What it throws goes to the thread's handler, and C is given 0. */
    @FunctionalInterface
    public interface Body {
        /** {@return the result} Arguments that were not declared are 0. */
        long call(long a, long b, long c);
    }

    static final int MOST_ARGUMENTS = 3;

    private final Guard guard;
    private final long address;

    /**
     * A C function.
     *
     * @param result {@link CType#VOID}, a whole number, or a pointer
     * @param arguments up to 3, whole numbers and pointers
     */
    public CCallback(CType result, List<CType> arguments, Body body) {
        boolean plain = arguments.stream().allMatch(CCallback::plain) && plain(result);
        if (!plain || arguments.contains(CType.VOID) || arguments.size() > MOST_ARGUMENTS) {
            throw new IllegalArgumentException(
                    "a callback takes up to "
                            + MOST_ARGUMENTS
                            + " whole numbers and pointers and gives one or nothing, found "
                            + result
                            + " of "
                            + arguments);
        }
        guard = new Guard(body);
        address = Backend.get().callback(guard, result, List.copyOf(arguments));
    }

    private static boolean plain(CType type) {
        return switch (type.kind()) {
            case VOID, BOOL, INT, LONG, POINTER -> true;
            case FLOAT, DOUBLE, STRUCT -> false;
        };
    }

    /** An exception must not reach C: it would end the process. */
    private static final class Guard implements Body {
        private volatile @Nullable Body body;

        Guard(Body body) {
            this.body = body;
        }

        @Override
        public long call(long a, long b, long c) {
            Body present = body;
            if (present == null) {
                return 0;
            }
            try {
                return present.call(a, b, c);
            } catch (Throwable failed) {
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, failed);
                return 0;
            }
        }
    }

    /** {@return the function pointer} */
    public long address() {
        return address;
    }

    @Override
    public void close() {
        guard.body = null;
    }
}
