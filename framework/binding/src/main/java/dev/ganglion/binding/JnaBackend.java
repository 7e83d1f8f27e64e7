package dev.ganglion.binding;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * C through the libffi that JNA carries: JNA's own ways to call box each argument, or want a Java
 * class for each library.
 */
final class JnaBackend implements Backend {
    /** {@code struct ffi_type}: size, alignment, code, elements. */
    private static final int TYPE_BYTES = 24;

    /** JNA takes this for the machine's usual convention. */
    private static final int USUAL_CONVENTION = 0;

    /** Reads and writes at any address, for its own is 0. */
    private static final Pointer EVERYWHERE = new Pointer(0);

    /** C goes on using what is in here for as long as the process lives. */
    private final List<Object> kept = new ArrayList<>();

    private final NativeLibrary process;

    JnaBackend() {
        process = NativeLibrary.getProcess();
    }

    @Override
    public String name() {
        return "JNA " + Native.VERSION;
    }

    @Override
    public long find(String name) {
        try {
            return Pointer.nativeValue(process.getGlobalVariableAddress(name));
        } catch (UnsatisfiedLinkError missing) {
            return 0;
        }
    }

    @Override
    public CFunction function(String name, long address, CType result, List<CType> arguments) {
        return new FfiFunction(name, address, prepare(result, arguments), result, arguments);
    }

    /** {@return the address of a description that libffi calls by} */
    private synchronized long prepare(CType result, List<CType> arguments) {
        ByteBuffer types = memory(Math.max(8, 8 * arguments.size()));
        for (int i = 0; i < arguments.size(); i++) {
            types.putLong(8 * i, type(arguments.get(i)));
        }
        return Native.ffi_prep_cif(
                USUAL_CONVENTION, arguments.size(), type(result), address(types));
    }

    private long type(CType type) {
        ByteBuffer described = memory(TYPE_BYTES);
        if (type.kind() == CType.Kind.STRUCT) {
            // Size and alignment are left to libffi, which adds them up.
            int fields = type.sizeBytes() / 8;
            ByteBuffer elements = memory(8 * (fields + 1));
            long field = type(CType.LONG);
            for (int i = 0; i < fields; i++) {
                elements.putLong(8 * i, field);
            }
            described.putLong(16, address(elements));
        } else {
            described.putLong(0, Math.max(1, type.sizeBytes()));
            described.putShort(8, (short) Math.max(1, type.sizeBytes()));
        }
        described.putShort(10, code(type));
        return address(described);
    }

    /** {@code FFI_TYPE_…} of {@code ffi.h}. */
    private static short code(CType type) {
        return switch (type.kind()) {
            case VOID -> 0;
            case FLOAT -> 2;
            case DOUBLE -> 3;
            case BOOL -> 5;
            case INT -> 10;
            case LONG -> 12;
            case STRUCT -> 13;
            case POINTER -> 14;
        };
    }

    private ByteBuffer memory(int sizeBytes) {
        ByteBuffer memory = ByteBuffer.allocateDirect(sizeBytes).order(ByteOrder.nativeOrder());
        kept.add(memory);
        return memory;
    }

    @Override
    public synchronized long callback(CCallback.Body body, CType result, List<CType> arguments) {
        Native.ffi_callback called =
                (description, resultAddress, argumentAddresses) -> {
                    long given =
                            body.call(
                                    read(arguments, 0, argumentAddresses),
                                    read(arguments, 1, argumentAddresses),
                                    read(arguments, 2, argumentAddresses));
                    if (result.kind() != CType.Kind.VOID) {
                        EVERYWHERE.setLong(resultAddress, given);
                    }
                };
        kept.add(called);
        // JNA gives its own record of the closure, which begins with the address of the code.
        return EVERYWHERE.getLong(Native.ffi_prep_closure(prepare(result, arguments), called));
    }

    private static long read(List<CType> arguments, int index, long addresses) {
        if (index >= arguments.size()) {
            return 0;
        }
        long address = EVERYWHERE.getLong(addresses + 8L * index);
        return switch (arguments.get(index).sizeBytes()) {
            case 1 -> EVERYWHERE.getByte(address);
            case 4 -> EVERYWHERE.getInt(address);
            default -> EVERYWHERE.getLong(address);
        };
    }

    @Override
    public long address(ByteBuffer direct) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
    }

    @Override
    public ByteBuffer view(long address, int sizeBytes) {
        return EVERYWHERE.getByteBuffer(address, sizeBytes);
    }
}
