package dev.ganglion.testkit.toy;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Where a toy model stands still until the test lets it go on, or until it is cancelled. It takes
 * the place of time in tests: no model is slow, it waits. Thread-safe.
 */
public final class Gate {
    /** How long a test waits for what must come; only a test that fails waits this long. */
    private static final long LIMIT_MILLIS = 30_000;

    private volatile boolean open;
    private int permits;
    private int waiting;

    Gate(boolean open) {
        this.open = open;
    }

    /** Lets all pass from now on. */
    public synchronized void open() {
        open = true;
        notifyAll();
    }

    /** Lets nobody pass from now on. */
    public synchronized void hold() {
        open = false;
        permits = 0;
    }

    /** Lets pass this many times, beside those that were left. */
    public synchronized void release(int times) {
        permits += times;
        notifyAll();
    }

    /** Waits until this many threads stand at the gate and were not let through yet. */
    public synchronized void awaitWaiting(int threads) {
        long start = System.nanoTime();
        while (waiting - permits < threads) {
            long elapsedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            if (elapsedMillis >= LIMIT_MILLIS) {
                throw new AssertionError(
                        threads
                                + " threads expected at the gate within "
                                + LIMIT_MILLIS
                                + " ms, found "
                                + (waiting - permits));
            }
            try {
                wait(LIMIT_MILLIS - elapsedMillis);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new AssertionError("the test was stopped", stopped);
            }
        }
    }

    /** {@return false when it was cancelled before it could pass} */
    boolean pass(BooleanSupplier cancelled) {
        // The volatile read keeps streams apart as long as nobody holds the gate.
        return open ? !cancelled.getAsBoolean() : passHeld(cancelled);
    }

    private synchronized boolean passHeld(BooleanSupplier cancelled) {
        boolean interrupted = false;
        waiting++;
        notifyAll();
        while (!open && permits == 0 && !cancelled.getAsBoolean()) {
            try {
                wait();
            } catch (InterruptedException ignored) {
                // As native code would: only cancel ends a step.
                interrupted = true;
            }
        }
        waiting--;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (cancelled.getAsBoolean()) {
            return false;
        }
        if (!open) {
            permits--;
        }
        return true;
    }

    /** Makes all who wait look whether they were cancelled. */
    synchronized void wake() {
        notifyAll();
    }
}
