package dev.ganglion.runtime.generate;

import java.util.Arrays;

/**
 * Places in a grammar, each with the places where the rules around it go on. Each is kept once and
 * has a number, so that the same place is found again without allocating anything; number 0 is the
 * end of the text.
 */
final class GrammarStacks {
    static final int END = 0;

    private static final int NONE = -1;
    private static final int FACTOR = 0x9E3779B9;

    private int[] places = new int[256];
    private int[] parents = new int[256];
    private int[] table = new int[1024];
    private int size;

    /** The last walk in which each was met. */
    private int[] met = new int[256];

    private int walk;

    GrammarStacks() {
        clear();
    }

    void clear() {
        Arrays.fill(table, NONE);
        Arrays.fill(met, 0);
        walk = 0;
        size = 1;
        places[END] = NONE;
        parents[END] = NONE;
    }

    int size() {
        return size;
    }

    int place(int stack) {
        return places[stack];
    }

    int parent(int stack) {
        return parents[stack];
    }

    /** {@return the number of a place inside of what goes on at {@code parent}} */
    int of(int place, int parent) {
        int slot = slot(place, parent);
        while (table[slot] != NONE) {
            int stack = table[slot];
            if (places[stack] == place && parents[stack] == parent) {
                return stack;
            }
            slot = slot + 1 & table.length - 1;
        }
        if (size == places.length) {
            grow();
            return of(place, parent);
        }
        table[slot] = size;
        places[size] = place;
        parents[size] = parent;
        return size++;
    }

    private int slot(int place, int parent) {
        int hash = (place * FACTOR + parent) * FACTOR;
        return (hash ^ hash >>> 15) & table.length - 1;
    }

    private void grow() {
        places = Arrays.copyOf(places, 2 * size);
        parents = Arrays.copyOf(parents, 2 * size);
        met = Arrays.copyOf(met, 2 * size);
        table = new int[8 * size];
        Arrays.fill(table, NONE);
        for (int stack = 1; stack < size; stack++) {
            int slot = slot(places[stack], parents[stack]);
            while (table[slot] != NONE) {
                slot = slot + 1 & table.length - 1;
            }
            table[slot] = stack;
        }
    }

    /** Starts a walk in which nothing was met yet. */
    void startWalk() {
        if (++walk == Integer.MAX_VALUE) {
            Arrays.fill(met, 0);
            walk = 1;
        }
    }

    /** {@return whether it is met for the first time in this walk} */
    boolean meet(int stack) {
        boolean first = met[stack] != walk;
        met[stack] = walk;
        return first;
    }
}
