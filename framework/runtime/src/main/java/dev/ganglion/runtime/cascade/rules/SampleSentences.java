package dev.ganglion.runtime.cascade.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Sentences that a template matches; the same ones each time. */
final class SampleSentences {
    /** How many are tried. */
    static final int COUNT = 100;

    private final Piece template;
    private final Random random = new Random(7);

    SampleSentences(Piece template) {
        this.template = template;
    }

    String next() {
        StringBuilder sentence = new StringBuilder();
        say(template, sentence);
        return sentence.toString();
    }

    private void say(Piece piece, StringBuilder to) {
        if (piece instanceof Piece.Word word) {
            to.append(word.word()).append(' ');
        } else if (piece instanceof Piece.AnyWord) {
            to.append("qx").append(random.nextInt(90)).append(' ');
        } else if (piece instanceof Piece.Number number) {
            long low = (long) Math.ceil(number.minimum());
            long high = Math.max(low, (long) Math.min(low + 999, number.maximum()));
            to.append(low + random.nextInt((int) (high - low) + 1)).append(' ');
        } else if (piece instanceof Piece.Said said) {
            say(said.piece(), to);
        } else if (piece instanceof Piece.Listed listed) {
            phrase(listed.list().root(), to);
        } else if (piece instanceof Piece.InOrder inOrder) {
            inOrder.pieces().forEach(each -> say(each, to));
        } else if (piece instanceof Piece.OneOf oneOf) {
            say(oneOf.options().get(random.nextInt(oneOf.options().size())), to);
        }
    }

    private void phrase(PhraseList.Node node, StringBuilder to) {
        if (node.all().isEmpty() || (node.meaning() != null && random.nextBoolean())) {
            return;
        }
        List<Map.Entry<String, PhraseList.Node>> next = new ArrayList<>(node.all().entrySet());
        Map.Entry<String, PhraseList.Node> word = next.get(random.nextInt(next.size()));
        to.append(word.getKey()).append(' ');
        phrase(word.getValue(), to);
    }
}
