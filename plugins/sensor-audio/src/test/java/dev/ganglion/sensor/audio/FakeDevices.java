package dev.ganglion.sensor.audio;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sound.sampled.LineUnavailableException;

/** A device whose plug a test can pull. */
final class FakeDevices implements CaptureDevices {
    static final String NAME = "USB [plughw:1,0]";

    private static final byte[] GONE = {};
    private static final byte[] BROKEN = {0};

    private volatile BlockingQueue<byte[]> recorded = new LinkedBlockingQueue<>();
    private final Semaphore openings = new Semaphore(0);
    final List<String> names = new ArrayList<>(List.of(NAME));
    volatile boolean pluggedIn = true;
    volatile int onlyRateHz = 16_000;
    volatile int onlyChannels = 1;

    /** Further ones that it says it has, and does not open at. */
    volatile List<Integer> saidRatesHz = List.of();

    /** Has it open at all rates that it says, too. */
    volatile boolean honest;

    final List<Integer> triedRatesHz = new CopyOnWriteArrayList<>();

    @Override
    public List<Integer> ratesHz(String name) {
        List<Integer> rates = new ArrayList<>(saidRatesHz);
        rates.add(onlyRateHz);
        return pluggedIn ? rates : List.of();
    }

    @Override
    public List<String> names() {
        return pluggedIn ? names : List.of();
    }

    @Override
    public String offered(String name) {
        return (onlyChannels == 1 ? "mono" : onlyChannels + " channels")
                + " at "
                + onlyRateHz
                + " Hz";
    }

    @Override
    public Line open(String name, int sampleRateHz, int channels, int bufferFrames)
            throws LineUnavailableException {
        if (!pluggedIn) {
            throw new IllegalArgumentException("no such device");
        }
        triedRatesHz.add(sampleRateHz);
        boolean hasRate =
                sampleRateHz == onlyRateHz || (honest && saidRatesHz.contains(sampleRateHz));
        if (!hasRate || channels != onlyChannels) {
            throw new LineUnavailableException("format not supported");
        }
        BlockingQueue<byte[]> own = new LinkedBlockingQueue<>();
        recorded = own;
        openings.release();
        return new Line() {
            private byte[] current = GONE;
            private int at;

            @Override
            public int read(byte[] into, int count) {
                for (int done = 0; done < count; done++) {
                    while (at == current.length) {
                        at = 0;
                        current = taken();
                        if (current == GONE) {
                            return done;
                        }
                    }
                    into[done] = current[at++];
                }
                return count;
            }

            private byte[] taken() {
                try {
                    byte[] bytes = own.take();
                    if (bytes == BROKEN) {
                        throw new IllegalStateException("the line was lost");
                    }
                    return bytes;
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }

            @Override
            public void close() {
                // Ends a read that waits, or the next.
                own.add(GONE);
            }
        };
    }

    /** Waits until the device was opened once more. */
    void awaitOpening() throws InterruptedException {
        if (!openings.tryAcquire(30, TimeUnit.SECONDS)) {
            throw new AssertionError("an opening expected within 30 s");
        }
    }

    /** Records these samples. */
    void speak(int... samples) {
        byte[] bytes = new byte[samples.length * 2];
        for (int i = 0; i < samples.length; i++) {
            bytes[2 * i] = (byte) samples[i];
            bytes[2 * i + 1] = (byte) (samples[i] >> 8);
        }
        recorded.add(bytes);
    }

    /** Gives no more, but is still there. */
    void fallSilent() {
        recorded.add(GONE);
    }

    void unplug() {
        pluggedIn = false;
        recorded.add(GONE);
    }

    void unplugWithAnError() {
        pluggedIn = false;
        recorded.add(BROKEN);
    }

    void plugIn() {
        pluggedIn = true;
    }
}
