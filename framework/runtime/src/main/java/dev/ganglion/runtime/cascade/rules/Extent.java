package dev.ganglion.runtime.cascade.rules;

import java.util.List;
import java.util.Set;

/**
 * What is known of the sentences of a template without trying them: how many words they have, and
 * with which words they begin and end. Saves the trial of nearly all templates.
 */
final class Extent {
    private Extent() {}

    /** {@return the fewest or the most words of a sentence} */
    static int words(Piece piece, boolean most) {
        if (piece instanceof Piece.Word || piece instanceof Piece.AnyWord) {
            return 1;
        }
        if (piece instanceof Piece.Number) {
            return most ? 5 : 1;
        }
        if (piece instanceof Piece.Said said) {
            return words(said.piece(), most);
        }
        if (piece instanceof Piece.Listed listed) {
            return depth(listed.list().root(), most);
        }
        if (piece instanceof Piece.InOrder inOrder) {
            return inOrder.pieces().stream().mapToInt(each -> words(each, most)).sum();
        }
        if (piece instanceof Piece.OneOf oneOf) {
            var counts = oneOf.options().stream().mapToInt(each -> words(each, most));
            return (most ? counts.max() : counts.min()).orElse(0);
        }
        return 0;
    }

    private static int depth(PhraseList.Node node, boolean most) {
        if (!most && node.meaning() != null) {
            return 0;
        }
        var depths = node.all().values().stream().mapToInt(next -> 1 + depth(next, most));
        return (most ? depths.max() : depths.min()).orElse(0);
    }

    /** What {@link #edge} found besides the words. */
    record Edge(boolean anyWord, boolean mayBeEmpty) {}

    /** Collects the words with which a sentence begins, or with which it ends. */
    static Edge edge(Piece piece, boolean atEnd, Set<String> words) {
        if (piece instanceof Piece.Word word) {
            words.add(word.word());
            return new Edge(false, false);
        }
        if (piece instanceof Piece.AnyWord || piece instanceof Piece.Number) {
            return new Edge(true, false);
        }
        if (piece instanceof Piece.Said said) {
            return edge(said.piece(), atEnd, words);
        }
        if (piece instanceof Piece.Listed listed) {
            collect(listed.list().root(), atEnd, words);
            return new Edge(false, false);
        }
        boolean anyWord = false;
        if (piece instanceof Piece.OneOf oneOf) {
            boolean mayBeEmpty = false;
            for (Piece option : oneOf.options()) {
                Edge edge = edge(option, atEnd, words);
                anyWord |= edge.anyWord();
                mayBeEmpty |= edge.mayBeEmpty();
            }
            return new Edge(anyWord, mayBeEmpty);
        }
        if (piece instanceof Piece.InOrder inOrder) {
            List<Piece> pieces = inOrder.pieces();
            for (int i = 0; i < pieces.size(); i++) {
                Edge edge = edge(pieces.get(atEnd ? pieces.size() - 1 - i : i), atEnd, words);
                anyWord |= edge.anyWord();
                if (!edge.mayBeEmpty()) {
                    return new Edge(anyWord, false);
                }
            }
        }
        return new Edge(anyWord, true);
    }

    private static void collect(PhraseList.Node node, boolean atEnd, Set<String> words) {
        node.all()
                .forEach(
                        (word, next) -> {
                            if (!atEnd || next.meaning() != null) {
                                words.add(word);
                            }
                            if (atEnd) {
                                collect(next, true, words);
                            }
                        });
    }
}
