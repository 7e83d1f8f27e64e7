package dev.ganglion.actuator.speech;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A WAV file of PCM; its header is true once it was finished. */
final class WavFile implements SoundOut {
    private static final int HEADER_BYTES = 44;

    private final FileChannel file;
    private final int rateHz;
    private final int width;
    private final int channels;
    private long length;

    WavFile(Path path, int rateHz, int width, int channels) throws IOException {
        this.file =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
        this.rateHz = rateHz;
        this.width = width;
        this.channels = channels;
        file.position(HEADER_BYTES);
    }

    @Override
    public void write(byte[] sound, int soundLength) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(sound, 0, soundLength);
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
        length += soundLength;
    }

    @Override
    public void finish() throws IOException {
        if (length % 2 == 1) {
            file.write(ByteBuffer.allocate(1));
        }
        ByteBuffer header =
                ByteBuffer.allocate(HEADER_BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(name("RIFF"))
                        .putInt((int) (HEADER_BYTES - 8 + length + length % 2))
                        .put(name("WAVE"))
                        .put(name("fmt "))
                        .putInt(16)
                        .putShort((short) 1)
                        .putShort((short) channels)
                        .putInt(rateHz)
                        .putInt(rateHz * width * channels)
                        .putShort((short) (width * channels))
                        .putShort((short) (8 * width))
                        .put(name("data"))
                        .putInt((int) length)
                        .flip();
        file.write(header, 0);
        file.close();
    }

    private static byte[] name(String chunk) {
        return chunk.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException discardedAnyway) {
            // A file that was not finished is not kept.
        }
    }
}
