package dev.ganglion.binding;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The outline of a shared library, read before the system maps it: a file that was cut off would
 * end the process when the missing part is touched.
 */
final class ElfFile {
    private static final int HEADER_BYTES = 64;
    private static final int SEGMENT_BYTES = 56;
    private static final int MAGIC = 0x464C457F;
    private static final byte CLASS_64 = 2;
    private static final byte LITTLE_ENDIAN = 1;

    /** {@code e_machine} of the processors that we know. */
    private static final Map<Integer, String> PROCESSORS =
            Map.of(
                    3, "x86",
                    40, "arm",
                    62, "x86_64",
                    183, "aarch64",
                    243, "riscv64");

    private ElfFile() {}

    /**
     * Refuses what is no whole library for this processor.
     *
     * @param processor as {@link Machine#processor} names it
     */
    static void check(Path file, String processor) {
        if (!Files.isRegularFile(file)) {
            throw refused(file, "is not there: expected a file", "install it");
        }
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer header = read(file, channel, 0, HEADER_BYTES);
            if (header.getInt(0) != MAGIC) {
                throw refused(
                        file,
                        String.format(
                                "is no shared library: it begins with %08x", header.getInt(0)),
                        "install it again");
            }
            boolean known = header.get(4) == CLASS_64 && header.get(5) == LITTLE_ENDIAN;
            int machine = Short.toUnsignedInt(header.getShort(18));
            String madeFor = PROCESSORS.getOrDefault(machine, "processor number " + machine);
            if (!known || !madeFor.equals(processor)) {
                throw refused(
                        file,
                        "was made for "
                                + madeFor
                                + (known ? "" : " in 32 bits or big-endian order")
                                + ": expected "
                                + processor,
                        "install the one for this processor");
            }
            long needed = header.getLong(40) + count(header, 58) * count(header, 60);
            long segments = header.getLong(32);
            for (long i = 0; i < count(header, 56); i++) {
                ByteBuffer segment =
                        read(file, channel, segments + i * count(header, 54), SEGMENT_BYTES);
                needed = Math.max(needed, segment.getLong(8) + segment.getLong(32));
            }
            if (needed > channel.size()) {
                throw cutOff(file, needed, channel.size());
            }
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP, "the C library " + file + " cannot be read (" + e + ")", e);
        }
    }

    private static long count(ByteBuffer header, int at) {
        return Short.toUnsignedLong(header.getShort(at));
    }

    private static ByteBuffer read(Path file, FileChannel channel, long at, int bytes)
            throws IOException {
        ByteBuffer read = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (at >= 0 && read.hasRemaining()) {
            if (channel.read(read, at + read.position()) < 0) {
                break;
            }
        }
        if (read.hasRemaining()) {
            throw cutOff(file, at + bytes, channel.size());
        }
        return read;
    }

    private static GanglionException cutOff(Path file, long needed, long found) {
        return refused(
                file,
                "was cut off: expected at least " + needed + " bytes, found " + found,
                "install it again");
    }

    private static GanglionException refused(Path file, String why, String remedy) {
        return new GanglionException(
                Kind.SETUP, "the C library " + file + " " + why + "; " + remedy);
    }
}
