package dev.ganglion.runtime.generate;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;

/** The text of a grammar, read from its start to its end; says where something is wrong. */
final class GrammarText {
    /** What {@link #peek} gives at the end. */
    static final int END = -1;

    private static final int QUOTED = 24;

    private final String owner;
    private final String text;
    private int position;

    GrammarText(String owner, String text) {
        this.owner = owner;
        this.text = text;
    }

    String owner() {
        return owner;
    }

    int position() {
        return position;
    }

    /** {@return the code point that comes next} */
    int peek() {
        return position < text.length() ? text.codePointAt(position) : END;
    }

    /** {@return the code point that comes after the next} */
    int peekSecond() {
        int second = position < text.length() ? position + Character.charCount(peek()) : position;
        return second < text.length() ? text.codePointAt(second) : END;
    }

    int take() {
        int codePoint = peek();
        if (codePoint != END) {
            position += Character.charCount(codePoint);
        }
        return codePoint;
    }

    boolean takeIf(String wanted) {
        boolean there = text.startsWith(wanted, position);
        if (there) {
            position += wanted.length();
        }
        return there;
    }

    String since(int from) {
        return text.substring(from, position);
    }

    /** Goes over blanks and comments, and over the ends of lines where they mean nothing. */
    void skipBlanks(boolean lines) {
        while (true) {
            int next = peek();
            if (next == '#') {
                while (peek() != END && peek() != '\n' && peek() != '\r') {
                    take();
                }
            } else if (next == ' ' || next == '\t' || lines && (next == '\n' || next == '\r')) {
                take();
            } else {
                return;
            }
        }
    }

    /** {@return that something else was expected here} */
    GanglionException expected(String what) {
        return wrong(position, what + " expected, found " + found());
    }

    private String found() {
        int next = peek();
        if (next == END) {
            return "the end of the text";
        }
        if (next == '\n' || next == '\r') {
            return "the end of the line";
        }
        int end = position;
        while (end < text.length()
                && end < position + QUOTED
                && text.charAt(end) != '\n'
                && text.charAt(end) != '\r') {
            end++;
        }
        return "'" + text.substring(position, end).stripTrailing() + "'";
    }

    /** {@return what is wrong, as a sentence with line and column of a position} */
    GanglionException wrong(int at, String what) {
        int line = 1;
        int start = 0;
        for (int i = 0; i < at; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                start = i + 1;
            }
        }
        int column = text.codePointCount(start, at) + 1;
        return new GanglionException(
                Kind.SETUP,
                owner + ": the grammar at line " + line + ", column " + column + ": " + what);
    }
}
