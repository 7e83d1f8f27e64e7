package dev.ganglion.binding;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.List;

/** A C library that was loaded into this process. Thread-safe. */
public final class CLibrary implements AutoCloseable {
    /** {@code RTLD_NOW}: what is missing shows while loading, not in the middle of a call. */
    private static final long NOW = 2;

    private final String name;
    private final long handle;
    private boolean closed;

    private CLibrary(String name, long handle) {
        this.name = name;
        this.handle = handle;
    }

    /** The functions that load others; every C library has them. */
    private static final class Loader {
        private static final CFunction OPEN =
                STANDARD.function("dlopen", CType.POINTER, List.of(CType.POINTER, CType.INT));
        private static final CFunction FIND =
                STANDARD.function("dlsym", CType.POINTER, List.of(CType.POINTER, CType.POINTER));
        private static final CFunction CLOSE =
                STANDARD.function("dlclose", CType.INT, List.of(CType.POINTER));
        private static final CFunction ERROR =
                STANDARD.function("dlerror", CType.POINTER, List.of());

        private Loader() {}

        static String error() {
            return CMemory.text(ERROR.call()).strip().replaceAll("\\s*\\R\\s*", " ");
        }
    }

    private static final CLibrary STANDARD = new CLibrary("the C library", 0);

    /** {@return the C library of the system, which is always there; closing it does nothing} */
    public static CLibrary standard() {
        return STANDARD;
    }

    /**
     * Loads a library. Its symbols stay its own, but for those that it shares with libraries that
     * it needs.
     *
     * @param file absolute
     * @throws GanglionException of kind SETUP when it is missing, cut off, made for another
     *     processor, or lacks what it needs; the message names the file
     */
    public static CLibrary open(Path file) {
        if (!file.isAbsolute()) {
            throw new IllegalArgumentException(
                    "a C library is opened by its absolute path, found " + file);
        }
        ElfFile.check(file, Machine.processorHere());
        CMemory path = CMemory.ofText(file.toString());
        long handle = Loader.OPEN.call(path.address(), NOW);
        Reference.reachabilityFence(path);
        if (handle == 0) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the C library "
                            + file
                            + " cannot be loaded ("
                            + Loader.error()
                            + "); put what it needs beside it or install it, and try again");
        }
        return new CLibrary(file.toString(), handle);
    }

    /**
     * A function of the library.
     *
     * @param result what it gives; for a struct the first argument of each call is the address for
     *     it
     * @param arguments what it takes, 6 at most together with that address
     * @throws GanglionException of kind SETUP when the library has no such function
     */
    public CFunction function(String function, CType result, List<CType> arguments) {
        return at(function, address(function), result, arguments);
    }

    /**
     * A function whose address C gave.
     *
     * @param name for messages
     * @param address not 0
     */
    public static CFunction at(String name, long address, CType result, List<CType> arguments) {
        int places = arguments.size() + (result.kind() == CType.Kind.STRUCT ? 1 : 0);
        if (places > CFunction.MOST_ARGUMENTS || arguments.contains(CType.VOID) || address == 0) {
            throw new IllegalArgumentException(
                    "a C function has an address, and takes up to "
                            + CFunction.MOST_ARGUMENTS
                            + " arguments with a size, found "
                            + name
                            + arguments
                            + " at "
                            + address);
        }
        return Backend.get().function(name, address, result, List.copyOf(arguments));
    }

    /**
     * {@return where a function or variable is, for C that wants a function pointer}
     *
     * @throws GanglionException of kind SETUP when the library has no such symbol
     */
    public long address(String symbol) {
        long address;
        if (handle == 0) {
            address = Backend.get().find(symbol);
        } else {
            refuseWhenClosed();
            CMemory text = CMemory.ofText(symbol);
            address = Loader.FIND.call(handle, text.address());
            Reference.reachabilityFence(text);
        }
        if (address == 0) {
            throw new GanglionException(
                    Kind.SETUP,
                    name
                            + " has no function '"
                            + symbol
                            + "'; it is another version than the one expected here: put the right"
                            + " one in its place and start the process again");
        }
        return address;
    }

    private synchronized void refuseWhenClosed() {
        if (closed) {
            throw new IllegalStateException("the C library " + name + " is closed");
        }
    }

    /** Gives the library back. The system unmaps it when it likes, or never. */
    @Override
    public synchronized void close() {
        if (!closed && handle != 0) {
            closed = true;
            Loader.CLOSE.call(handle);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
