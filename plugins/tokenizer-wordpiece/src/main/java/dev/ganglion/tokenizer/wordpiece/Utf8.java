package dev.ganglion.tokenizer.wordpiece;

import java.util.Arrays;

/** UTF-8 in arrays, without a string in between. */
final class Utf8 {
    static final int MOST_BYTES = 4;

    private Utf8() {}

    /** Writes a code point that is no surrogate; {@return where the next one goes} */
    static int put(int codePoint, byte[] into, int at) {
        if (codePoint < 0x80) {
            into[at++] = (byte) codePoint;
            return at;
        }
        if (codePoint < 0x800) {
            into[at++] = (byte) (0xC0 | codePoint >> 6);
        } else {
            if (codePoint < 0x10000) {
                into[at++] = (byte) (0xE0 | codePoint >> 12);
            } else {
                into[at++] = (byte) (0xF0 | codePoint >> 18);
                into[at++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
            }
            into[at++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
        }
        into[at++] = (byte) (0x80 | codePoint & 0x3F);
        return at;
    }

    /** {@return the bytes of a text; a surrogate without its other half becomes U+FFFD} */
    static byte[] of(String text) {
        byte[] bytes = new byte[MOST_BYTES * text.length()];
        int size = 0;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            i += Character.charCount(codePoint);
            boolean lone = codePoint >= 0xD800 && codePoint <= 0xDFFF;
            size = put(lone ? 0xFFFD : codePoint, bytes, size);
        }
        return Arrays.copyOf(bytes, size);
    }

    /** Appends what {@code bytes[from, to)} says, which must be whole characters. */
    static void append(byte[] bytes, int from, int to, StringBuilder into) {
        for (int i = from; i < to; ) {
            int first = bytes[i++];
            if (first >= 0) {
                into.append((char) first);
            } else if (first < (byte) 0xE0) {
                into.append((char) ((first & 0x1F) << 6 | bytes[i++] & 0x3F));
            } else if (first < (byte) 0xF0) {
                int high = (first & 0x0F) << 12 | (bytes[i++] & 0x3F) << 6;
                into.append((char) (high | bytes[i++] & 0x3F));
            } else {
                int high = (first & 0x07) << 18 | (bytes[i++] & 0x3F) << 12;
                int low = (bytes[i++] & 0x3F) << 6;
                into.appendCodePoint(high | low | bytes[i++] & 0x3F);
            }
        }
    }
}
