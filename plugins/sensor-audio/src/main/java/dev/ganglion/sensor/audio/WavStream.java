package dev.ganglion.sensor.audio;

import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One file on its way through: its samples at the rate that is asked for, with the silence around
 * them. Holds little more than the open file; what it is read into is shared by all.
 */
final class WavStream implements AutoCloseable {
    /** What all files of a playback share. Used by one thread. */
    static final class Shared {
        private static final int READ_BYTES = 16 * 1024;
        private static final int READ_FRAMES = 1_024;

        private final int sampleRateHz;
        private final ChannelChoice channel;
        private final long leadSamples;
        private final long trailSamples;
        private final Map<Integer, FilterBank> banks = new HashMap<>();
        private final float[] input = new float[READ_FRAMES];
        private ByteBuffer bytes = bytes(READ_BYTES);

        Shared(int sampleRateHz, ChannelChoice channel, long leadMillis, long trailMillis) {
            this.sampleRateHz = sampleRateHz;
            this.channel = channel;
            this.leadSamples = leadMillis * sampleRateHz / 1_000;
            this.trailSamples = trailMillis * sampleRateHz / 1_000;
        }

        int sampleRateHz() {
            return sampleRateHz;
        }

        private static ByteBuffer bytes(int count) {
            return ByteBuffer.allocateDirect(count).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private final Shared shared;
    private final String name;
    private final FileChannel file;
    private final WavHeader header;
    private final @Nullable Resampler resampler;
    private final long samples;
    private long framesRead;
    private long given;
    private long sequence;
    private long startNanos;

    /** When the block under way is complete, from the beginning of the playback on. */
    private long dueNanos;

    private WavStream(Shared shared, String name, FileChannel file, WavHeader header) {
        this.shared = shared;
        this.name = name;
        this.file = file;
        this.header = header;
        long sounding = header.frames();
        if (header.sampleRateHz() == shared.sampleRateHz) {
            resampler = null;
        } else {
            FilterBank bank =
                    shared.banks.computeIfAbsent(
                            header.sampleRateHz(),
                            fromHz -> new FilterBank(fromHz, shared.sampleRateHz));
            resampler = new Resampler(bank);
            sounding = Resampler.outputSamples(sounding, bank.up, bank.down);
        }
        this.samples = shared.leadSamples + sounding + shared.trailSamples;
    }

    /**
     * Opens a file and believes its header, or says why not.
     *
     * @throws GanglionException of kind INPUT, naming the file
     */
    static WavStream open(Path path, String name, Shared shared) {
        try {
            FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
            try {
                return new WavStream(shared, name, file, checked(file, name, shared.channel));
            } catch (RuntimeException | IOException e) {
                file.close();
                throw e;
            }
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private static WavHeader checked(FileChannel file, String name, ChannelChoice channel)
            throws IOException {
        WavHeader header = WavHeader.read(file, name);
        if (channel == ChannelChoice.RIGHT && header.channels() == 1) {
            throw WavHeader.bad(
                    name,
                    "channel=right expects two channels or more, found 1; set channel to mix or"
                            + " left",
                    null);
        }
        return header;
    }

    private static GanglionException unreadable(String name, IOException cause) {
        return WavHeader.bad(
                name,
                "it cannot be read ("
                        + cause
                        + "); give the user '"
                        + System.getProperty("user.name")
                        + "' the right to read it, and see whether it is still there",
                cause);
    }

    String name() {
        return name;
    }

    /** {@return the number of the latest block; 0 before the first} */
    long sequence() {
        return sequence;
    }

    boolean isAtEnd() {
        return given == samples;
    }

    /** To be called first, with the time since the playback began. */
    void startAt(long nanos, int blockSamples) {
        startNanos = nanos;
        dueNanos = startNanos + lengthNanos(Math.min(blockSamples, samples));
    }

    long dueNanos() {
        return dueNanos;
    }

    private long lengthNanos(long count) {
        long seconds = count / shared.sampleRateHz;
        long rest = count % shared.sampleRateHz;
        return seconds * 1_000_000_000 + rest * 1_000_000_000 / shared.sampleRateHz;
    }

    /**
     * Fills the next block.
     *
     * @return how many samples it holds; less than there is room only at the end
     * @throws GanglionException of kind INPUT when the file changed since it was opened, or holds
     *     what is no number
     */
    int fill(float[] block) {
        int count = (int) Math.min(block.length, samples - given);
        int filled = 0;
        try {
            while (filled < count) {
                long sounding = given - shared.leadSamples;
                long left = samples - shared.trailSamples - given;
                if (sounding < 0 || left <= 0) {
                    long silent = sounding < 0 ? -sounding : count;
                    int zeros = (int) Math.min(silent, count - filled);
                    Arrays.fill(block, filled, filled + zeros, 0);
                    filled += zeros;
                    given += zeros;
                } else {
                    int wanted = (int) Math.min(left, count - filled);
                    sound(block, filled, wanted);
                    filled += wanted;
                    given += wanted;
                }
            }
        } catch (IOException e) {
            throw unreadable(name, e);
        }
        sequence++;
        return count;
    }

    /** To be called when a block was given, and the next one shall have its time. */
    void blockGiven(int blockSamples) {
        dueNanos = startNanos + lengthNanos(Math.min(given + blockSamples, samples));
    }

    private void sound(float[] block, int from, int count) throws IOException {
        Resampler rate = resampler;
        float[] input = shared.input;
        int done = 0;
        while (done < count) {
            long missing = rate == null ? count - done : rate.missing(count - done);
            int inputs = (int) Math.min(missing, input.length);
            readFrames(input, inputs);
            if (rate == null) {
                System.arraycopy(input, 0, block, from + done, inputs);
                done += inputs;
                continue;
            }
            // The next sample wants the latest input it needs to be the latest there is.
            int used = 0;
            while (done < count) {
                if (rate.missing(1) == 0) {
                    block[from + done] = rate.next();
                    done++;
                } else if (used < inputs) {
                    rate.push(input[used]);
                    used++;
                } else {
                    break;
                }
            }
        }
    }

    /** Past the end there are zeros. */
    private void readFrames(float[] input, int count) throws IOException {
        int frameBytes = header.frameBytes();
        if (shared.bytes.capacity() < frameBytes) {
            shared.bytes = Shared.bytes(frameBytes);
        }
        ByteBuffer bytes = shared.bytes;
        int done = 0;
        while (done < count) {
            long left = header.frames() - framesRead;
            if (left == 0) {
                Arrays.fill(input, done, count, 0);
                return;
            }
            int frames =
                    (int) Math.min(Math.min(left, count - done), bytes.capacity() / frameBytes);
            bytes.clear().limit(frames * frameBytes);
            long start = header.dataStart() + framesRead * frameBytes;
            while (bytes.hasRemaining()) {
                if (file.read(bytes, start + bytes.position()) < 0) {
                    throw WavHeader.bad(
                            name,
                            header.frames()
                                    + " frames were expected, and it was cut off at frame "
                                    + framesRead
                                    + " while it was read; do not write to files that are read",
                            null);
                }
            }
            shared.channel.read(bytes, header.format(), header.channels(), input, done, frames);
            for (int i = done; i < done + frames; i++) {
                if (!Float.isFinite(input[i])) {
                    throw WavHeader.bad(
                            name,
                            "finite samples were expected, found "
                                    + input[i]
                                    + " in frame "
                                    + (framesRead + i - done)
                                    + "; record the file again",
                            null);
                }
            }
            done += frames;
            framesRead += frames;
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException alreadyGone) {
            // It was only read; nothing can be lost.
            return;
        }
    }
}
