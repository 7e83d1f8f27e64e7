package dev.ganglion.tokenizer.wordpiece;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that are looked for in the text before it is cut into words: {@code [MASK]} written by a
 * user is one. Immutable.
 */
final class AddedTokens {
    /**
     * One of them.
     *
     * @param content what is looked for, in UTF-8
     * @param singleWord whether it must not be part of a longer word
     * @param leftStrip whether it swallows the spaces before it
     * @param rightStrip whether it swallows the spaces behind it
     */
    record Added(
            int id, byte[] content, boolean singleWord, boolean leftStrip, boolean rightStrip) {}

    /** By falling length, for the longest wins. */
    private final Added[] tokens;

    /** Whether a token starts with the ASCII character. */
    private final boolean[] firsts = new boolean[128];

    /** Whether a token starts with another character. */
    private final boolean foreign;

    AddedTokens(List<Added> added) {
        tokens = added.toArray(Added[]::new);
        Arrays.sort(tokens, (a, b) -> Integer.compare(b.content.length, a.content.length));
        boolean others = false;
        for (Added token : tokens) {
            byte first = token.content[0];
            if (first >= 0) {
                firsts[first] = true;
            } else {
                others = true;
            }
        }
        foreign = others;
    }

    boolean isEmpty() {
        return tokens.length == 0;
    }

    /** {@return whether one of them may be in the text: false is sure} */
    boolean mayBeIn(char[] text, int length) {
        for (int i = 0; i < length; i++) {
            char c = text[i];
            if (c < 128 ? firsts[c] : foreign) {
                return true;
            }
        }
        return false;
    }

    /** {@return the longest that starts at a byte of the text, or null} */
    @Nullable Added at(NormalizedText text, int from) {
        byte[] bytes = text.bytes();
        byte first = bytes[from];
        if (first < 0 ? foreign : firsts[first]) {
            for (Added token : tokens) {
                int to = from + token.content.length;
                if (to <= text.size()
                        && Arrays.equals(bytes, from, to, token.content, 0, token.content.length)) {
                    return token;
                }
            }
        }
        return null;
    }
}
