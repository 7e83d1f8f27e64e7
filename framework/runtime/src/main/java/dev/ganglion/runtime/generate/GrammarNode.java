package dev.ganglion.runtime.generate;

import java.util.List;

/** A part of a grammar as it was written. */
sealed interface GrammarNode {
    /** These bytes, one after the other. */
    record Literal(byte[] bytes) implements GrammarNode {}

    /** One character of some. */
    record OneOf(CharacterClass characters) implements GrammarNode {}

    /**
     * What another rule says.
     *
     * @param position where in the text it is named
     */
    record Reference(String rule, int position) implements GrammarNode {}

    /** All of these in order; none of them is nothing. */
    record Sequence(List<GrammarNode> parts) implements GrammarNode {}

    /** One of these. */
    record Choice(List<GrammarNode> alternatives) implements GrammarNode {}

    /**
     * The same several times.
     *
     * @param most {@link #UNLIMITED} for any number
     */
    record Repeat(GrammarNode part, int least, int most) implements GrammarNode {
        static final int UNLIMITED = Integer.MAX_VALUE;
    }
}
