package dev.ganglion.sensor.wyoming;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.wyoming.Event;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of one format into samples: mono, {@link #RATE_HZ}, full scale 1. Of several
 * channels the mean is taken.
 */
final class Pcm {
    /** The rate of the samples that are given. */
    static final int RATE_HZ = 16_000;

    private static final List<Integer> RATES_HZ =
            List.of(8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000);
    private static final int MAXIMUM_WIDTH = 4;
    private static final int MAXIMUM_CHANNELS = 8;

    /**
     * What sound is like.
     *
     * @param width of a sample, in bytes; one byte is unsigned, as in WAV files
     */
    record Format(int rateHz, int width, int channels) {
        /** {@return what the event says, and for what it does not say the one before} */
        static Format of(Event event, @Nullable Format before) {
            int rateHz = event.whole("rate", before == null ? 0 : before.rateHz);
            int width = event.whole("width", before == null ? 0 : before.width);
            int channels = event.whole("channels", before == null ? 0 : before.channels);
            if (RATES_HZ.contains(rateHz)
                    && width >= 1
                    && width <= MAXIMUM_WIDTH
                    && channels >= 1
                    && channels <= MAXIMUM_CHANNELS) {
                return new Format(rateHz, width, channels);
            }
            throw new GanglionException(
                    GanglionException.Kind.INPUT,
                    "the event '"
                            + event.type()
                            + "' has a rate of "
                            + RATES_HZ
                            + " Hz, a width of 1 to "
                            + MAXIMUM_WIDTH
                            + " bytes and 1 to "
                            + MAXIMUM_CHANNELS
                            + " channels, found "
                            + new Format(rateHz, width, channels));
        }

        @Override
        public String toString() {
            return rateHz + " Hz, " + width + " bytes, " + channels + " channels";
        }
    }

    private final Format format;
    private final Blocks blocks;
    private final @Nullable Resampler resampler;
    private final float scale;

    Pcm(Format format, Blocks blocks) {
        this.format = format;
        this.blocks = blocks;
        this.resampler = format.rateHz == RATE_HZ ? null : new Resampler(format.rateHz, blocks);
        this.scale = 1f / (1L << (8 * format.width - 1)) / format.channels;
    }

    Format format() {
        return format;
    }

    /** {@return how many samples these bytes become, about; for limits that count before} */
    long samples(int length) {
        return (long) length / (format.width * format.channels) * RATE_HZ / format.rateHz;
    }

    /**
     * Takes what an event carries.
     *
     * @throws GanglionException of kind INPUT when a sample is cut in two
     */
    void add(byte[] bytes, int length, Sensor.Follower follower) {
        int frame = format.width * format.channels;
        if (length % frame != 0) {
            throw new GanglionException(
                    GanglionException.Kind.INPUT,
                    "an audio-chunk of "
                            + format
                            + " has a multiple of "
                            + frame
                            + " bytes, found "
                            + length);
        }
        for (int at = 0; at < length; at += frame) {
            long sum = 0;
            for (int channel = 0; channel < format.channels; channel++) {
                sum += sample(bytes, at + channel * format.width);
            }
            float value = sum * scale;
            if (resampler == null) {
                blocks.add(value, follower);
            } else {
                resampler.add(value, follower);
            }
        }
    }

    private int sample(byte[] bytes, int at) {
        return switch (format.width) {
            case 1 -> (bytes[at] & 0xFF) - 128;
            case 2 -> bytes[at] & 0xFF | bytes[at + 1] << 8;
            case 3 -> bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8 | bytes[at + 2] << 16;
            default ->
                    bytes[at] & 0xFF
                            | (bytes[at + 1] & 0xFF) << 8
                            | (bytes[at + 2] & 0xFF) << 16
                            | bytes[at + 3] << 24;
        };
    }

    /** Ends the utterance; the next one may follow. */
    void end(Sensor.Follower follower) {
        if (resampler != null) {
            resampler.end(follower);
        }
        blocks.end(follower);
    }
}
