package dev.ganglion.binding;

import java.lang.invoke.MethodHandle;

/** A call by a handle that takes and gives nothing but {@code long}. */
final class ForeignFunction extends CFunction {
    private final String name;
    private final MethodHandle handle;

    ForeignFunction(String name, MethodHandle handle) {
        this.name = name;
        this.handle = handle;
    }

    private void expect(int given) {
        if (given != handle.type().parameterCount()) {
            throw wrongCount(name, handle.type().parameterCount(), given);
        }
    }

    /** C throws nothing, so this is Java that cannot call it. */
    private static RuntimeException failed(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException refused ? refused : new IllegalStateException(e);
    }

    @Override
    public long call() {
        expect(0);
        try {
            return (long) handle.invokeExact();
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }

    @Override
    public long call(long a) {
        expect(1);
        try {
            return (long) handle.invokeExact(a);
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }

    @Override
    public long call(long a, long b) {
        expect(2);
        try {
            return (long) handle.invokeExact(a, b);
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }

    @Override
    public long call(long a, long b, long c) {
        expect(3);
        try {
            return (long) handle.invokeExact(a, b, c);
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }

    @Override
    public long call(long a, long b, long c, long d) {
        expect(4);
        try {
            return (long) handle.invokeExact(a, b, c, d);
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }

    @Override
    public long call(long a, long b, long c, long d, long e) {
        expect(5);
        try {
            return (long) handle.invokeExact(a, b, c, d, e);
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }

    @Override
    public long call(long a, long b, long c, long d, long e, long f) {
        expect(6);
        try {
            return (long) handle.invokeExact(a, b, c, d, e, f);
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }
}
