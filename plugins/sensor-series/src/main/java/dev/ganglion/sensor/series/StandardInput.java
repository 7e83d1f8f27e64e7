package dev.ganglion.sensor.series;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Standard input, which can be read by one at a time and by another one later.
 *
 * <p>A read of the process's input cannot be interrupted. So one daemon thread does nothing but
 * read; it is started by the first reader, stays until the input ends, and keeps what it got for
 * whoever reads next. Nothing is lost when a route is replaced while it waits for a row.
 */
final class StandardInput {
    /** The end of the input, as a count of bytes. */
    static final int END = -1;

    /** Nothing came, and the reader was closed. */
    static final int CLOSED = 0;

    private final InputStream in;
    private final byte[] chunk = new byte[8192];
    private int bytes;
    private boolean ended;
    private boolean started;
    private boolean taken;
    private @Nullable IOException failure;

    StandardInput(InputStream in) {
        this.in = in;
    }

    /** {@return false when somebody else reads} */
    synchronized boolean acquire() {
        boolean free = !taken;
        taken = true;
        return free;
    }

    synchronized void release() {
        taken = false;
    }

    /** Makes a {@link #read} that waits look again whether it was closed. */
    synchronized void wake() {
        notifyAll();
    }

    /** {@return whether a read would have to wait} */
    synchronized boolean isEmpty() {
        return bytes == 0 && !ended;
    }

    /**
     * Waits for bytes.
     *
     * @param into at least 8 KiB
     * @return how many, {@link #END} or {@link #CLOSED}
     * @throws IOException when the input broke; afterwards it has ended
     */
    synchronized int read(byte[] into, BooleanSupplier closed)
            throws IOException, InterruptedException {
        if (!started) {
            started = true;
            Thread pump = new Thread(this::pump, "ganglion standard input");
            pump.setDaemon(true);
            pump.start();
        }
        while (bytes == 0 && !ended && !closed.getAsBoolean()) {
            wait();
        }
        if (closed.getAsBoolean()) {
            return CLOSED;
        }
        IOException broken = failure;
        if (broken != null && bytes == 0) {
            failure = null;
            throw broken;
        }
        if (bytes == 0) {
            return END;
        }
        int count = bytes;
        System.arraycopy(chunk, 0, into, 0, count);
        bytes = 0;
        notifyAll();
        return count;
    }

    private void pump() {
        try {
            while (true) {
                int count = in.read(chunk);
                synchronized (this) {
                    if (count < 0) {
                        return;
                    }
                    bytes = count;
                    notifyAll();
                    while (bytes > 0) {
                        wait();
                    }
                }
            }
        } catch (IOException broken) {
            synchronized (this) {
                failure = broken;
            }
        } catch (InterruptedException nobodyDoesThat) {
            Thread.currentThread().interrupt();
        } finally {
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }
    }
}
