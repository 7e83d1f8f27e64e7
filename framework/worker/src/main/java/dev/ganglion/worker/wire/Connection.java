package dev.ganglion.worker.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Messages of four numbers and extra bytes over a blocking socket, through buffers that are reused:
 * nothing is allocated per message. One thread at a time.
 */
public final class Connection implements AutoCloseable {
    /** The operation of a request that loads the model. */
    public static final int LOAD = 1;

    /** The operation of a request that opens a session. */
    public static final int OPEN = 2;

    /** The operation of a request that runs a step. */
    public static final int RUN = 3;

    /** The operation of a request that feeds tokens. */
    public static final int FEED = 4;

    /** The operation of a request that cuts the sequence back. */
    public static final int REWIND = 5;

    /** The status of an answer without failure. */
    public static final int OK = 0;

    /** Set in an answer's flags when there are logits. */
    public static final int HAS_LOGITS = 1;

    private static final int HEADER_BYTES = 16;
    private static final int SMALL_BYTES = 4096;
    private static final int MAX_EXTRA_BYTES = 64 << 20;

    private final SocketChannel channel;
    private ByteBuffer outgoing = allocate(SMALL_BYTES);
    private ByteBuffer incoming = allocate(SMALL_BYTES);

    /** Takes over a connected channel. */
    public Connection(SocketChannel channel) {
        this.channel = channel;
        clear();
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** Forgets the extra bytes that were put since the last message was sent. */
    public void clear() {
        outgoing.clear().position(HEADER_BYTES);
    }

    /** Adds a number to the extra bytes of the next message. */
    public void put(int number) {
        room(Integer.BYTES);
        outgoing.putInt(number);
    }

    /** Adds a long number to the extra bytes of the next message. */
    public void put(long number) {
        room(Long.BYTES);
        outgoing.putLong(number);
    }

    /** Adds to the extra bytes of the next message. */
    public void put(byte[] bytes) {
        room(bytes.length);
        outgoing.put(bytes);
    }

    private void room(int bytes) {
        if (outgoing.remaining() < bytes) {
            ByteBuffer larger = allocate(2 * (outgoing.position() + bytes));
            outgoing = larger.put(outgoing.flip());
        }
    }

    /** Sends the four numbers, of which the last is the number of extra bytes, and these. */
    public void send(int first, int second, int third) throws IOException {
        outgoing.putInt(0, first);
        outgoing.putInt(4, second);
        outgoing.putInt(8, third);
        outgoing.putInt(12, outgoing.position() - HEADER_BYTES);
        outgoing.flip();
        try {
            while (outgoing.hasRemaining()) {
                channel.write(outgoing);
            }
        } finally {
            clear();
        }
    }

    /**
     * Waits for the next message.
     *
     * @return false when the other side has closed the connection
     */
    public boolean receive() throws IOException {
        incoming.clear();
        if (!fill(HEADER_BYTES)) {
            return false;
        }
        int extra = incoming.getInt(12);
        if (extra < 0 || extra > MAX_EXTRA_BYTES) {
            throw new IOException("a message of " + extra + " bytes is none of the worker's");
        }
        if (incoming.capacity() < HEADER_BYTES + extra) {
            ByteBuffer larger = allocate(HEADER_BYTES + extra);
            incoming = larger.put(incoming.flip());
        }
        if (!fill(HEADER_BYTES + extra)) {
            return false;
        }
        incoming.flip().position(HEADER_BYTES);
        return true;
    }

    private boolean fill(int bytes) throws IOException {
        while (incoming.position() < bytes) {
            if (channel.read(incoming) < 0) {
                return false;
            }
        }
        return true;
    }

    /** {@return the operation of a request, the status of an answer} */
    public int first() {
        return incoming.getInt(0);
    }

    /** {@return the epoch of a request, the position of an answer} */
    public int second() {
        return incoming.getInt(4);
    }

    /** {@return the argument of a request, the flags of an answer} */
    public int third() {
        return incoming.getInt(8);
    }

    /** {@return whether extra bytes were not read yet} */
    public boolean hasExtra() {
        return incoming.hasRemaining();
    }

    /** {@return the next number of the extra bytes} */
    public int takeInt() {
        return incoming.getInt();
    }

    /** {@return the next long number of the extra bytes} */
    public long takeLong() {
        return incoming.getLong();
    }

    /** {@return the rest of the extra bytes} */
    public byte[] takeBytes() {
        byte[] bytes = new byte[incoming.remaining()];
        incoming.get(bytes);
        return bytes;
    }

    /** {@return the rest of the extra bytes as text} */
    public String takeText() {
        return new String(takeBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
