package dev.ganglion.sensor.audio;

import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * What a WAV file says about itself, believed only when nothing in it contradicts anything else or
 * the size of the file.
 *
 * @param dataStart the byte at which the first frame begins
 * @param frames how many there are; each holds one sample per channel
 */
record WavHeader(SampleFormat format, int channels, int sampleRateHz, long dataStart, long frames) {
    static final int MINIMUM_RATE_HZ = 1_000;
    static final int MAXIMUM_RATE_HZ = 768_000;

    private static final int RIFF_BYTES = 12;
    private static final int CHUNK_BYTES = 8;
    private static final int PLAIN_FORMAT_BYTES = 16;
    private static final int EXTENSIBLE_FORMAT_BYTES = 40;
    private static final int PCM = 1;
    private static final int FLOAT = 3;
    private static final int EXTENSIBLE = 0xFFFE;
    // The rest of the GUID whose first two bytes are the codec: 0000-0010-8000-00AA00389B71.
    private static final long GUID_MIDDLE = 0x0010_0000_0000L;
    private static final long GUID_END = 0x719B_3800_AA00_0080L;

    /** Nobody writes as many; without a bound a file of zeros is walked through to its end. */
    private static final int MAXIMUM_CHUNKS = 1_000;

    /**
     * Reads and checks the header.
     *
     * @param name of the file, for messages
     * @throws GanglionException of kind INPUT when it is no WAV file, is cut off, or contradicts
     *     itself
     */
    static WavHeader read(FileChannel file, String name) throws IOException {
        return new Reader(file, name).read();
    }

    /** {@return the bytes of one sample of all channels} */
    int frameBytes() {
        return channels * format.sizeBytes();
    }

    private record Format(SampleFormat samples, int channels, int sampleRateHz) {}

    private static final class Reader {
        private final FileChannel file;
        private final String name;
        private final long fileBytes;
        private final ByteBuffer bytes =
                ByteBuffer.allocate(EXTENSIBLE_FORMAT_BYTES).order(ByteOrder.LITTLE_ENDIAN);

        Reader(FileChannel file, String name) throws IOException {
            this.file = file;
            this.name = name;
            this.fileBytes = file.size();
        }

        WavHeader read() throws IOException {
            long riffEnd = riffEnd();
            Format format = null;
            long at = RIFF_BYTES;
            for (int chunk = 0; chunk < MAXIMUM_CHUNKS && at + CHUNK_BYTES <= riffEnd; chunk++) {
                fetch(at, CHUNK_BYTES);
                String id = text(0);
                long sizeBytes = unsigned(4);
                long start = at + CHUNK_BYTES;
                if (id.equals("data")) {
                    if (format == null) {
                        throw bad(
                                "the chunk 'fmt ' was expected before 'data' and did not come;"
                                        + " write the file again as PCM WAV");
                    }
                    return header(format, start, sizeBytes, riffEnd);
                }
                if (start + sizeBytes > fileBytes) {
                    throw cutOff("chunk '" + id + "'", sizeBytes, fileBytes - start);
                }
                if (id.equals("fmt ")) {
                    if (format != null) {
                        throw bad(
                                "one chunk 'fmt ' was expected, a second was found at byte "
                                        + at
                                        + "; write the file again as PCM WAV");
                    }
                    format = format(start, sizeBytes);
                }
                // Chunks begin at even bytes.
                at = start + sizeBytes + (sizeBytes & 1);
            }
            throw bad(
                    "a chunk 'data' with samples was expected and none was found in "
                            + fileBytes
                            + " bytes; copy or record the file again");
        }

        private long riffEnd() throws IOException {
            if (fileBytes < RIFF_BYTES) {
                throw bad(
                        "a WAV file was expected, found "
                                + fileBytes
                                + " bytes, fewer than its header has; copy or record it again");
            }
            fetch(0, RIFF_BYTES);
            if (!text(0).equals("RIFF") || !text(8).equals("WAVE")) {
                throw bad(
                        "a WAV file was expected, which begins with RIFF....WAVE, found '"
                                + text(0)
                                + "....'"
                                + text(8)
                                + "'; convert it to PCM WAV, or take it out of the folder");
            }
            long sizeBytes = unsigned(4);
            if (CHUNK_BYTES + sizeBytes > fileBytes) {
                throw cutOff("header", sizeBytes, fileBytes - CHUNK_BYTES);
            }
            return CHUNK_BYTES + sizeBytes;
        }

        private Format format(long start, long sizeBytes) throws IOException {
            if (sizeBytes < PLAIN_FORMAT_BYTES) {
                throw bad(
                        "the chunk 'fmt ' has 16 bytes or more, found "
                                + sizeBytes
                                + "; write the file again as PCM WAV");
            }
            fetch(start, (int) Math.min(sizeBytes, EXTENSIBLE_FORMAT_BYTES));
            int codec = unsignedShort(0);
            int channels = unsignedShort(2);
            long rateHz = unsigned(4);
            long bytesPerSecond = unsigned(8);
            int frameBytes = unsignedShort(12);
            int bits = unsignedShort(14);
            if (codec == EXTENSIBLE) {
                codec = extensibleCodec(sizeBytes, bits);
            }
            if (codec != PCM && codec != FLOAT) {
                throw bad(
                        "PCM or float samples were expected, found the codec "
                                + codecName(codec)
                                + "; convert it to PCM WAV");
            }
            SampleFormat samples = SampleFormat.of(codec == FLOAT, bits);
            if (samples == null) {
                throw bad(
                        (codec == FLOAT ? "float samples of 32 or 64" : "PCM of 8, 16, 24 or 32")
                                + " bits were expected, found "
                                + bits
                                + "; convert it to PCM WAV of 16 bits");
            }
            if (channels == 0) {
                throw bad("one channel or more was expected, found 0; record the file again");
            }
            if (rateHz < MINIMUM_RATE_HZ || rateHz > MAXIMUM_RATE_HZ) {
                throw bad(
                        "a sample rate from "
                                + MINIMUM_RATE_HZ
                                + " to "
                                + MAXIMUM_RATE_HZ
                                + " Hz was expected, found "
                                + rateHz
                                + " Hz; correct the header or record the file again");
            }
            agree(
                    "bytes per frame",
                    (long) channels * samples.sizeBytes(),
                    frameBytes,
                    channels + " channels of " + bits + " bits");
            agree(
                    "bytes per second",
                    rateHz * frameBytes,
                    bytesPerSecond,
                    rateHz + " Hz with " + frameBytes + " bytes per frame");
            return new Format(samples, channels, (int) rateHz);
        }

        private int extensibleCodec(long sizeBytes, int bits) {
            if (sizeBytes < EXTENSIBLE_FORMAT_BYTES) {
                throw bad(
                        "the extensible chunk 'fmt ' has 40 bytes, found "
                                + sizeBytes
                                + "; write the file again as PCM WAV");
            }
            int validBits = unsignedShort(18);
            if (validBits == 0 || validBits > bits) {
                throw bad(
                        "from 1 to "
                                + bits
                                + " valid bits were expected in samples of "
                                + bits
                                + " bits, found "
                                + validBits
                                + "; correct the header or record the file again");
            }
            if ((bytes.getLong(24) >>> 16) != GUID_MIDDLE || bytes.getLong(32) != GUID_END) {
                throw bad(
                        "PCM or float samples were expected, found a codec with an identifier of"
                                + " its maker; convert it to PCM WAV");
            }
            return unsignedShort(24);
        }

        private void agree(String what, long expected, long found, String because) {
            if (expected != found) {
                throw bad(
                        "the header contradicts itself: "
                                + because
                                + " make "
                                + expected
                                + " "
                                + what
                                + ", found "
                                + found
                                + "; correct the header or record the file again");
            }
        }

        private WavHeader header(Format format, long start, long sizeBytes, long riffEnd) {
            if (sizeBytes == 0) {
                throw bad(
                        "samples were expected, found a chunk 'data' of 0 bytes; it was recorded"
                                + " without sound or never finished, record it again");
            }
            if (start + sizeBytes > fileBytes) {
                throw cutOff("chunk 'data'", sizeBytes, fileBytes - start);
            }
            if (start + sizeBytes > riffEnd) {
                throw bad(
                        "the header contradicts itself: it says that the file ends at byte "
                                + riffEnd
                                + ", and its samples end at byte "
                                + (start + sizeBytes)
                                + "; correct the header or record the file again");
            }
            int frameBytes = format.channels() * format.samples().sizeBytes();
            if (sizeBytes % frameBytes != 0) {
                throw bad(
                        "a whole number of frames of "
                                + frameBytes
                                + " bytes was expected, found "
                                + sizeBytes
                                + " bytes of samples; correct the header or record the file again");
            }
            return new WavHeader(
                    format.samples(),
                    format.channels(),
                    format.sampleRateHz(),
                    start,
                    sizeBytes / frameBytes);
        }

        private void fetch(long from, int count) throws IOException {
            bytes.clear().limit(count);
            while (bytes.hasRemaining()) {
                if (file.read(bytes, from + bytes.position()) < 0) {
                    throw cutOff("header", fileBytes, from + bytes.position());
                }
            }
        }

        private String text(int at) {
            StringBuilder shown = new StringBuilder();
            for (int i = at; i < at + 4; i++) {
                byte each = bytes.get(i);
                shown.append(each >= ' ' && each < 0x7F ? (char) each : '?');
            }
            return shown.toString();
        }

        private long unsigned(int at) {
            return Integer.toUnsignedLong(bytes.getInt(at));
        }

        private int unsignedShort(int at) {
            return Short.toUnsignedInt(bytes.getShort(at));
        }

        private GanglionException cutOff(String what, long said, long found) {
            return bad(
                    "its "
                            + what
                            + " says that "
                            + said
                            + " bytes follow, found "
                            + found
                            + "; it was cut off or never finished, copy or record it again");
        }

        private GanglionException bad(String what) {
            return WavHeader.bad(name, what, null);
        }
    }

    /** {@return the refusal of a file} */
    static GanglionException bad(String name, String what, @Nullable Throwable cause) {
        return new GanglionException(GanglionException.Kind.INPUT, name + ": " + what, cause);
    }

    private static String codecName(int codec) {
        String known =
                switch (codec) {
                    case 0x02 -> "Microsoft ADPCM";
                    case 0x06 -> "A-law";
                    case 0x07 -> "mu-law";
                    case 0x11 -> "IMA ADPCM";
                    case 0x31 -> "GSM 6.10";
                    case 0x50 -> "MPEG";
                    case 0x55 -> "MP3";
                    default -> "unknown to us";
                };
        return codec + " (" + known + ")";
    }
}
