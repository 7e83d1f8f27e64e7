package dev.ganglion.sensor.text;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.sense.Sensor;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/**
 * Cuts bytes into lines, decodes them as strict UTF-8 and gives them to the sink. All buffers are
 * kept: a line costs one {@link Sample}. One thread at a time.
 *
 * <p>A line ends with a line feed, before which one carriage return is dropped; a byte order mark
 * at the start of line 1 is dropped. Lines of blanks only are no samples, but count as lines.
 */
final class LineReader {
    private static final int CHUNK_BYTES = 16_384;

    /** A byte order mark and a carriage return may come with the line without being part of it. */
    private static final int EXTRA_BYTES = 4;

    private final Sensor.Sink sink;
    private final BooleanSupplier closed;
    private final int maximumLineBytes;
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    private ByteBuffer begun = ByteBuffer.allocate(256);
    private CharBuffer text = CharBuffer.allocate(256);

    private String stream = "";
    private long sequenceOffset;
    private long line = 1;
    private int begunBytes;
    private boolean skipping;

    /**
     * @param closed asked before each line; once it says true no line is given any more
     * @param maximumLineBytes without the end of the line
     */
    LineReader(Sensor.Sink sink, BooleanSupplier closed, int maximumLineBytes) {
        this.sink = sink;
        this.closed = closed;
        this.maximumLineBytes = maximumLineBytes;
    }

    /**
     * Starts, or goes on, with a text.
     *
     * @param newSequenceOffset what is added to the line to get the sample's sequence
     * @param newLine the line at whose start the text stands, from 1
     * @param newSkipping whether it stands inside a line that was already refused for its length
     */
    void begin(String newStream, long newSequenceOffset, long newLine, boolean newSkipping) {
        stream = newStream;
        sequenceOffset = newSequenceOffset;
        line = newLine;
        skipping = newSkipping;
        begunBytes = 0;
    }

    /** {@return an empty buffer with an array, to be filled from its start and then taken} */
    ByteBuffer chunk() {
        return chunk.clear();
    }

    /** Takes what the {@link #chunk()} was filled with. */
    void take(int bytes) {
        byte[] array = chunk.array();
        int start = 0;
        for (int i = 0; i < bytes; i++) {
            if (array[i] == '\n') {
                if (closed.getAsBoolean()) {
                    return;
                }
                endOfLine(start, i);
                start = i + 1;
            }
        }
        keep(start, bytes);
    }

    /** Makes a line of what was begun: the text is over. */
    void finish() {
        if ((begunBytes > 0 || skipping) && !closed.getAsBoolean()) {
            endOfLine(0, 0);
        }
    }

    /** {@return how many bytes of a line are kept that has not ended yet} */
    int begunBytes() {
        return begunBytes;
    }

    /** {@return the stream of the text} */
    String stream() {
        return stream;
    }

    /** {@return the line in which the text stands, from 1} */
    long line() {
        return line;
    }

    /** {@return whether the text stands inside a line that was refused for its length} */
    boolean skipping() {
        return skipping;
    }

    private void endOfLine(int start, int end) {
        if (begunBytes > 0) {
            keep(start, end);
        }
        if (skipping) {
            skipping = false;
        } else if (begunBytes > 0) {
            give(begun, 0, begunBytes);
        } else {
            give(chunk, start, end);
        }
        begunBytes = 0;
        line++;
    }

    private void keep(int start, int end) {
        int bytes = end - start;
        if (bytes == 0 || skipping) {
            return;
        }
        int needed = begunBytes + bytes;
        if (needed > limitBytes()) {
            refuseLength();
            skipping = true;
            begunBytes = 0;
            return;
        }
        if (needed > begun.capacity()) {
            ByteBuffer larger =
                    ByteBuffer.allocate(
                            Math.min(Math.max(needed, 2 * begun.capacity()), limitBytes()));
            System.arraycopy(begun.array(), 0, larger.array(), 0, begunBytes);
            begun = larger;
        }
        System.arraycopy(chunk.array(), start, begun.array(), begunBytes, bytes);
        begunBytes = needed;
    }

    private int limitBytes() {
        return maximumLineBytes + EXTRA_BYTES;
    }

    private void give(ByteBuffer from, int start, int end) {
        long completeNanos = System.nanoTime();
        byte[] bytes = from.array();
        int first = start;
        int stop = end > start && bytes[end - 1] == '\r' ? end - 1 : end;
        if (line == 1 && startsWithByteOrderMark(bytes, first, stop)) {
            first += 3;
        }
        if (stop - first > maximumLineBytes) {
            refuseLength();
            return;
        }
        if (isBlank(bytes, first, stop)) {
            return;
        }
        if (text.capacity() < stop - first) {
            text =
                    CharBuffer.allocate(
                            Math.min(Math.max(stop - first, 2 * text.capacity()), limitBytes()));
        }
        from.limit(stop).position(first);
        text.clear();
        decoder.reset();
        CoderResult result = decoder.decode(from, text, true);
        if (result.isUnderflow()) {
            decoder.flush(text);
            sink.put(
                    new Sample<CharSequence>(
                            stream, sequenceOffset + line, completeNanos, text.flip(), true));
        } else {
            refuseBytes(bytes, first, from.position(), result.length());
        }
    }

    private static boolean startsWithByteOrderMark(byte[] bytes, int start, int end) {
        return end - start >= 3
                && bytes[start] == (byte) 0xEF
                && bytes[start + 1] == (byte) 0xBB
                && bytes[start + 2] == (byte) 0xBF;
    }

    private static boolean isBlank(byte[] bytes, int start, int end) {
        for (int i = start; i < end; i++) {
            if (bytes[i] != ' ' && (bytes[i] < '\t' || bytes[i] > '\r')) {
                return false;
            }
        }
        return true;
    }

    private void refuseLength() {
        refuse(
                "a line of at most "
                        + maximumLineBytes
                        + " bytes was expected and this one is longer; cut it, or raise the option"
                        + " maxLineBytes");
    }

    private void refuseBytes(byte[] bytes, int lineStart, int badStart, int badBytes) {
        StringBuilder hex = new StringBuilder();
        for (int i = badStart; i < badStart + badBytes; i++) {
            hex.append(String.format(" %02X", bytes[i]));
        }
        refuse(
                "text in UTF-8 was expected and byte "
                        + (badStart - lineStart + 1)
                        + " of the line starts"
                        + hex
                        + ", which is not; save the text as UTF-8, for example with 'iconv -f"
                        + " ISO-8859-1 -t UTF-8'");
    }

    private void refuse(String what) {
        sink.failed(
                stream,
                sequenceOffset + line,
                new GanglionException(
                        GanglionException.Kind.INPUT, stream + ":" + line + ": " + what));
    }
}
