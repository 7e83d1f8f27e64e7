package dev.ganglion.decider.slots;

/** Where words are, and what of them belongs to a slot. */
final class SlotText {
    /** What may close a sentence or a quotation; not {@code %}, degrees or currencies. */
    private static final String CLOSING = ".,;:!?\u2026\"')]}\u00bb\u201d\u2019";

    private static final String OPENING = "\"'([{\u00ab\u201c\u2018\u201e\u00a1\u00bf";

    private SlotText() {}

    /** {@return whether words are separated here; a no-break space separates, too} */
    static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /**
     * {@return {@code text[start, end)} without the punctuation around it; empty when there is
     * nothing else} A full stop stays after an abbreviation: {@code 7 p.m.}, {@code u. s. d.}
     */
    static String cut(CharSequence text, int start, int end) {
        int from = start;
        int to = end;
        while (from < to && OPENING.indexOf(text.charAt(from)) >= 0) {
            from++;
        }
        while (from < to
                && CLOSING.indexOf(text.charAt(to - 1)) >= 0
                && !endsAbbreviation(text, from, to)) {
            to--;
        }
        return text.subSequence(from, to).toString();
    }

    /** Whether the last letter stands between two full stops, white space aside. */
    private static boolean endsAbbreviation(CharSequence text, int from, int to) {
        if (to - from < 3
                || text.charAt(to - 1) != '.'
                || !Character.isLetter(text.charAt(to - 2))) {
            return false;
        }
        int before = to - 3;
        while (before > from && isSpace(text.charAt(before))) {
            before--;
        }
        return text.charAt(before) == '.';
    }
}
