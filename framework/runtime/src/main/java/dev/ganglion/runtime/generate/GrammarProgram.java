package dev.ganglion.runtime.generate;

import java.util.Arrays;
import java.util.List;

/**
 * A compiled grammar. A place in it is the number of an instruction, or of one of the nodes of its
 * character classes, which come after them and read the later bytes of a character. Immutable once
 * compiled.
 */
final class GrammarProgram {
    /** Reads one byte, {@code first}, and goes on at {@code second}. */
    static final byte BYTE = 0;

    /** Reads a character, beginning at the node {@code first}, and goes on at {@code second}. */
    static final byte CLASS = 1;

    /** Goes on at both. */
    static final byte SPLIT = 2;

    /** Follows the rule at {@code first}, then goes on at {@code second}. */
    static final byte CALL = 3;

    /** The rule is over. */
    static final byte RETURN = 4;

    private byte[] kinds = new byte[64];
    private int[] firsts = new int[64];
    private int[] seconds = new int[64];
    private int size;
    private short[] nodes = {};
    private int[] offsets = {};
    private int start;

    int add(byte kind, int first, int second) {
        if (size == kinds.length) {
            kinds = Arrays.copyOf(kinds, 2 * size);
            firsts = Arrays.copyOf(firsts, 2 * size);
            seconds = Arrays.copyOf(seconds, 2 * size);
        }
        kinds[size] = kind;
        set(size, first, second);
        return size++;
    }

    void set(int place, int first, int second) {
        firsts[place] = first;
        seconds[place] = second;
    }

    /** Ends the compilation. */
    void complete(int newStart, List<CharacterClass> classes) {
        start = newStart;
        int rows = 0;
        for (CharacterClass each : classes) {
            rows += each.nodes().length / CharacterClass.BYTES;
        }
        nodes = new short[rows * CharacterClass.BYTES];
        offsets = new int[rows];
        int row = 0;
        for (CharacterClass each : classes) {
            System.arraycopy(
                    each.nodes(), 0, nodes, row * CharacterClass.BYTES, each.nodes().length);
            int end = row + each.nodes().length / CharacterClass.BYTES;
            Arrays.fill(offsets, row, end, row);
            row = end;
        }
    }

    int start() {
        return start;
    }

    int size() {
        return size;
    }

    byte kind(int place) {
        return kinds[place];
    }

    int first(int place) {
        return firsts[place];
    }

    int second(int place) {
        return seconds[place];
    }

    /** {@return the node after this byte, {@link CharacterClass#WHOLE} or NO} */
    int next(int node, int unsignedByte) {
        int next = nodes[node * CharacterClass.BYTES + unsignedByte];
        return next < 0 ? next : offsets[node] + next;
    }

    /** Notes in a set of 256 bits which bytes a place that reads may read. */
    void addBytes(int place, long[] into) {
        if (place < size && kinds[place] == BYTE) {
            into[firsts[place] >> 6] |= 1L << firsts[place];
            return;
        }
        int row = (place < size ? firsts[place] : place - size) * CharacterClass.BYTES;
        for (int i = 0; i < CharacterClass.BYTES; i++) {
            if (nodes[row + i] != CharacterClass.NO) {
                into[i >> 6] |= 1L << i;
            }
        }
    }
}
