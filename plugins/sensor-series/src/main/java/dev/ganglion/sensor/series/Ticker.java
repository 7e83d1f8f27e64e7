package dev.ganglion.sensor.series;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The clock by which readings are given; tests have one of their own. */
interface Ticker {
    /** The clock of {@link System#nanoTime()}. */
    Ticker SYSTEM =
            new Ticker() {
                @Override
                public long nanos() {
                    return System.nanoTime();
                }

                @Override
                public void await(long nanos, CountDownLatch closing) throws InterruptedException {
                    closing.await(nanos - System.nanoTime(), TimeUnit.NANOSECONDS);
                }
            };

    /** {@return the time now} */
    long nanos();

    /** Waits until a time has come, or less long when the latch opens before. */
    void await(long nanos, CountDownLatch closing) throws InterruptedException;
}
