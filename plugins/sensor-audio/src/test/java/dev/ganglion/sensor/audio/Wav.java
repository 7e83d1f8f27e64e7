package dev.ganglion.sensor.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes WAV files, honest ones and others: each field may be told what to say. */
final class Wav {
    static final int PCM = 1;
    static final int FLOAT = 3;
    private static final byte[] GUID_TAIL = {
        0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71
    };

    int codec = PCM;
    int channels = 1;
    int sampleRateHz = 16_000;
    int bits = 16;
    boolean extensible;
    int validBits = -1;
    long bytesPerSecond = -1;
    int frameBytes = -1;
    long riffBytes = -1;
    long dataBytes = -1;
    byte[] between = {};
    byte[] after = {};
    boolean withFormat = true;

    static Wav of(int codec, int bits, int channels, int sampleRateHz) {
        Wav wav = new Wav();
        wav.codec = codec;
        wav.bits = bits;
        wav.channels = channels;
        wav.sampleRateHz = sampleRateHz;
        return wav;
    }

    /** {@return the file with these samples, those of all channels one after the other} */
    byte[] bytes(double... samples) {
        int data = samples.length * bits / 8;
        int format = extensible ? 40 : 16;
        ByteBuffer out =
                ByteBuffer.allocate(28 + format + between.length + data + after.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        ascii(out, "RIFF").putInt((int) (riffBytes >= 0 ? riffBytes : out.capacity() - 8));
        ascii(out, "WAVE");
        if (withFormat) {
            ascii(out, "fmt ").putInt(format);
            out.putShort((short) (extensible ? 0xFFFE : codec)).putShort((short) channels);
            int honestFrame = channels * bits / 8;
            out.putInt(sampleRateHz)
                    .putInt(
                            (int)
                                    (bytesPerSecond >= 0
                                            ? bytesPerSecond
                                            : (long) sampleRateHz * honestFrame));
            out.putShort((short) (frameBytes >= 0 ? frameBytes : honestFrame));
            out.putShort((short) bits);
            if (extensible) {
                out.putShort((short) 22).putShort((short) (validBits >= 0 ? validBits : bits));
                out.putInt(0).putShort((short) codec).put(GUID_TAIL);
            }
        }
        out.put(between);
        ascii(out, "data").putInt((int) (dataBytes >= 0 ? dataBytes : data));
        for (double sample : samples) {
            put(out, sample);
        }
        out.put(after);
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        if (riffBytes < 0) {
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(4, bytes.length - 8);
        }
        return bytes;
    }

    private void put(ByteBuffer out, double sample) {
        if (codec == FLOAT) {
            if (bits == 32) {
                out.putFloat((float) sample);
            } else {
                out.putDouble(sample);
            }
            return;
        }
        switch (bits) {
            case 8 -> out.put((byte) (Math.round(sample * 128) + 128));
            case 16 -> out.putShort((short) Math.round(sample * 32768));
            case 24 -> {
                int value = (int) Math.round(sample * 8388608);
                out.putShort((short) value).put((byte) (value >> 16));
            }
            case 32 -> out.putInt((int) Math.round(sample * 2147483648.0));
            default -> out.put(new byte[bits / 8]);
        }
    }

    private static ByteBuffer ascii(ByteBuffer out, String text) {
        return out.put(text.getBytes(StandardCharsets.US_ASCII));
    }

    Path write(Path file, double... samples) throws IOException {
        return Files.write(file, bytes(samples));
    }

    /** {@return a tone} */
    static double[] tone(double hertz, double amplitude, int sampleRateHz, int samples) {
        double[] tone = new double[samples];
        for (int i = 0; i < samples; i++) {
            tone[i] = amplitude * Math.sin(2 * Math.PI * hertz * i / sampleRateHz);
        }
        return tone;
    }
}
