package dev.ganglion.binding;

/**
 * A function of a {@link CLibrary}. Thread-safe as far as the C function is; calls allocate nothing
 * on the heap. What travels how is said at {@link CType}.
 *
 * <p>Java does not know that C reads what an address points to: whoever passes {@link
 * CMemory#address} and does not use the memory afterwards puts {@link
 * java.lang.ref.Reference#reachabilityFence} behind the call.
 *
 * <p>A call with another number of arguments than were declared is refused; wrong types, or a call
 * after its library was closed, end the process.
 */
public abstract class CFunction {
    /** The most arguments that a call takes, the address for a struct that is returned included. */
    static final int MOST_ARGUMENTS = 6;

    CFunction() {}

    /** Calls without arguments. */
    public abstract long call();

    /** Calls with 1 argument. */
    public abstract long call(long a);

    /** Calls with 2 arguments. */
    public abstract long call(long a, long b);

    /** Calls with 3 arguments. */
    public abstract long call(long a, long b, long c);

    /** Calls with 4 arguments. */
    public abstract long call(long a, long b, long c, long d);

    /** Calls with 5 arguments. */
    public abstract long call(long a, long b, long c, long d, long e);

    /** Calls with 6 arguments. */
    public abstract long call(long a, long b, long c, long d, long e, long f);

    static IllegalArgumentException wrongCount(String name, int expected, int found) {
        return new IllegalArgumentException(
                "the C function "
                        + name
                        + " was declared with "
                        + expected
                        + " arguments and called with "
                        + found);
    }
}
