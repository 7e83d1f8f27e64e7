package dev.ganglion.sensor.audio;

import java.util.concurrent.locks.LockSupport;

/** The time, and waiting for it. A test has its own, so that it waits for nothing. */
interface Clock {
    /** That of the machine. */
    Clock SYSTEM =
            new Clock() {
                @Override
                public long nanos() {
                    return System.nanoTime();
                }

                @Override
                public void park(long nanos) {
                    LockSupport.parkNanos(this, nanos);
                }

                @Override
                public void unpark(Thread thread) {
                    LockSupport.unpark(thread);
                }
            };

    /** {@return the time, which only rises} */
    long nanos();

    /** Waits this long at most; may return before. */
    void park(long nanos);

    /** Has the thread return from {@link #park}, also from its next one. */
    void unpark(Thread thread);
}
