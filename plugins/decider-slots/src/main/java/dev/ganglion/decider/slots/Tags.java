package dev.ganglion.decider.slots;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the classes of the slot tensor mean, in BIO notation: {@code B-x} begins a slot of type x,
 * {@code I-x} goes on with it, {@code O} is outside.
 */
final class Tags {
    private final @Nullable String[] types;
    private final boolean[] begins;

    private Tags(@Nullable String[] types, boolean[] begins) {
        this.types = types;
        this.begins = begins;
    }

    /**
     * Reads the labels.
     *
     * @throws IllegalArgumentException naming the first label that is not in BIO notation
     */
    static Tags of(List<String> labels) {
        @Nullable String[] types = new @Nullable String[labels.size()];
        boolean[] begins = new boolean[labels.size()];
        for (int i = 0; i < types.length; i++) {
            String label = labels.get(i);
            begins[i] = label.startsWith("B-");
            if (label.length() > 2 && (begins[i] || label.startsWith("I-"))) {
                // The same object for B-x and I-x, so that types can be compared by identity.
                types[i] = label.substring(2).intern();
            } else if (!label.equals("O")) {
                throw new IllegalArgumentException(label);
            }
        }
        return new Tags(types, begins);
    }

    /** {@return the type of the slot, or null outside; the same object for the same type} */
    @Nullable String type(int tag) {
        return types[tag];
    }

    /** {@return whether a slot begins here in any case} */
    boolean begins(int tag) {
        return begins[tag];
    }
}
