package dev.ganglion.sensor.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A device from its opening until it is gone, heard at the rate that is wanted, whatever its own
 * is. One thread at a time, but for {@link #close}.
 */
final class Capture implements AutoCloseable {
    static final int SAMPLE_BYTES = SampleFormat.INT16.sizeBytes();

    /**
     * How the device was opened.
     *
     * @param sampleRateHz its own
     */
    record Format(int sampleRateHz, int channels, ChannelChoice channel) {}

    private final CaptureDevices.Line line;
    private final Format format;
    private final Clock clock;
    private final @Nullable Resampler resampler;
    private final int up;
    private final int down;
    private final ByteBuffer bytes;
    private final float[] input;
    private int inputs;
    private int used;
    private long heard;
    private long given;
    private long heardNanos;
    private boolean ending;
    private String gone = "it gives no more sound";

    Capture(
            CaptureDevices.Line line,
            Format format,
            int wantedRateHz,
            int blockSamples,
            Clock clock) {
        this.line = line;
        this.format = format;
        this.clock = clock;
        int most = blockSamples;
        if (format.sampleRateHz() == wantedRateHz) {
            resampler = null;
            up = 1;
            down = 1;
        } else {
            FilterBank bank = new FilterBank(format.sampleRateHz(), wantedRateHz);
            resampler = new Resampler(bank);
            up = bank.up;
            down = bank.down;
            // The first block needs most, since later ones find what lay ahead of the one before.
            most = (int) resampler.missing(blockSamples);
        }
        this.input = new float[most];
        this.bytes =
                ByteBuffer.allocate(most * format.channels() * SAMPLE_BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Waits until there is sound for a block. What lies ahead of the last sample when the device
     * goes away is given, too, by as many further calls as it takes.
     *
     * @return how many samples it holds; less than there is room only when it {@link #isOver}
     */
    int fill(float[] block) {
        Resampler rate = resampler;
        if (!ending) {
            listen(rate == null ? block.length : (int) rate.missing(block.length));
        }
        int count = ending ? (int) Math.min(block.length, left()) : block.length;
        if (rate == null) {
            System.arraycopy(input, 0, block, 0, count);
        } else {
            for (int i = 0; i < count; i++) {
                while (rate.missing(1) > 0) {
                    rate.push(used < inputs ? input[used] : 0);
                    used++;
                }
                block[i] = rate.next();
            }
        }
        given += count;
        return count;
    }

    private void listen(int frames) {
        inputs = 0;
        used = 0;
        if (frames == 0) {
            // A short block at a higher rate may need nothing new.
            return;
        }
        int frameBytes = format.channels() * SAMPLE_BYTES;
        int count = 0;
        try {
            count = line.read(bytes.array(), frames * frameBytes);
        } catch (IllegalStateException | IllegalArgumentException e) {
            gone = String.valueOf(e.getMessage());
        }
        heardNanos = clock.nanos();
        inputs = Math.max(0, count) / frameBytes;
        format.channel().read(bytes, SampleFormat.INT16, format.channels(), input, 0, inputs);
        heard += inputs;
        ending = inputs < frames;
    }

    private long left() {
        return Resampler.outputSamples(heard, up, down) - given;
    }

    /** {@return whether the device is gone, and all that was heard of it was given} */
    boolean isOver() {
        return ending && left() == 0;
    }

    /** {@return why the device is gone} */
    String gone() {
        return gone;
    }

    /**
     * {@return when the last sample of the latest block was captured; a resampler has heard more by
     * then, as it needs what lies ahead of it}
     */
    long capturedNanos() {
        if (given == 0) {
            return heardNanos;
        }
        long ahead = Math.max(0, (heard - 1) * up - (given - 1) * down);
        return heardNanos - (long) (ahead * 1e9 / up / format.sampleRateHz());
    }

    /** Ends the recording, and a wait for a block; from any thread, more than once. */
    @Override
    public void close() {
        line.close();
    }
}
