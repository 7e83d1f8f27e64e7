package dev.ganglion.engine.onnxruntime;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Walks the outline of an ONNX file: which other files would it make the runtime read?
 *
 * <p>The file is a protobuf message {@code ModelProto}. Only the fields on the way to a tensor are
 * entered, everything else is skipped by seeking, so that weights are never read: memory stays at
 * one window whatever the file holds. Names of external files count wherever a tensor can stand, in
 * subgraphs, attributes, functions and training graphs, and whether the tensor says that it uses
 * them or not. Field numbers: onnx.proto of ONNX; encoding: the protobuf encoding guide.
 */
final class OnnxFile {
    private static final int WINDOW_BYTES = 8192;
    private static final int MAX_DEPTH = 100;
    private static final int MAX_NAME_BYTES = 4096;

    private static final int VARINT = 0;
    private static final int EIGHT_BYTES = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FOUR_BYTES = 5;

    private static final int MODEL_IR_VERSION = 1;
    private static final int MODEL_GRAPH = 7;

    /** The messages between a model and the names of its files. */
    private enum Message {
        MODEL,
        GRAPH,
        NODE,
        ATTRIBUTE,
        TENSOR,
        SPARSE_TENSOR,
        FUNCTION,
        TRAINING,
        EXTERNAL_DATA;

        /** {@return the message in a field, null when no tensor can stand below it} */
        @Nullable Message in(long field) {
            return switch (this) {
                case MODEL ->
                        field == MODEL_GRAPH
                                ? GRAPH
                                : field == 20 ? TRAINING : field == 25 ? FUNCTION : null;
                case GRAPH ->
                        field == 1
                                ? NODE
                                : field == 5 ? TENSOR : field == 15 ? SPARSE_TENSOR : null;
                case NODE -> field == 5 ? ATTRIBUTE : null;
                case ATTRIBUTE ->
                        field == 5 || field == 10
                                ? TENSOR
                                : field == 6 || field == 11
                                        ? GRAPH
                                        : field == 22 || field == 23 ? SPARSE_TENSOR : null;
                case TENSOR -> field == 13 ? EXTERNAL_DATA : null;
                case SPARSE_TENSOR -> field == 1 || field == 2 ? TENSOR : null;
                case FUNCTION -> field == 7 ? NODE : field == 11 ? ATTRIBUTE : null;
                case TRAINING -> field == 1 || field == 2 ? GRAPH : null;
                case EXTERNAL_DATA -> null;
            };
        }
    }

    private final Path path;
    private final FileChannel channel;
    private final long size;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
    private final Set<String> locations = new TreeSet<>();
    private long windowStart;
    private long position;
    private boolean hasVersion;
    private boolean hasGraph;

    private OnnxFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.size = channel.size();
        window.limit(0);
    }

    /**
     * {@return the names of the files that hold weights of the model, as the model spells them}
     *
     * @throws GanglionException of kind SETUP when the file is not an intact protobuf with an ONNX
     *     model's version and graph, or cannot be read
     */
    static Set<String> externalLocations(Path path) {
        try (FileChannel channel = FileChannel.open(path)) {
            OnnxFile file = new OnnxFile(path, channel);
            file.walk(Message.MODEL, file.size, 0);
            if (!file.hasVersion || !file.hasGraph) {
                throw file.damaged(file.hasVersion ? "no graph" : "no version");
            }
            return file.locations;
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the weights " + path + " cannot be read (" + e + "); make the file readable",
                    e);
        }
    }

    private void walk(Message message, long end, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw damaged("more than " + MAX_DEPTH + " messages in one another");
        }
        String key = "";
        @Nullable String value = null;
        while (position < end) {
            long tag = varint(end);
            long field = tag >>> 3;
            int wire = (int) (tag & 7);
            if (field == 0 || field > 0x1fffffff) {
                throw damaged("the field number " + field);
            }
            if (wire == LENGTH_DELIMITED) {
                long length = varint(end);
                if (length < 0 || length > end - position) {
                    throw damaged("a field that ends after what holds it");
                }
                long next = position + length;
                @Nullable Message inner = message.in(field);
                if (inner != null) {
                    hasGraph |= message == Message.MODEL && inner == Message.GRAPH;
                    walk(inner, next, depth + 1);
                } else if (message == Message.EXTERNAL_DATA && field == 1) {
                    key = length > MAX_NAME_BYTES ? "" : text((int) length);
                } else if (message == Message.EXTERNAL_DATA && field == 2) {
                    value = length > MAX_NAME_BYTES ? null : text((int) length);
                    if (value == null) {
                        throw damaged("the name of a file of " + length + " bytes");
                    }
                }
                position = next;
            } else if (wire == VARINT) {
                long number = varint(end);
                hasVersion |= message == Message.MODEL && field == MODEL_IR_VERSION && number > 0;
            } else if (wire == EIGHT_BYTES || wire == FOUR_BYTES) {
                position += wire == EIGHT_BYTES ? 8 : 4;
                if (position > end) {
                    throw damaged("a field that ends after what holds it");
                }
            } else {
                throw damaged("the wire type " + wire);
            }
        }
        // The last occurrence of a field counts, so the pair is only known here.
        if (message == Message.EXTERNAL_DATA && key.equals("location")) {
            locations.add(value == null ? "" : value);
        }
    }

    private long varint(long end) throws IOException {
        long number = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (position >= end) {
                throw damaged("a number that ends after what holds it");
            }
            int next = nextByte();
            number |= (long) (next & 0x7f) << shift;
            if ((next & 0x80) == 0) {
                return number;
            }
        }
        throw damaged("a number of more than ten bytes");
    }

    private String text(int length) throws IOException {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = nextByte();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private byte nextByte() throws IOException {
        if (position < windowStart || position >= windowStart + window.limit()) {
            windowStart = position;
            window.clear();
            int read;
            do {
                read = channel.read(window, windowStart + window.position());
            } while (read > 0 && window.hasRemaining());
            window.flip();
            if (window.limit() == 0) {
                throw damaged("an end that came while reading");
            }
        }
        return window.get((int) (position++ - windowStart));
    }

    private GanglionException damaged(String found) {
        return new GanglionException(
                Kind.SETUP,
                "the weights "
                        + path
                        + " are not an intact ONNX file: expected a protobuf message with ir_version"
                        + " and graph, found "
                        + found
                        + " at byte "
                        + position
                        + " of "
                        + size
                        + "; copy or export the file again");
    }
}
