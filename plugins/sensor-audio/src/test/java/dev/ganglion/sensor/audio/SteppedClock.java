package dev.ganglion.sensor.audio;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until somebody waits, and then is as late as was asked for. */
final class SteppedClock implements Clock {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000);
    private final Semaphore steps;
    private final Semaphore waits = new Semaphore(0);

    /**
     * @param byHand whether each wait lasts until {@link #step}
     */
    SteppedClock(boolean byHand) {
        steps = new Semaphore(byHand ? 0 : Integer.MAX_VALUE / 2);
    }

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public void park(long forNanos) {
        waits.release();
        steps.acquireUninterruptibly();
        nanos.addAndGet(forNanos);
    }

    @Override
    public void unpark(Thread thread) {
        steps.release();
    }

    void step() {
        steps.release();
    }

    void pass(long passedNanos) {
        nanos.addAndGet(passedNanos);
    }

    void awaitWait() throws InterruptedException {
        if (!waits.tryAcquire(30, TimeUnit.SECONDS)) {
            throw new AssertionError("a wait expected within 30 s");
        }
    }
}
