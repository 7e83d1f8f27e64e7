package dev.ganglion.runtime.model;

import java.util.List;

/**
 * How a model that generates is asked, as its card says under {@code generate}.
 *
 * @param prompt what it reads, control tokens included, with {@code {text}} where that which was
 *     said belongs; the text itself may hold none of them
 * @param lowercase whether the text is lower-cased before
 * @param start the ids it begins with when it reads no text, such as a model that listens
 * @param stop the ids after which it has said all
 * @param reply the ids after which words follow that no grammar holds
 * @param maxTokens how many tokens an answer has at most
 * @param maxTokensPerSecond for a model that listens, how many tokens an answer has at most for
 *     each second of sound; 0 for no such limit
 * @param grammar the file of the package that says, as GBNF, what it may say; empty for anything
 */
public record Generation(
        String prompt,
        boolean lowercase,
        List<Integer> start,
        List<Integer> stop,
        List<Integer> reply,
        int maxTokens,
        double maxTokensPerSecond,
        String grammar) {
    /** Where the text goes. */
    public static final String TEXT = "{text}";

    /** A model about which nothing is known goes on until nothing more fits. */
    public static final Generation UNKNOWN =
            new Generation(TEXT, false, List.of(), List.of(), List.of(), Integer.MAX_VALUE, 0, "");

    /** Copies the lists. */
    public Generation {
        start = List.copyOf(start);
        stop = List.copyOf(stop);
        reply = List.copyOf(reply);
    }
}
