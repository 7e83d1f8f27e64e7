package dev.ganglion.worker.sandbox;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The few system calls that C libraries do not wrap, by number. All arguments are passed as 64-bit
 * numbers; memory is passed as the address of a direct buffer that the caller keeps.
 */
final class Kernel {
    /** The numbers of 444 and above are the same on all processors. */
    static final long LANDLOCK_CREATE_RULESET = 444;

    static final long LANDLOCK_ADD_RULE = 445;
    static final long LANDLOCK_RESTRICT_SELF = 446;
    static final long IO_URING_SETUP = 425;

    private final Function function;
    final long prctl;
    final long socket;
    final long openat;
    final long close;

    /** What {@code AUDIT_ARCH} calls the processor. */
    final int processor;

    private Kernel(
            Function function, long prctl, long socket, long openat, long close, int processor) {
        this.function = function;
        this.prctl = prctl;
        this.socket = socket;
        this.openat = openat;
        this.close = close;
        this.processor = processor;
    }

    /**
     * {@return the kernel where it is a Linux on a known processor, else null}
     *
     * @throws LinkageError when JNA is not there or does not load
     */
    static @Nullable Kernel find() {
        String processor = System.getProperty("os.arch", "");
        if (!System.getProperty("os.name", "").equals("Linux")
                || ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            return null;
        }
        Function function = Function.getFunction("c", "syscall");
        return switch (processor) {
            case "amd64", "x86_64" -> new Kernel(function, 157, 41, 257, 3, 0xC000003E);
            case "aarch64" -> new Kernel(function, 167, 198, 56, 57, 0xC00000B7);
            default -> null;
        };
    }

    /** {@return what the call returns; -1 when it failed} */
    long call(long number, long... arguments) {
        Object[] boxed = new Object[7];
        boxed[0] = number;
        for (int i = 1; i < boxed.length; i++) {
            boxed[i] = i <= arguments.length ? arguments[i - 1] : 0L;
        }
        return function.invokeLong(boxed);
    }

    static int errno() {
        return Native.getLastError();
    }

    static ByteBuffer memory(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static ByteBuffer text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return memory(bytes.length + 1).put(bytes).rewind();
    }

    static long address(ByteBuffer memory) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(memory));
    }
}
