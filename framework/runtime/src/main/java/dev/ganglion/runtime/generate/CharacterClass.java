package dev.ganglion.runtime.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A set of characters as an automaton over the bytes of their UTF-8 forms. Node 0 reads the first
 * byte. Immutable.
 */
final class CharacterClass {
    static final int BYTES = 256;
    static final short NO = -1;

    /** The character is complete. */
    static final short WHOLE = -2;

    private static final int FIRST_SURROGATE = 0xD800;
    private static final int LAST_SURROGATE = 0xDFFF;
    private static final int BITS = 6;

    /** {@code nodes[node * BYTES + byte]}: the next node, {@link #WHOLE} or {@link #NO}. */
    private final short[] nodes;

    private final int hash;

    private CharacterClass(short[] nodes) {
        this.nodes = nodes;
        this.hash = Arrays.hashCode(nodes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CharacterClass that && Arrays.equals(nodes, that.nodes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** {@return the automaton, one row of {@link #BYTES} after the other} */
    short[] nodes() {
        return nodes;
    }

    /**
     * The characters of some ranges. Surrogates are no characters and left out.
     *
     * @param ranges first and last code point of each, in any order
     * @return null when no character is left
     */
    static @Nullable CharacterClass of(List<int[]> ranges, boolean negated) {
        List<int[]> merged = without(merged(ranges), negated);
        return merged.isEmpty() ? null : new CharacterClass(new Builder(merged).build());
    }

    private static List<int[]> merged(List<int[]> ranges) {
        List<int[]> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingInt(range -> range[0]));
        List<int[]> merged = new ArrayList<>();
        for (int[] range : sorted) {
            int[] last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last != null && range[0] <= last[1] + 1) {
                last[1] = Math.max(last[1], range[1]);
            } else {
                merged.add(range.clone());
            }
        }
        return merged;
    }

    /** The ranges or what is between them, less the surrogates. */
    private static List<int[]> without(List<int[]> ranges, boolean negated) {
        List<int[]> chosen = ranges;
        if (negated) {
            chosen = new ArrayList<>();
            int from = 0;
            for (int[] range : ranges) {
                addIfAny(chosen, from, range[0] - 1);
                from = range[1] + 1;
            }
            addIfAny(chosen, from, Character.MAX_CODE_POINT);
        }
        List<int[]> left = new ArrayList<>();
        for (int[] range : chosen) {
            addIfAny(left, range[0], Math.min(range[1], FIRST_SURROGATE - 1));
            addIfAny(left, Math.max(range[0], LAST_SURROGATE + 1), range[1]);
        }
        return left;
    }

    private static void addIfAny(List<int[]> ranges, int first, int last) {
        if (first <= last) {
            ranges.add(new int[] {first, last});
        }
    }

    private static final class Builder {
        private final List<int[]> ranges;
        private final int[] full = {NO, NO, NO, NO};
        private short[] nodes = new short[BYTES];
        private int count;

        /** The code points that have as many bytes as what is built now. */
        private int first;

        private int last;

        Builder(List<int[]> ranges) {
            this.ranges = ranges;
        }

        short[] build() {
            int root = add();
            lead(root, 0x00, 0x7F, 0, 0, 0x7F);
            lead(root, 0xC2, 0xDF, 1, 0x80, 0x7FF);
            lead(root, 0xE0, 0xEF, 2, 0x800, 0xFFFF);
            lead(root, 0xF0, 0xF4, 3, 0x10000, Character.MAX_CODE_POINT);
            return Arrays.copyOf(nodes, count * BYTES);
        }

        private void lead(int root, int from, int to, int more, int least, int most) {
            first = least;
            last = most;
            int mask = more == 0 ? 0x7F : 0x3F >> more;
            for (int lead = from; lead <= to; lead++) {
                int next = tail((lead & mask) << BITS * more, more);
                nodes[root * BYTES + lead] = (short) next;
            }
        }

        /** What reads the rest of the code points from {@code base} on, of so many bytes more. */
        private int tail(int base, int more) {
            int end = base + (1 << BITS * more) - 1;
            int inside = 0;
            for (int[] range : ranges) {
                int from = Math.max(Math.max(range[0], first), base);
                int to = Math.min(Math.min(range[1], last), end);
                inside += Math.max(0, to - from + 1);
            }
            if (inside == 0) {
                return NO;
            }
            if (more == 0) {
                return WHOLE;
            }
            boolean all = inside == end - base + 1;
            if (all && full[more] != NO) {
                return full[more];
            }
            int node = add();
            for (int i = 0; i < 1 << BITS; i++) {
                int next = tail(base + (i << BITS * (more - 1)), more - 1);
                nodes[node * BYTES + 0x80 + i] = (short) next;
            }
            if (all) {
                full[more] = node;
            }
            return node;
        }

        private int add() {
            if ((count + 1) * BYTES > nodes.length) {
                nodes = Arrays.copyOf(nodes, 2 * nodes.length);
            }
            Arrays.fill(nodes, count * BYTES, (count + 1) * BYTES, NO);
            return count++;
        }
    }
}
