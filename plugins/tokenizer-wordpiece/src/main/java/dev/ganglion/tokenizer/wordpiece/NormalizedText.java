package dev.ganglion.tokenizer.wordpiece;

import java.util.Arrays;

/**
 * Part of a text in UTF-8, normalized as BERT does, where each byte remembers the chars that it
 * came from. Reused for one text after another; one thread.
 *
 * <p>The steps are those of Hugging Face's BertNormalizer, done char by char: clean, put spaces
 * around ideographs, decompose and sort (NFD), drop the accents, lower the case. Positions follow
 * its rule too: what is inserted belongs to the char before it, and sorted characters take the
 * positions in their new order.
 */
final class NormalizedText {
    /**
     * Which of the steps are done.
     *
     * @param clean whether control characters go and all blanks become spaces
     * @param ideographs whether CJK ideographs get spaces around them
     * @param stripAccents whether text is decomposed and accents dropped
     */
    record Steps(boolean clean, boolean ideographs, boolean stripAccents, boolean lowercase) {
        /** The text as it is. */
        static final Steps NONE = new Steps(false, false, false, false);
    }

    /** A byte that starts a character between words. */
    static final byte SPACE = 1;

    /** A byte that starts a character that is a word of its own. */
    static final byte PUNCTUATION = 2;

    /** A byte inside of a character. */
    static final byte INSIDE = 4;

    /** A byte that starts a character of {@link Characters#WORD}. */
    static final byte WORD = 8;

    private static final int LONE_SURROGATE = 0xFFFD;
    private static final int DROPPED = -1;

    private final Steps steps;

    /** For each ASCII character: its kind and what it becomes, in one short; or DROPPED. */
    private final short[] ascii = new short[128];

    private byte[] bytes = new byte[256];
    private byte[] kinds = new byte[256];
    private int[] starts = new int[256];
    private int[] ends = new int[256];
    private int size;

    /** Combining characters that wait to be sorted, and the chars whose place they take. */
    private int[] held = new int[8];

    private boolean[] heldInserted = new boolean[8];
    private int[] placeStarts = new int[8];
    private int[] placeEnds = new int[8];
    private int heldSize;
    private int places;

    /** Which orders are among those held: bit by bit. */
    private long heldOrders;

    private int lastStart;
    private int lastEnd;

    NormalizedText(Steps steps) {
        this.steps = steps;
        for (int c = 0; c < ascii.length; c++) {
            int flags = Characters.of(c);
            if (steps.clean && (flags & Characters.REMOVED) != 0) {
                ascii[c] = DROPPED;
                continue;
            }
            int to = steps.clean && (flags & Characters.BLANK) != 0 ? ' ' : c;
            if (steps.lowercase && (flags & Characters.LOWERED) != 0) {
                to = Characters.LOWER.to()[Characters.LOWER.indexOf(c)];
            }
            ascii[c] = (short) (kind(Characters.of(to)) << 8 | to);
        }
    }

    /** Replaces what is here by {@code text[from, to)}. */
    void set(char[] text, int from, int to) {
        size = 0;
        for (int i = from; i < to; i++) {
            char c = text[i];
            if (c < 128) {
                int becomes = ascii[c];
                if (becomes != DROPPED) {
                    if (heldSize > 0) {
                        release();
                    }
                    if (size == bytes.length) {
                        grow();
                    }
                    bytes[size] = (byte) becomes;
                    kinds[size] = (byte) (becomes >> 8);
                    starts[size] = i;
                    ends[size] = i + 1;
                    size++;
                }
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < to
                    && Character.isLowSurrogate(text[i + 1])) {
                other(Character.toCodePoint(c, text[i + 1]), i, i + 2);
                i++;
            } else {
                other(Character.isSurrogate(c) ? LONE_SURROGATE : c, i, i + 1);
            }
        }
        if (heldSize > 0) {
            release();
        }
    }

    private void other(int codePoint, int start, int end) {
        int flags = Characters.of(codePoint);
        if (steps.clean) {
            if ((flags & Characters.REMOVED) != 0) {
                return;
            }
            if ((flags & Characters.BLANK) != 0) {
                decompose(' ', start, end);
                return;
            }
        }
        if (steps.ideographs && (flags & Characters.IDEOGRAPH) != 0) {
            decompose(' ', start, end);
            decompose(codePoint, start, end);
            decompose(' ', start, end);
        } else {
            decompose(codePoint, start, end);
        }
    }

    private void decompose(int codePoint, int start, int end) {
        int flags = Characters.of(codePoint);
        if (!steps.stripAccents || (flags & Characters.DECOMPOSED) == 0) {
            arrange(codePoint, false, start, end);
        } else if (codePoint >= Characters.HANGUL_FIRST && codePoint <= Characters.HANGUL_LAST) {
            int index = codePoint - Characters.HANGUL_FIRST;
            arrange(0x1100 + index / 588, false, start, end);
            arrange(0x1161 + index % 588 / 28, true, start, end);
            if (index % 28 != 0) {
                arrange(0x11A7 + index % 28, true, start, end);
            }
        } else {
            int index = Characters.DECOMPOSITION.indexOf(codePoint);
            int first = Characters.DECOMPOSITION.starts()[index];
            int last = Characters.DECOMPOSITION.starts()[index + 1];
            for (int i = first; i < last; i++) {
                arrange(Characters.DECOMPOSITION.to()[i], i > first, start, end);
            }
        }
    }

    /**
     * Holds combining characters back until the next that is none, to sort them.
     *
     * @param inserted whether it takes the place of the character before it, not one of its own
     */
    private void arrange(int codePoint, boolean inserted, int start, int end) {
        int order = steps.stripAccents ? Characters.of(codePoint) >> Characters.ORDER_SHIFT : 0;
        if (order == 0) {
            if (heldSize > 0) {
                release();
            }
            if (!inserted) {
                lastStart = start;
                lastEnd = end;
            }
            finish(codePoint);
            return;
        }
        if (heldSize == held.length) {
            held = Arrays.copyOf(held, 2 * heldSize);
            heldInserted = Arrays.copyOf(heldInserted, 2 * heldSize);
            placeStarts = Arrays.copyOf(placeStarts, 2 * heldSize);
            placeEnds = Arrays.copyOf(placeEnds, 2 * heldSize);
        }
        held[heldSize] = codePoint;
        heldInserted[heldSize] = inserted;
        heldSize++;
        heldOrders |= 1L << order;
        if (!inserted) {
            placeStarts[places] = start;
            placeEnds[places] = end;
            places++;
        }
    }

    /** One pass per order, not a sort by comparing: a text of nothing but accents stays linear. */
    private void release() {
        int place = 0;
        for (long left = heldOrders; left != 0; left &= left - 1) {
            int order = Long.numberOfTrailingZeros(left);
            for (int i = 0; i < heldSize; i++) {
                if (Characters.of(held[i]) >> Characters.ORDER_SHIFT == order) {
                    if (!heldInserted[i]) {
                        lastStart = placeStarts[place];
                        lastEnd = placeEnds[place];
                        place++;
                    }
                    finish(held[i]);
                }
            }
        }
        heldSize = 0;
        places = 0;
        heldOrders = 0;
    }

    private void finish(int codePoint) {
        int flags = Characters.of(codePoint);
        if (steps.stripAccents && (flags & Characters.NONSPACING) != 0) {
            return;
        }
        if (!steps.lowercase || (flags & Characters.LOWERED) == 0) {
            append(codePoint, flags);
            return;
        }
        int index = Characters.LOWER.indexOf(codePoint);
        int last = Characters.LOWER.starts()[index + 1];
        for (int i = Characters.LOWER.starts()[index]; i < last; i++) {
            int lower = Characters.LOWER.to()[i];
            append(lower, Characters.of(lower));
        }
    }

    private void append(int codePoint, int flags) {
        if (size + Utf8.MOST_BYTES > bytes.length) {
            grow();
        }
        int next = Utf8.put(codePoint, bytes, size);
        for (int i = size; i < next; i++) {
            kinds[i] = INSIDE;
            starts[i] = lastStart;
            ends[i] = lastEnd;
        }
        kinds[size] = kind(flags);
        size = next;
    }

    private static byte kind(int flags) {
        return (byte)
                (((flags & Characters.SPACE) != 0 ? SPACE : 0)
                        | ((flags & Characters.PUNCTUATION) != 0 ? PUNCTUATION : 0)
                        | ((flags & Characters.WORD) != 0 ? WORD : 0));
    }

    private void grow() {
        int capacity = 2 * bytes.length;
        bytes = Arrays.copyOf(bytes, capacity);
        kinds = Arrays.copyOf(kinds, capacity);
        starts = Arrays.copyOf(starts, capacity);
        ends = Arrays.copyOf(ends, capacity);
    }

    /** {@return how many bytes there are} */
    int size() {
        return size;
    }

    /** {@return the bytes; the first {@link #size} count} */
    byte[] bytes() {
        return bytes;
    }

    /** {@return for each byte which of {@link #SPACE} and so on it is} */
    byte[] kinds() {
        return kinds;
    }

    /** {@return where in the text that starts, of which the byte at {@code index} is part} */
    int start(int index) {
        return starts[index];
    }

    /**
     * {@return where in the text that ends, exclusive, of which the byte at {@code index} is part}
     */
    int end(int index) {
        return ends[index];
    }

    /** {@return where the character starts that ends at {@code end}} */
    int before(int end) {
        int start = end - 1;
        while (kinds[start] == INSIDE) {
            start--;
        }
        return start;
    }
}
