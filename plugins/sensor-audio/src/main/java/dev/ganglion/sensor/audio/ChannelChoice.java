package dev.ganglion.sensor.audio;

import java.nio.ByteBuffer;

/** What becomes of several channels. */
enum ChannelChoice {
    /** The mean of all. */
    MIX,
    /** The first. */
    LEFT,
    /** The second. */
    RIGHT;

    /** Turns frames of several channels into one. */
    void read(
            ByteBuffer frames,
            SampleFormat format,
            int channels,
            float[] into,
            int from,
            int count) {
        int stride = channels * format.sizeBytes();
        int first = this == RIGHT ? format.sizeBytes() : 0;
        boolean mean = this == MIX && channels > 1;
        for (int i = 0; i < count; i++) {
            int at = i * stride + first;
            double value = format.read(frames, at);
            if (mean) {
                for (int channel = 1; channel < channels; channel++) {
                    value += format.read(frames, at + channel * format.sizeBytes());
                }
                value /= channels;
            }
            into[from + i] = (float) value;
        }
    }
}
