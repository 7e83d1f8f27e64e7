package dev.ganglion.sensor.audio;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How one sample of one channel is written in a WAV file, little-endian. Full scale is 1. */
enum SampleFormat {
    /** Unsigned, silence is 128. */
    UINT8(1),
    INT16(2),
    INT24(3),
    INT32(4),
    FLOAT32(4),
    FLOAT64(8);

    private final int sizeBytes;

    SampleFormat(int sizeBytes) {
        this.sizeBytes = sizeBytes;
    }

    /** {@return the format of this size, or null when there is none} */
    static @Nullable SampleFormat of(boolean isFloat, int bits) {
        return switch (bits) {
            case 8 -> isFloat ? null : UINT8;
            case 16 -> isFloat ? null : INT16;
            case 24 -> isFloat ? null : INT24;
            case 32 -> isFloat ? FLOAT32 : INT32;
            case 64 -> isFloat ? FLOAT64 : null;
            default -> null;
        };
    }

    int sizeBytes() {
        return sizeBytes;
    }

    /** {@return the sample that begins at this byte} */
    double read(ByteBuffer littleEndian, int at) {
        return switch (this) {
            case UINT8 -> ((littleEndian.get(at) & 0xFF) - 128) / 128.0;
            case INT16 -> littleEndian.getShort(at) / 32768.0;
            case INT24 ->
                    (littleEndian.get(at + 2) << 16 | (littleEndian.getShort(at) & 0xFFFF))
                            / 8388608.0;
            case INT32 -> littleEndian.getInt(at) / 2147483648.0;
            case FLOAT32 -> littleEndian.getFloat(at);
            case FLOAT64 -> littleEndian.getDouble(at);
        };
    }
}
