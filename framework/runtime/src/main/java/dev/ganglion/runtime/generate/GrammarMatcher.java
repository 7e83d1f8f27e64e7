package dev.ganglion.runtime.generate;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Follows what one stream says through a {@link Grammar}. One thread; allocates nothing once it has
 * seen as many places as the grammar has, as long as its rules do not lie deeper and deeper inside
 * one another.
 *
 * <p>Pieces are bytes of UTF-8; a character may be cut between two. Where the grammar may end, a
 * piece without bytes (a control token) ends it: what comes after is free.
 */
public final class GrammarMatcher {
    private static final int MOST_STACKS = 1 << 18;
    private static final int MOST_FORCED = 1024;
    private static final int WORDS = 4;

    private final GrammarProgram program;
    private final GrammarStacks stacks = new GrammarStacks();
    private int[] todo = new int[64];

    /** Where the text may be: places that read. Two spare sets are for looking ahead. */
    private Places current = new Places();

    private Places ahead = new Places();
    private Places spare = new Places();

    /** The set of bytes that may come next; made when it is asked for. */
    private final long[] bytes = new long[WORDS];

    private boolean bytesKnown;
    private boolean over;

    private static final class Places {
        int[] stacks = new int[64];
        int size;

        /** Whether the text may end here. */
        boolean ends;
    }

    GrammarMatcher(GrammarProgram program) {
        this.program = program;
        reset();
    }

    /** Starts another text. */
    public void reset() {
        if (stacks.size() > MOST_STACKS) {
            stacks.clear();
        }
        begin(current);
        follow(stacks.of(program.start(), GrammarStacks.END), current);
        bytesKnown = false;
        over = false;
    }

    /**
     * {@return whether a piece may follow; nothing moves} Without bytes it may where the text may
     * end.
     */
    public boolean accepts(byte[] piece) {
        if (over) {
            return true;
        }
        if (piece.length == 0) {
            return current.ends;
        }
        return mayFollow(piece[0]) && (piece.length == 1 || lookAhead(piece));
    }

    /**
     * Goes on over a piece.
     *
     * @throws IllegalArgumentException when it may not follow; nothing has moved
     */
    public void take(byte[] piece) {
        if (over) {
            return;
        }
        if (piece.length == 0 ? !current.ends : !lookAhead(piece)) {
            throw new IllegalArgumentException(
                    "a piece that the grammar allows expected, found '"
                            + new String(piece, StandardCharsets.UTF_8)
                            + "'; ask accepts() first");
        }
        if (piece.length == 0) {
            over = true;
        } else {
            Places before = current;
            current = ahead;
            ahead = before;
            bytesKnown = false;
        }
    }

    /** {@return whether the text may end here} */
    public boolean mayEnd() {
        return over || current.ends;
    }

    /** {@return whether nothing but the end can follow} */
    public boolean mustEnd() {
        return !over && current.ends && current.size == 0;
    }

    /** {@return whether the grammar was ended by a piece without bytes, so that all may follow} */
    public boolean isOver() {
        return over;
    }

    /**
     * {@return the bytes that must follow, as far as there is only one way, whole characters, at
     * most some 1000; empty when there are several or the text may end} Allocates.
     */
    public byte[] forced() {
        byte[] found = new byte[64];
        int size = 0;
        copy(current, ahead);
        long[] next = new long[WORDS];
        while (!over && !ahead.ends && size < MOST_FORCED) {
            Arrays.fill(next, 0);
            collectBytes(ahead, next);
            int only = only(next);
            if (only < 0) {
                break;
            }
            if (size == found.length) {
                found = Arrays.copyOf(found, 2 * size);
            }
            found[size++] = (byte) only;
            step(ahead, (byte) only, spare);
            swapAhead();
        }
        return Arrays.copyOf(found, wholeCharacters(found, size));
    }

    private static int only(long[] set) {
        int found = -1;
        for (int word = 0; word < WORDS; word++) {
            if (set[word] != 0) {
                if (found >= 0 || Long.bitCount(set[word]) > 1) {
                    return -1;
                }
                found = 64 * word + Long.numberOfTrailingZeros(set[word]);
            }
        }
        return found;
    }

    /** A character of which only the first bytes are known is left out. */
    private static int wholeCharacters(byte[] bytes, int size) {
        int start = size;
        while (start > 0 && (bytes[start - 1] & 0xC0) == 0x80) {
            start--;
        }
        if (start == 0 || bytes[start - 1] >= 0) {
            return size;
        }
        int lead = bytes[start - 1] & 0xFF;
        int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        return size - (start - 1) < length ? start - 1 : size;
    }

    private boolean mayFollow(byte first) {
        if (!bytesKnown) {
            Arrays.fill(bytes, 0);
            collectBytes(current, bytes);
            bytesKnown = true;
        }
        int unsigned = first & 0xFF;
        return (bytes[unsigned >> 6] >>> unsigned & 1) != 0;
    }

    private void collectBytes(Places from, long[] into) {
        for (int i = 0; i < from.size; i++) {
            program.addBytes(stacks.place(from.stacks[i]), into);
        }
    }

    /** Leaves in {@link #ahead} where the text may be after the piece; {@return if anywhere} */
    private boolean lookAhead(byte[] piece) {
        step(current, piece[0], ahead);
        for (int i = 1; i < piece.length; i++) {
            if (ahead.size == 0) {
                return false;
            }
            step(ahead, piece[i], spare);
            swapAhead();
        }
        return ahead.size > 0 || ahead.ends;
    }

    private void swapAhead() {
        Places before = ahead;
        ahead = spare;
        spare = before;
    }

    private static void copy(Places from, Places to) {
        if (to.stacks.length < from.size) {
            to.stacks = new int[from.stacks.length];
        }
        System.arraycopy(from.stacks, 0, to.stacks, 0, from.size);
        to.size = from.size;
        to.ends = from.ends;
    }

    private void begin(Places into) {
        into.size = 0;
        into.ends = false;
        stacks.startWalk();
    }

    private void step(Places from, byte read, Places into) {
        int unsigned = read & 0xFF;
        begin(into);
        for (int i = 0; i < from.size; i++) {
            int stack = from.stacks[i];
            int place = stacks.place(stack);
            int parent = stacks.parent(stack);
            if (place >= program.size()) {
                int node = program.next(place - program.size(), unsigned);
                if (node == CharacterClass.WHOLE) {
                    follow(parent, into);
                } else if (node >= 0) {
                    follow(stacks.of(program.size() + node, parent), into);
                }
            } else if (program.kind(place) == GrammarProgram.BYTE) {
                if (program.first(place) == unsigned) {
                    follow(stacks.of(program.second(place), parent), into);
                }
            } else {
                int node = program.next(program.first(place), unsigned);
                if (node != CharacterClass.NO) {
                    int after = stacks.of(program.second(place), parent);
                    follow(
                            node == CharacterClass.WHOLE
                                    ? after
                                    : stacks.of(program.size() + node, after),
                            into);
                }
            }
        }
    }

    /** Adds all places that read which are reached from here without reading. */
    private void follow(int start, Places into) {
        int waiting = 0;
        todo[waiting++] = start;
        while (waiting > 0) {
            int stack = todo[--waiting];
            if (!stacks.meet(stack)) {
                continue;
            }
            if (waiting + 2 > todo.length) {
                todo = Arrays.copyOf(todo, 2 * todo.length);
            }
            if (stack == GrammarStacks.END) {
                into.ends = true;
                continue;
            }
            int place = stacks.place(stack);
            int parent = stacks.parent(stack);
            byte kind = place < program.size() ? program.kind(place) : GrammarProgram.CLASS;
            switch (kind) {
                case GrammarProgram.SPLIT -> {
                    todo[waiting++] = stacks.of(program.second(place), parent);
                    todo[waiting++] = stacks.of(program.first(place), parent);
                }
                case GrammarProgram.CALL -> {
                    int after = program.second(place);
                    // What only returns need not be remembered: a list in a list stays as deep.
                    boolean last = program.kind(after) == GrammarProgram.RETURN;
                    int outer = last ? parent : stacks.of(after, parent);
                    todo[waiting++] = stacks.of(program.first(place), outer);
                }
                case GrammarProgram.RETURN -> todo[waiting++] = parent;
                default -> add(stack, into);
            }
        }
    }

    private static void add(int stack, Places into) {
        if (into.size == into.stacks.length) {
            into.stacks = Arrays.copyOf(into.stacks, 2 * into.size);
        }
        into.stacks[into.size++] = stack;
    }
}
