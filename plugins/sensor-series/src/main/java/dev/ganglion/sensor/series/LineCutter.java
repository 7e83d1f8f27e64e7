package dev.ganglion.sensor.series;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cuts bytes into lines and decodes them as strict UTF-8. All buffers are kept. One thread at a
 * time.
 *
 * <p>A line ends with a line feed, before which a carriage return is dropped, as is a byte order
 * mark at the start of line 1. Lines of blanks only are counted and not given.
 */
final class LineCutter {
    /** The longest line; a sensor that does not end its lines does not fill the memory. */
    static final int LONGEST_BYTES = 65_536;

    /** Where lines go. */
    interface Lines {
        /**
         * A line.
         *
         * @param text has room for one more character
         */
        void line(long number, char[] text, int length);

        /** A line that is none; says what is wrong, as the end of a sentence. */
        void unreadable(long number, String what);

        /** {@return whether no line is wanted any more} */
        boolean isClosed();
    }

    private final Lines lines;
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);
    private ByteBuffer begun = ByteBuffer.allocate(256);
    private CharBuffer text = CharBuffer.allocate(256);
    private long number;
    private boolean skipping;

    LineCutter(Lines lines) {
        this.lines = lines;
    }

    /** Starts another text, at its line 1. */
    void begin() {
        begun.clear();
        number = 0;
        skipping = false;
    }

    /** Forgets the line that was begun: the next byte begins another one. */
    void dropLine() {
        begun.clear();
        skipping = false;
    }

    /** Forgets the line that was begun, and passes over what is left of it. */
    void skipLine() {
        begun.clear();
        skipping = true;
    }

    /** {@return the number of the line that was given last, from 1} */
    long number() {
        return number;
    }

    /** Takes the first bytes of a buffer. */
    void take(byte[] bytes, int count) {
        int start = 0;
        for (int i = 0; i < count && !lines.isClosed(); i++) {
            if (bytes[i] == '\n') {
                keep(bytes, start, i);
                endOfLine();
                start = i + 1;
            }
        }
        keep(bytes, start, count);
    }

    /** Makes a line of what was begun: the text is over. */
    void finish() {
        if (begun.position() > 0 && !lines.isClosed()) {
            endOfLine();
        }
    }

    private void keep(byte[] bytes, int start, int end) {
        int count = end - start;
        if (skipping || count == 0) {
            return;
        }
        if (begun.position() + count > LONGEST_BYTES) {
            skipping = true;
            begun.clear();
            lines.unreadable(
                    number + 1,
                    "a line of at most "
                            + LONGEST_BYTES
                            + " bytes was expected and this one is longer; end lines with a line"
                            + " feed");
            return;
        }
        if (begun.remaining() < count) {
            int larger = Math.max(begun.position() + count, 2 * begun.capacity());
            begun =
                    ByteBuffer.wrap(Arrays.copyOf(begun.array(), larger))
                            .position(begun.position());
        }
        begun.put(bytes, start, count);
    }

    private void endOfLine() {
        number++;
        if (skipping) {
            skipping = false;
            begun.clear();
            return;
        }
        begun.flip();
        give();
        begun.clear();
    }

    private void give() {
        int end = begun.limit();
        if (end > 0 && begun.get(end - 1) == '\r') {
            begun.limit(end - 1);
        }
        if (number == 1
                && begun.remaining() >= 3
                && begun.get(0) == (byte) 0xEF
                && begun.get(1) == (byte) 0xBB
                && begun.get(2) == (byte) 0xBF) {
            begun.position(3);
        }
        if (isBlank()) {
            return;
        }
        // One more, for the parser ends the line itself.
        if (text.capacity() <= begun.remaining()) {
            text = CharBuffer.allocate(Math.max(begun.remaining() + 1, 2 * text.capacity()));
        }
        text.clear();
        decoder.reset();
        if (decoder.decode(begun, text, true).isError()) {
            lines.unreadable(
                    number, "text in UTF-8 was expected and the line is not; save it as UTF-8");
            return;
        }
        decoder.flush(text);
        lines.line(number, text.array(), text.position());
    }

    private boolean isBlank() {
        for (int i = begun.position(); i < begun.limit(); i++) {
            byte b = begun.get(i);
            if (b != ' ' && (b < '\t' || b > '\r')) {
                return false;
            }
        }
        return true;
    }
}
