package dev.ganglion.api.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * A typed, shaped, row-major view of direct memory in native byte order.
 *
 * <p>A tensor owns nothing. The session, the shared memory or the library that handed it out owns
 * the bytes, says how long they stay valid, and may overwrite them afterwards; whoever wants to
 * keep the numbers copies them. The buffers returned here are shared by all callers: read and write
 * them by absolute index and leave their position and limit alone. One thread at a time.
 */
public final class Tensor {
    /** How one element is laid out in memory. */
    public enum Type {
        /** IEEE 754 single precision. */
        FLOAT32(4),
        /** IEEE 754 half precision. */
        FLOAT16(2),
        /** Signed byte. */
        INT8(1),
        /** Unsigned byte. */
        UINT8(1),
        /** Signed, 4 bytes. */
        INT32(4),
        /** Signed, 8 bytes. */
        INT64(8),
        /** One byte, 0 or 1. */
        BOOL(1),
        /**
         * Not a tensor: the value is a {@link CharSequence}. Only a {@link TensorSpec} may have it.
         */
        TEXT(0);

        private final int sizeBytes;

        Type(int sizeBytes) {
            this.sizeBytes = sizeBytes;
        }

        /** {@return the bytes that one element takes; 0 for {@link #TEXT}} */
        public int sizeBytes() {
            return sizeBytes;
        }
    }

    private final Type type;
    private final long[] shape;
    private final int elements;
    private final ByteBuffer bytes;
    private final FloatBuffer floats;
    private final IntBuffer ints;
    private final LongBuffer longs;

    private Tensor(Type type, ByteBuffer bytes, long[] shape, int elements) {
        this.type = type;
        this.shape = shape;
        this.elements = elements;
        this.bytes = bytes;
        this.floats = bytes.asFloatBuffer();
        this.ints = bytes.asIntBuffer();
        this.longs = bytes.asLongBuffer();
    }

    /**
     * A tensor over new, zeroed direct memory.
     *
     * @param shape the size of each axis, 0 or more; none for a scalar
     */
    public static Tensor allocate(Type type, long... shape) {
        int elements = elements(type, shape);
        ByteBuffer memory = ByteBuffer.allocateDirect(elements * type.sizeBytes());
        return new Tensor(type, memory.order(ByteOrder.nativeOrder()), shape.clone(), elements);
    }

    /**
     * A tensor over the first bytes of {@code memory}, which stays the caller's.
     *
     * @param memory direct; may be larger than the shape needs
     * @throws IllegalArgumentException when the memory is not direct or too small
     */
    public static Tensor over(ByteBuffer memory, Type type, long... shape) {
        int elements = elements(type, shape);
        int sizeBytes = elements * type.sizeBytes();
        if (!memory.isDirect() || memory.capacity() < sizeBytes) {
            throw new IllegalArgumentException(
                    type
                            + Arrays.toString(shape)
                            + " needs "
                            + sizeBytes
                            + " bytes of direct memory, found "
                            + memory.capacity()
                            + (memory.isDirect() ? "" : " on the heap"));
        }
        ByteBuffer view =
                memory.duplicate().clear().limit(sizeBytes).slice().order(ByteOrder.nativeOrder());
        return new Tensor(type, view, shape.clone(), elements);
    }

    private static int elements(Type type, long[] shape) {
        long elements = 1;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException(
                        "the size of an axis is 0 or more, found " + Arrays.toString(shape));
            }
            elements = Math.multiplyExact(elements, size);
        }
        if (type == Type.TEXT || elements * type.sizeBytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "no tensor of "
                            + type
                            + Arrays.toString(shape)
                            + ": text is no tensor, and 2 GiB is the limit");
        }
        return (int) elements;
    }

    /** {@return the type of each element} */
    public Type type() {
        return type;
    }

    /** {@return the number of axes; 0 for a scalar} */
    public int rank() {
        return shape.length;
    }

    /** {@return the size of an axis} */
    public long size(int axis) {
        return shape[axis];
    }

    /** {@return the number of elements over all axes} */
    public int elements() {
        return elements;
    }

    /** {@return a copy of the shape; {@link #size} and {@link #hasShape} do without the copy} */
    public long[] shape() {
        return shape.clone();
    }

    /** {@return whether the shape is exactly this one} */
    public boolean hasShape(long... expected) {
        return Arrays.equals(shape, expected);
    }

    /** {@return all bytes, in native order} */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** {@return the elements of a {@link Type#FLOAT32} tensor} */
    public FloatBuffer floats() {
        return floats;
    }

    /** {@return the elements of an {@link Type#INT32} tensor} */
    public IntBuffer ints() {
        return ints;
    }

    /** {@return the elements of an {@link Type#INT64} tensor} */
    public LongBuffer longs() {
        return longs;
    }

    @Override
    public String toString() {
        return type + Arrays.toString(shape);
    }
}
