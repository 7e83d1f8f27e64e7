package dev.ganglion.tokenizer.wordpiece;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The tokens of a vocabulary, all in one byte array by id, found by an open-addressing hash table
 * of ids: some 20 bytes per token. Immutable.
 */
final class Pieces {
    private static final int FACTOR = 31;
    private static final int SPREAD = 0x9E3779B9;
    private static final int EMPTY = -1;

    private final byte[] bytes;

    /** Where in {@link #bytes} the token of each id starts, and the end of the last. */
    private final int[] starts;

    private final int[] table;
    private final int shift;
    private final byte[] prefix;
    private final int prefixHash;
    private final int longest;

    /**
     * Tokens in whatever order the file has them.
     *
     * @param bytes the tokens one after the other
     * @param ends where each ends in {@code bytes}
     * @param ids of each token, all different, each smaller than {@code size}
     * @param inModel how many of them, from the first, can be pieces of words
     * @param prefix what the pieces inside a word start with
     */
    Pieces(byte[] bytes, int[] ends, int[] ids, int size, int inModel, byte[] prefix) {
        this.bytes = new byte[size == 0 ? 0 : ends[size - 1]];
        this.starts = new int[size + 1];
        for (int i = 0; i < size; i++) {
            starts[ids[i] + 1] = ends[i] - (i == 0 ? 0 : ends[i - 1]);
        }
        for (int id = 0; id < size; id++) {
            starts[id + 1] += starts[id];
        }
        this.prefix = prefix;
        this.prefixHash = hash(prefix, 0, prefix.length);
        // Twice to four times as many slots as tokens.
        this.shift = 30 - Integer.numberOfTrailingZeros(Integer.highestOneBit(size | 1));
        this.table = new int[1 << 32 - shift];
        Arrays.fill(table, EMPTY);
        int most = 0;
        for (int i = 0; i < size; i++) {
            int from = i == 0 ? 0 : ends[i - 1];
            int length = ends[i] - from;
            System.arraycopy(bytes, from, this.bytes, starts[ids[i]], length);
            if (i < inModel) {
                most = Math.max(most, length);
                int slot = hash(bytes, from, ends[i]) * SPREAD >>> shift;
                while (table[slot] != EMPTY) {
                    slot = slot + 1 & table.length - 1;
                }
                table[slot] = ids[i];
            }
        }
        this.longest = most;
    }

    /** {@return whether each id from 0 on is there exactly once} */
    static boolean dense(int[] ids, int size) {
        BitSet seen = new BitSet(size);
        for (int i = 0; i < size; i++) {
            if (ids[i] < 0 || ids[i] >= size || seen.get(ids[i])) {
                return false;
            }
            seen.set(ids[i]);
        }
        return true;
    }

    /** {@return how many tokens there are} */
    int size() {
        return starts.length - 1;
    }

    /** {@return how many bytes the longest token has that can be a piece of a word} */
    int longest() {
        return longest;
    }

    /** {@return what {@link #hash(int, byte)} starts from at the start of a word or inside one} */
    int seed(boolean inside) {
        return inside ? prefixHash : 0;
    }

    /** {@return the hash of a text from that of all but its last byte} */
    static int hash(int before, byte last) {
        return before * FACTOR + last;
    }

    private static int hash(byte[] text, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = hash(hash, text[i]);
        }
        return hash;
    }

    /**
     * {@return the id of {@code text[from, to)}, or of the prefix and that, or -1}
     *
     * @param hash of the prefix, if any, and the text
     */
    int find(byte[] text, int from, int to, boolean inside, int hash) {
        int ahead = inside ? prefix.length : 0;
        int slot = hash * SPREAD >>> shift;
        while (true) {
            int id = table[slot];
            if (id == EMPTY) {
                return EMPTY;
            }
            int start = starts[id];
            int end = starts[id + 1];
            if (end - start == ahead + to - from
                    && Arrays.equals(bytes, start + ahead, end, text, from, to)
                    && (ahead == 0
                            || Arrays.equals(bytes, start, start + ahead, prefix, 0, ahead))) {
                return id;
            }
            slot = slot + 1 & table.length - 1;
        }
    }

    /** {@return the id of a token that can be a piece of a word, or -1} */
    int find(byte[] token) {
        return find(token, 0, token.length, false, hash(token, 0, token.length));
    }

    /** Appends the token of an id from {@code skip} bytes on. */
    void append(int id, int skip, StringBuilder into) {
        Utf8.append(bytes, starts[id] + skip, starts[id + 1], into);
    }

    /** {@return whether the token of an id starts with these bytes} */
    boolean startsWith(int id, byte[] start) {
        int from = starts[id];
        int to = from + start.length;
        return to <= starts[id + 1] && Arrays.equals(bytes, from, to, start, 0, start.length);
    }
}
