package dev.ganglion.binding;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * Memory that Java owns and C reads or writes. It is freed when nobody refers to it any more, so
 * whoever gives its address to C keeps it as long as C uses it: after the last use in Java it may
 * be freed during the call, unless {@link Reference#reachabilityFence} follows.
 */
public final class CMemory {
    private final ByteBuffer bytes;
    private final long address;

    private CMemory(ByteBuffer bytes) {
        this.bytes = bytes;
        address = Backend.get().address(bytes);
    }

    /** Zeroed memory. */
    public static CMemory allocate(int sizeBytes) {
        return new CMemory(ByteBuffer.allocateDirect(sizeBytes).order(ByteOrder.nativeOrder()));
    }

    /** A text as C has it: UTF-8 with a zero at its end. */
    public static CMemory ofText(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        CMemory memory = allocate(encoded.length + 1);
        memory.bytes.put(0, encoded);
        return memory;
    }

    /**
     * Memory that C owns, as a buffer in native byte order. Reading or writing it after C freed it
     * ends the process.
     */
    public static ByteBuffer view(long address, int sizeBytes) {
        return Backend.get().view(address, sizeBytes).order(ByteOrder.nativeOrder());
    }

    /** {@return a copy of a text that C owns; empty for null} */
    public static String text(long address) {
        if (address == 0) {
            return "";
        }
        byte[] encoded = new byte[Math.toIntExact(Standard.LENGTH.call(address))];
        view(address, encoded.length).get(0, encoded);
        return new String(encoded, StandardCharsets.UTF_8);
    }

    /**
     * Copies memory that C owns to the beginning of this; nothing is allocated for it.
     *
     * @throws IndexOutOfBoundsException when it does not fit
     */
    public void copyFrom(long source, int sizeBytes) {
        Objects.checkFromIndexSize(0, sizeBytes, bytes.capacity());
        Standard.COPY.call(address, source, sizeBytes);
        Reference.reachabilityFence(this);
    }

    private static final class Standard {
        private static final CFunction LENGTH =
                CLibrary.standard().function("strlen", CType.LONG, List.of(CType.POINTER));
        private static final CFunction COPY =
                CLibrary.standard()
                        .function(
                                "memcpy",
                                CType.POINTER,
                                List.of(CType.POINTER, CType.POINTER, CType.LONG));

        private Standard() {}
    }

    /** {@return the memory, direct and in native byte order; by absolute index} */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** {@return where it begins} */
    public long address() {
        return address;
    }
}
