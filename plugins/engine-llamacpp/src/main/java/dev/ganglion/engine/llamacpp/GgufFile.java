package dev.ganglion.engine.llamacpp;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.model.ModelPackage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The outline of a GGUF file, walked before llama.cpp maps it: touching a mapped part that is not
 * there would end the process.
 *
 * @param file absolute
 * @param sizeBytes of the file
 * @param architecture what its metadata says, or empty
 */
record GgufFile(Path file, long sizeBytes, String architecture) {
    private static final int MAGIC = 0x46554747;
    private static final String ALIGNMENT_KEY = "general.alignment";
    private static final String ARCHITECTURE_KEY = "general.architecture";
    private static final int TEXT = 8;
    private static final int ARRAY = 9;
    private static final int UINT32 = 4;

    /** The bytes of each kind of metadata value; 0 where they vary. */
    private static final int[] VALUE_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    /**
     * For each tensor type of llama.cpp 0.5.0 how many elements a block has, and how many bytes; 0
     * for types that are gone.
     */
    static final int[][] TYPES = {
        {1, 4},
        {1, 2},
        {32, 18},
        {32, 20},
        {0, 0},
        {0, 0},
        {32, 22},
        {32, 24},
        {32, 34},
        {32, 36},
        {256, 84},
        {256, 110},
        {256, 144},
        {256, 176},
        {256, 210},
        {256, 292},
        {256, 66},
        {256, 74},
        {256, 98},
        {256, 50},
        {32, 18},
        {256, 110},
        {256, 82},
        {256, 136},
        {1, 1},
        {1, 2},
        {1, 4},
        {1, 8},
        {1, 8},
        {256, 56},
        {1, 2},
        {0, 0},
        {0, 0},
        {0, 0},
        {256, 54},
        {256, 66},
        {0, 0},
        {0, 0},
        {0, 0},
        {32, 17},
        {64, 36},
        {128, 18},
        {64, 18}
    };

    /**
     * Checks that the weights exist and that each tensor lies within the file.
     *
     * @throws GanglionException of kind SETUP, naming the file
     */
    static GgufFile of(ModelPackage source) {
        String model = "model " + source.id();
        Path file;
        try {
            file = source.weightsFile();
        } catch (IllegalArgumentException e) {
            throw new GanglionException(
                    Kind.SETUP, e.getMessage() + "; list the weights among its files", e);
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new GanglionException(
                    Kind.SETUP,
                    model
                            + " has no weights: expected a readable file "
                            + file
                            + ", found "
                            + (Files.isDirectory(file)
                                    ? "a folder"
                                    : Files.exists(file) ? "no permission to read" : "nothing")
                            + "; install the model again");
        }
        try (FileChannel channel = FileChannel.open(file)) {
            return new Walk(model, file, channel).outline();
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP, model + ": its weights " + file + " cannot be read (" + e + ")", e);
        }
    }

    /** One pass from the beginning of the file to the end of the list of its tensors. */
    private static final class Walk {
        private static final int WINDOW_BYTES = 1 << 16;
        private static final int MOST_NESTED = 4;
        private static final int MOST_AXES = 4;
        private static final int LONGEST_NAME = 256;

        private final String model;
        private final Path file;
        private final FileChannel channel;
        private final long sizeBytes;
        private final ByteBuffer window =
                ByteBuffer.allocate(WINDOW_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);

        /** Where in the file the window ends. */
        private long windowEnd;

        private long alignment = 32;
        private String architecture = "";

        Walk(String model, Path file, FileChannel channel) throws IOException {
            this.model = model;
            this.file = file;
            this.channel = channel;
            sizeBytes = channel.size();
        }

        GgufFile outline() throws IOException {
            int magic = sizeBytes < 4 ? 0 : getInt();
            if (magic != MAGIC) {
                throw refused(
                        sizeBytes == 0
                                ? "is empty: expected a GGUF file"
                                : "is no GGUF file: it does not begin with the letters GGUF");
            }
            int version = getInt();
            if (version != 2 && version != 3) {
                throw refused("has the GGUF version " + version + ": expected 2 or 3");
            }
            long tensors = getLong();
            long entries = getLong();
            for (long i = 0; i < entries; i++) {
                entry();
            }
            long needed = 0;
            for (long i = 0; i < tensors; i++) {
                needed = Math.max(needed, tensorEnd());
            }
            long data = (position() + alignment - 1) / alignment * alignment;
            if (tensors > 0 && needed > sizeBytes - data) {
                throw cutOff(data + needed);
            }
            return new GgufFile(file, sizeBytes, architecture);
        }

        private void entry() throws IOException {
            String key = text();
            int type = getInt();
            if (type == TEXT && key.equals(ARCHITECTURE_KEY)) {
                architecture = text();
            } else if (type == UINT32 && key.equals(ALIGNMENT_KEY)) {
                alignment = Integer.toUnsignedLong(getInt());
                if (Long.bitCount(alignment) != 1) {
                    throw refused(
                            "is damaged: its alignment is "
                                    + alignment
                                    + " bytes, expected a power of two");
                }
            } else {
                value(type, 1, 0);
            }
        }

        private void value(int type, long count, int nested) throws IOException {
            if (type < 0 || type >= VALUE_BYTES.length || nested > MOST_NESTED) {
                throw refused(
                        "is damaged: it has metadata of the kind "
                                + type
                                + ", expected 0 to "
                                + (VALUE_BYTES.length - 1));
            }
            if (type == TEXT) {
                for (long i = 0; i < count; i++) {
                    skip(getLong(), 1);
                }
            } else if (type == ARRAY) {
                for (long i = 0; i < count; i++) {
                    int elements = getInt();
                    value(elements, getLong(), nested + 1);
                }
            } else {
                skip(count, VALUE_BYTES[type]);
            }
        }

        /** {@return where the tensor ends, from where the data begins} */
        private long tensorEnd() throws IOException {
            String name = text();
            int axes = getInt();
            if (axes < 0 || axes > MOST_AXES) {
                throw refused("is damaged: its tensor '" + name + "' has " + axes + " axes");
            }
            long elements = 1;
            try {
                for (int i = 0; i < axes; i++) {
                    long size = getLong();
                    if (size < 0) {
                        throw new ArithmeticException();
                    }
                    elements = Math.multiplyExact(elements, size);
                }
                int type = getInt();
                long offset = getLong();
                if (type < 0 || type >= TYPES.length || TYPES[type][0] == 0) {
                    throw refused(
                            "has a tensor '"
                                    + name
                                    + "' of the type "
                                    + type
                                    + ", which llama.cpp "
                                    + LlamaLibrary.VERSION
                                    + " does not know");
                }
                long blocks = elements / TYPES[type][0];
                long bytes = Math.multiplyExact(blocks, (long) TYPES[type][1]);
                if (offset < 0) {
                    throw new ArithmeticException();
                }
                return Math.addExact(offset, bytes);
            } catch (ArithmeticException tooLarge) {
                throw refused("is damaged: its tensor '" + name + "' is larger than any file");
            }
        }

        private String text() throws IOException {
            long length = getLong();
            if (length < 0 || length > LONGEST_NAME) {
                if (length < 0 || length > sizeBytes - position()) {
                    throw cutOff(position() + Math.max(0, length));
                }
                skip(length, 1);
                return "";
            }
            need((int) length);
            byte[] bytes = new byte[(int) length];
            window.get(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }

        private long position() {
            return windowEnd - window.remaining();
        }

        private void skip(long count, int bytesEach) throws IOException {
            if (count < 0 || count > (sizeBytes - position()) / bytesEach) {
                throw cutOff(position() + Math.max(0, count));
            }
            long target = position() + count * bytesEach;
            if (target <= windowEnd) {
                window.position(window.limit() - (int) (windowEnd - target));
            } else {
                window.limit(0);
                windowEnd = target;
            }
        }

        private void need(int bytes) throws IOException {
            if (window.remaining() < bytes) {
                window.compact();
                while (window.position() < bytes) {
                    int read = channel.read(window, windowEnd);
                    if (read < 0) {
                        throw cutOff(windowEnd + bytes - window.position());
                    }
                    windowEnd += read;
                }
                window.flip();
            }
        }

        private int getInt() throws IOException {
            need(Integer.BYTES);
            return window.getInt();
        }

        private long getLong() throws IOException {
            need(Long.BYTES);
            return window.getLong();
        }

        private GanglionException cutOff(long needed) {
            return refused(
                    "was cut off: expected at least " + needed + " bytes, found " + sizeBytes);
        }

        private GanglionException refused(String why) {
            return new GanglionException(
                    Kind.SETUP,
                    model
                            + ": its weights file "
                            + file
                            + " "
                            + why
                            + "; copy or convert it again");
        }
    }
}
