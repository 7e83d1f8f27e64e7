package dev.ganglion.worker.wire;

import dev.ganglion.api.data.Tensor;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Where one tensor lies in shared memory, and the tensor over it. */
public final class Place {
    private final int number;
    private int area;
    private int offset;
    private @Nullable ByteBuffer bytes;
    private @Nullable Tensor tensor;
    private long[] shape = {};
    private boolean announced = true;

    /**
     * A tensor that was placed nowhere yet.
     *
     * @param number the index of its spec
     */
    public Place(int number) {
        this.number = number;
    }

    /** {@return the tensor, or null while it was placed nowhere} */
    public @Nullable Tensor tensor() {
        return tensor;
    }

    /** {@return the shape of the tensor; not to be written} */
    public long[] shape() {
        return shape;
    }

    /**
     * On the side that places: makes the tensor have this shape, in the same memory when it fits.
     */
    public Tensor shape(SharedMemory memory, Tensor.Type type, long... newShape) {
        int sizeBytes = sizeBytes(type, newShape);
        ByteBuffer room = bytes;
        if (room == null || room.capacity() < sizeBytes) {
            room = memory.place(this, sizeBytes);
        }
        Tensor shaped = Tensor.over(room, type, newShape);
        tensor = shaped;
        shape = newShape.clone();
        announced = false;
        return shaped;
    }

    private static int sizeBytes(Tensor.Type type, long[] shape) {
        long size = type.sizeBytes();
        for (long axis : shape) {
            size = Math.multiplyExact(size, axis);
        }
        return Math.toIntExact(size);
    }

    void at(int newArea, int newOffset, ByteBuffer newBytes) {
        area = newArea;
        offset = newOffset;
        bytes = newBytes;
    }

    /** Puts what the other side does not know yet into the next message. */
    public void announce(Connection connection, SharedMemory memory) {
        ByteBuffer room = bytes;
        if (announced || room == null) {
            return;
        }
        connection.put(number);
        connection.put(area);
        connection.put(memory.sizeBytes(area));
        connection.put(offset);
        connection.put(room.capacity());
        connection.put(shape.length);
        for (long size : shape) {
            connection.put(size);
        }
    }

    /** What {@link #announce} put was sent. */
    public void announced() {
        announced = true;
    }

    /**
     * On the other side: follows what was announced; the tensor's number was taken from the message
     * already.
     */
    public void follow(Connection connection, SharedMemory memory, Tensor.Type type) {
        area = connection.takeInt();
        int areaBytes = connection.takeInt();
        offset = connection.takeInt();
        int capacity = connection.takeInt();
        shape = new long[connection.takeInt()];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = connection.takeLong();
        }
        ByteBuffer room = memory.view(area, areaBytes, offset, capacity);
        bytes = room;
        tensor = Tensor.over(room, type, shape);
    }
}
