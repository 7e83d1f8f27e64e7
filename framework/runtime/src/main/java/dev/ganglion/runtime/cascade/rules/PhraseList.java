package dev.ganglion.runtime.cascade.rules;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The phrases of a list as a tree of words, so that a list of hundreds costs a few look-ups.
 * Immutable once it was read.
 */
final class PhraseList {
    /**
     * What a phrase stands for.
     *
     * @param value of the parameter that the list fills
     * @param others that the phrase sets besides
     */
    record Meaning(Object value, Map<String, Object> others) {}

    /** What follows after some words. */
    static final class Node {
        private final Map<String, Node> next = new HashMap<>(2);
        private @Nullable Meaning meaning;

        @Nullable Node next(String word) {
            return next.get(word);
        }

        @Nullable Meaning meaning() {
            return meaning;
        }

        Map<String, Node> all() {
            return next;
        }
    }

    private final String name;
    private final Node root = new Node();
    private int phrases;

    PhraseList(String name) {
        this.name = name;
    }

    /** {@return what the phrase stands for already, or null when it was free and is taken now} */
    @Nullable Meaning add(Iterable<String> phrase, Meaning meaning) {
        Node node = root;
        for (String word : phrase) {
            node = node.next.computeIfAbsent(word, none -> new Node());
        }
        if (node.meaning != null) {
            return node.meaning;
        }
        node.meaning = meaning;
        phrases++;
        return null;
    }

    String name() {
        return name;
    }

    Node root() {
        return root;
    }

    int phrases() {
        return phrases;
    }
}
