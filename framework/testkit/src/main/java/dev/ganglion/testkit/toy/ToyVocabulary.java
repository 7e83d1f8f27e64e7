package dev.ganglion.testkit.toy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.encode.Vocabulary;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** See {@link ToyTokenizer}. */
final class ToyVocabulary implements Vocabulary {
    static final int BEGIN = 256;
    static final int END = 257;
    static final int SIZE = 258;

    private static final int REPLACEMENT = 0xFFFD;

    @Override
    public int size() {
        return SIZE;
    }

    @Override
    public Stage<CharSequence, Tokens> encoder(int maxTokens, boolean truncate) {
        return new Encoder(maxTokens == 0 ? Integer.MAX_VALUE : maxTokens, truncate);
    }

    @Override
    public Stage<Tokens, CharSequence> decoder() {
        return new Decoder();
    }

    @Override
    public byte[] piece(int id) {
        return id < BEGIN ? new byte[] {(byte) id} : new byte[0];
    }

    private static final class Encoder implements Stage<CharSequence, Tokens> {
        private final int room;
        private final boolean truncate;
        private final StringBuilder text = new StringBuilder();
        private final Tokens tokens = new Tokens();
        private boolean flushed;

        Encoder(int room, boolean truncate) {
            this.room = room;
            this.truncate = truncate;
        }

        @Override
        public void push(CharSequence item, Consumer<? super Tokens> out) {
            startAfterFlush();
            text.append(item);
        }

        /** The last result refers to the text, so it goes only when the next one begins. */
        private void startAfterFlush() {
            if (flushed) {
                text.setLength(0);
                flushed = false;
            }
        }

        @Override
        public void flush(Consumer<? super Tokens> out) {
            startAfterFlush();
            flushed = true;
            tokens.start(text);
            tokens.add(BEGIN, 0, 0);
            for (int start = 0; start < text.length(); ) {
                int point = Character.codePointAt(text, start);
                int end = start + Character.charCount(point);
                boolean alone =
                        point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
                add(alone ? REPLACEMENT : point, start, end);
                start = end;
            }
            int needed = tokens.size() + 1;
            if (needed > room && !truncate) {
                throw new GanglionException(
                        GanglionException.Kind.INPUT,
                        "the text has "
                                + needed
                                + " tokens and the model takes "
                                + room
                                + "; shorten it");
            }
            tokens.truncate(room - 1);
            tokens.add(END, text.length(), text.length());
            out.accept(tokens);
        }

        private void add(int point, int start, int end) {
            if (point < 0x80) {
                tokens.add(point, start, end);
                return;
            }
            int followers = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
            // The first byte starts with one 1 per byte, then a 0: 110, 1110 or 11110.
            int lead = (0xFF00 >> (followers + 1)) & 0xFF;
            tokens.add(lead | point >> 6 * followers, start, end);
            for (int follower = followers - 1; follower >= 0; follower--) {
                tokens.add(0x80 | point >> 6 * follower & 0x3F, start, end);
            }
        }
    }

    private static final class Decoder implements Stage<Tokens, CharSequence> {
        private final CharsetDecoder utf8 =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPLACE)
                        .onUnmappableCharacter(CodingErrorAction.REPLACE);
        private final ByteBuffer bytes = ByteBuffer.allocate(64);
        private final CharBuffer chars = CharBuffer.allocate(64);

        @Override
        public void push(Tokens item, Consumer<? super CharSequence> out) {
            boolean done = false;
            try {
                for (int i = 0; i < item.size(); i++) {
                    int id = item.id(i);
                    if (id < 0 || id >= SIZE) {
                        throw new IllegalArgumentException(
                                "an id from 0 to " + (SIZE - 1) + " expected, found " + id);
                    }
                    if (id < BEGIN) {
                        bytes.put((byte) id);
                        decode(false, out);
                    }
                }
                done = true;
            } finally {
                if (!done) {
                    forget();
                }
            }
        }

        /** Bytes of a character that is not whole yet stay in the buffer. */
        private void decode(boolean last, Consumer<? super CharSequence> out) {
            bytes.flip();
            utf8.decode(bytes, chars, last);
            if (last) {
                utf8.flush(chars);
            }
            bytes.compact();
            chars.flip();
            if (chars.hasRemaining()) {
                out.accept(chars);
            }
            chars.clear();
        }

        @Override
        public void flush(Consumer<? super CharSequence> out) {
            try {
                decode(true, out);
            } finally {
                forget();
            }
        }

        private void forget() {
            utf8.reset();
            bytes.clear();
            chars.clear();
        }
    }
}
