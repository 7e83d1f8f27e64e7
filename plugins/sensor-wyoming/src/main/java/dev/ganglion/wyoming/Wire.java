package dev.ganglion.wyoming;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * A TCP connection on which nothing waits for ever: each read and each write has a deadline, on the
 * clock of {@link System#nanoTime()}, and {@link #close}, from any thread, ends both. One thread at
 * a time reads or writes.
 */
public final class Wire implements EventReader.Source, Closeable {
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private volatile boolean closed;

    private Wire(SocketChannel channel, Selector selector) throws IOException {
        this.channel = channel;
        this.selector = selector;
        channel.configureBlocking(false);
        // Small events answer each other; none is to wait until a packet is full.
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        this.key = channel.register(selector, 0);
    }

    /** A wire over a connection, which is closed when that fails. */
    public static Wire over(SocketChannel channel) throws IOException {
        try {
            Selector selector = Selector.open();
            try {
                return new Wire(channel, selector);
            } catch (IOException e) {
                selector.close();
                throw e;
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** A wire that leads nowhere yet: it can be closed while {@link #connect} waits. */
    public static Wire unconnected() throws IOException {
        return over(SocketChannel.open());
    }

    /**
     * Connects.
     *
     * @throws SocketTimeoutException when nobody answers in time
     */
    public void connect(Address address, long deadlineNanos) throws IOException {
        InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
        if (resolved.isUnresolved()) {
            throw new UnknownHostException("no host is called '" + address.host() + "'");
        }
        try {
            if (!channel.connect(resolved)) {
                while (!channel.finishConnect()) {
                    await(SelectionKey.OP_CONNECT, deadlineNanos);
                }
            }
        } catch (ClosedSelectorException e) {
            throw closedMeanwhile(e);
        }
    }

    @Override
    public int read(byte[] into, int offset, int length, long deadlineNanos) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into, offset, length);
        while (true) {
            int count = channel.read(buffer);
            if (count != 0) {
                return count;
            }
            await(SelectionKey.OP_READ, deadlineNanos);
        }
    }

    /**
     * Writes all bytes.
     *
     * @throws SocketTimeoutException when the other end does not take them in time
     */
    public void write(ByteBuffer bytes, long deadlineNanos) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                await(SelectionKey.OP_WRITE, deadlineNanos);
            }
        }
    }

    /**
     * Says that no more is written, and takes what still comes, so that the last words arrive: a
     * connection that is closed over unread bytes forgets what it was about to send.
     */
    public void finish(int maximumBytes, long deadlineNanos) {
        try {
            channel.shutdownOutput();
            byte[] ignored = new byte[4_096];
            int left = maximumBytes;
            while (left > 0) {
                int count = read(ignored, 0, ignored.length, deadlineNanos);
                if (count < 0) {
                    return;
                }
                left -= count;
            }
        } catch (IOException endsAnyway) {
            // What could be done was done.
        }
    }

    private void await(int operation, long deadlineNanos) throws IOException {
        long leftNanos = deadlineNanos - System.nanoTime();
        if (leftNanos <= 0) {
            throw new SocketTimeoutException("too late");
        }
        try {
            key.interestOps(operation);
            selector.select(TimeUnit.NANOSECONDS.toMillis(leftNanos) + 1);
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException | java.nio.channels.CancelledKeyException e) {
            throw closedMeanwhile(e);
        }
        if (closed) {
            throw new ClosedChannelException();
        }
        // A selector does not wait in a thread that was interrupted: to go on would be to spin.
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("stopped");
        }
    }

    private static IOException closedMeanwhile(RuntimeException cause) {
        ClosedChannelException closedMeanwhile = new ClosedChannelException();
        closedMeanwhile.initCause(cause);
        return closedMeanwhile;
    }

    /** {@return whether it was closed at this end} */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        try {
            channel.close();
        } catch (IOException goneAnyway) {
            // There is nothing left to let go of.
        }
        try {
            selector.close();
        } catch (IOException goneAnyway) {
            // There is nothing left to let go of.
        }
    }
}
