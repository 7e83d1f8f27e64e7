package dev.ganglion.worker.sandbox;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Leaves a thread, and what it starts, no sockets but Unix's: no network of any kind. Landlock
 * itself knows TCP only, and that in newer kernels only.
 */
final class SocketFilter {
    private static final int LOAD_WORD = 0x20;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int JUMP_IF_AT_LEAST = 0x35;
    private static final int RETURN = 0x06;
    private static final int ALLOW = 0x7fff0000;
    private static final int REFUSE_WITH_EACCES = 0x00050000 | 13;
    private static final int NUMBER_OFFSET = 0;
    private static final int PROCESSOR_OFFSET = 4;
    private static final int FIRST_ARGUMENT_OFFSET = 16;
    private static final int AF_UNIX = 1;

    /** Numbers from here on are another way, on x86-64, to make the same calls. */
    private static final int X32 = 0x40000000;

    private static final long PR_SET_SECCOMP = 22;
    private static final long SECCOMP_MODE_FILTER = 2;
    private static final int INSTRUCTIONS = 10;

    private final Kernel kernel;
    private final ByteBuffer program = Kernel.memory(INSTRUCTIONS * 8);
    private final ByteBuffer header = Kernel.memory(16);

    SocketFilter(Kernel kernel) {
        this.kernel = kernel;
        // The two numbers are how many instructions to skip when it holds, and when it does not.
        put(LOAD_WORD, 0, 0, PROCESSOR_OFFSET);
        put(JUMP_IF_EQUAL, 0, 7, kernel.processor);
        put(LOAD_WORD, 0, 0, NUMBER_OFFSET);
        put(JUMP_IF_AT_LEAST, 5, 0, X32);
        put(JUMP_IF_EQUAL, 4, 0, (int) Kernel.IO_URING_SETUP);
        put(JUMP_IF_EQUAL, 0, 2, (int) kernel.socket);
        put(LOAD_WORD, 0, 0, FIRST_ARGUMENT_OFFSET);
        put(JUMP_IF_EQUAL, 0, 1, AF_UNIX);
        put(RETURN, 0, 0, ALLOW);
        put(RETURN, 0, 0, REFUSE_WITH_EACCES);
        header.putShort(0, (short) INSTRUCTIONS);
        header.putLong(8, Kernel.address(program));
    }

    private void put(int code, int whenTrue, int whenFalse, int value) {
        program.putShort((short) code).put((byte) whenTrue).put((byte) whenFalse).putInt(value);
    }

    /** For the calling thread, which must have given up gaining privileges. */
    boolean apply() {
        long result =
                kernel.call(
                        kernel.prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, Kernel.address(header));
        Reference.reachabilityFence(program);
        return result == 0;
    }
}
