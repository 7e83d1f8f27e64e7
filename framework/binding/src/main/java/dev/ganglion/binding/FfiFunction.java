package dev.ganglion.binding;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A call by libffi: arguments are written into memory of the calling thread. */
final class FfiFunction extends CFunction {
    private static final ThreadLocal<Frames> FRAMES = ThreadLocal.withInitial(Frames::new);

    private final String name;
    private final long address;
    private final long description;
    private final CType.Kind result;
    private final boolean[] byAddress;

    /** 1 when the first argument is the address for a struct that is returned. */
    private final int shift;

    private final int count;

    FfiFunction(String name, long address, long description, CType result, List<CType> arguments) {
        this.name = name;
        this.address = address;
        this.description = description;
        this.result = result.kind();
        shift = result.kind() == CType.Kind.STRUCT ? 1 : 0;
        count = arguments.size() + shift;
        byAddress = new boolean[arguments.size()];
        for (int i = 0; i < byAddress.length; i++) {
            byAddress[i] = arguments.get(i).kind() == CType.Kind.STRUCT;
        }
    }

    /**
     * The arguments of the calls under way on a thread; a callback may call again. A frame holds
     * the address for the result, the result, the values, and the addresses of the values.
     */
    private static final class Frames {
        private static final int MOST_NESTED = 16;
        private static final int RESULT_ADDRESS = 0;
        private static final int RESULT = 8;
        private static final int VALUES = 16;
        private static final int ADDRESSES = VALUES + 8 * MOST_ARGUMENTS;
        private static final int FRAME = ADDRESSES + 8 * MOST_ARGUMENTS;

        private final ByteBuffer memory =
                ByteBuffer.allocateDirect(FRAME * MOST_NESTED).order(ByteOrder.nativeOrder());
        private final long address = Pointer.nativeValue(Native.getDirectBufferPointer(memory));
        private int frame = -FRAME;
    }

    private Frames enter(int given) {
        if (given != count) {
            throw wrongCount(name, count, given);
        }
        Frames frames = FRAMES.get();
        if (frames.frame + Frames.FRAME >= frames.memory.capacity()) {
            throw new IllegalStateException(
                    "calls of C by callbacks of C are nested no deeper than " + Frames.MOST_NESTED);
        }
        frames.frame += Frames.FRAME;
        long own = frames.address + frames.frame + Frames.RESULT;
        frames.memory.putLong(frames.frame + Frames.RESULT_ADDRESS, own);
        return frames;
    }

    private void put(Frames frames, int index, long value) {
        int argument = index - shift;
        ByteBuffer memory = frames.memory;
        int frame = frames.frame;
        if (argument < 0) {
            memory.putLong(frame + Frames.RESULT_ADDRESS, value);
        } else {
            int place = frame + Frames.VALUES + 8 * argument;
            memory.putLong(place, value);
            memory.putLong(
                    frame + Frames.ADDRESSES + 8 * argument,
                    byAddress[argument] ? value : frames.address + place);
        }
    }

    private long leave(Frames frames) {
        ByteBuffer memory = frames.memory;
        int frame = frames.frame;
        try {
            Native.ffi_call(
                    description,
                    address,
                    memory.getLong(frame + Frames.RESULT_ADDRESS),
                    frames.address + frame + Frames.ADDRESSES);
            return switch (result) {
                case VOID, STRUCT -> 0;
                case BOOL -> memory.get(frame + Frames.RESULT) == 0 ? 0 : 1;
                case INT, FLOAT -> memory.getInt(frame + Frames.RESULT);
                case LONG, DOUBLE, POINTER -> memory.getLong(frame + Frames.RESULT);
            };
        } finally {
            frames.frame = frame - Frames.FRAME;
        }
    }

    @Override
    public long call() {
        return leave(enter(0));
    }

    @Override
    public long call(long a) {
        Frames frames = enter(1);
        put(frames, 0, a);
        return leave(frames);
    }

    @Override
    public long call(long a, long b) {
        Frames frames = enter(2);
        put(frames, 0, a);
        put(frames, 1, b);
        return leave(frames);
    }

    @Override
    public long call(long a, long b, long c) {
        Frames frames = enter(3);
        put(frames, 0, a);
        put(frames, 1, b);
        put(frames, 2, c);
        return leave(frames);
    }

    @Override
    public long call(long a, long b, long c, long d) {
        Frames frames = enter(4);
        put(frames, 0, a);
        put(frames, 1, b);
        put(frames, 2, c);
        put(frames, 3, d);
        return leave(frames);
    }

    @Override
    public long call(long a, long b, long c, long d, long e) {
        Frames frames = enter(5);
        put(frames, 0, a);
        put(frames, 1, b);
        put(frames, 2, c);
        put(frames, 3, d);
        put(frames, 4, e);
        return leave(frames);
    }

    @Override
    public long call(long a, long b, long c, long d, long e, long f) {
        Frames frames = enter(6);
        put(frames, 0, a);
        put(frames, 1, b);
        put(frames, 2, c);
        put(frames, 3, d);
        put(frames, 4, e);
        put(frames, 5, f);
        return leave(frames);
    }
}
