package dev.ganglion.api.data;

import java.util.Arrays;

/**
 * Token ids, each with the part of the text that it stands for. Grows as needed and is reused; one
 * thread at a time.
 *
 * <p>Positions count {@code char}s of {@link #text()}, from inclusive, to exclusive. A special
 * token that stands for no text has the same start and end.
 */
public final class Tokens {
    private CharSequence text = "";
    private int[] ids = new int[64];
    private int[] starts = new int[64];
    private int[] ends = new int[64];
    private int size;

    /**
     * Forgets all tokens and starts on another text, which must not change while the tokens are in
     * use.
     */
    public void start(CharSequence newText) {
        text = newText;
        size = 0;
    }

    /** Adds one token that stands for {@code text[start, end)}. */
    public void add(int id, int start, int end) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
            starts = Arrays.copyOf(starts, 2 * size);
            ends = Arrays.copyOf(ends, 2 * size);
        }
        ids[size] = id;
        starts[size] = start;
        ends[size] = end;
        size++;
    }

    /** Drops the last tokens until {@code newSize} are left. */
    public void truncate(int newSize) {
        size = Math.min(size, newSize);
    }

    /** {@return how many there are} */
    public int size() {
        return size;
    }

    /** {@return the id of a token} */
    public int id(int index) {
        return ids[checked(index)];
    }

    /** {@return where in the text the token starts, in chars} */
    public int start(int index) {
        return starts[checked(index)];
    }

    /** {@return where in the text the token ends, in chars, exclusive} */
    public int end(int index) {
        return ends[checked(index)];
    }

    /** {@return the text that the tokens were made from} */
    public CharSequence text() {
        return text;
    }

    /** {@return a copy of the ids} */
    public int[] ids() {
        return Arrays.copyOf(ids, size);
    }

    private int checked(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("token " + index + " of " + size);
        }
        return index;
    }

    @Override
    public String toString() {
        return Arrays.toString(ids());
    }
}
