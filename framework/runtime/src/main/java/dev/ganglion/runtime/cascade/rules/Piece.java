package dev.ganglion.runtime.cascade.rules;

import java.util.List;

/** A template taken apart. */
sealed interface Piece {
    /** Nothing at all. */
    Piece NOTHING = new InOrder(List.of());

    /** One word, as {@link Words} writes it. */
    record Word(String word) implements Piece {}

    /** All of them, one after the other. */
    record InOrder(List<Piece> pieces) implements Piece {}

    /** One of them; the earlier is tried first. */
    record OneOf(List<Piece> options) implements Piece {}

    /** What the piece matched becomes the text of a parameter. */
    record Said(String parameter, Piece piece) implements Piece {}

    /** A phrase of a list; its value becomes that of a parameter. */
    record Listed(String parameter, PhraseList list) implements Piece {}

    /** A number of a range; whole unless decimals are allowed. */
    record Number(String parameter, double minimum, double maximum, boolean decimals)
            implements Piece {}

    /** One word, of those that wildcards may take, or of all. */
    record AnyWord(boolean ofAll) implements Piece {}

    /** No word: gives a parameter a value. */
    record Set(String parameter, Object value) implements Piece {}
}
