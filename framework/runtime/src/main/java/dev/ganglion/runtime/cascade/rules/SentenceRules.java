package dev.ganglion.runtime.cascade.rules;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sentences that are known by heart, from a file such as
 *
 * <pre>
 * before: "please|hey|can you"             # may precede each sentence, again and again; after: likewise
 * lists:
 *   area: [kitchen, living room]           # {area}: one of these phrases
 *   color: {red: "red|crimson"}            # the value, and the phrases that mean it
 *   lamp: "[*2] (lamp|lantern)"            # {name:lamp}: what was said becomes the value
 * phrases:
 *   the: "[the|my]"                        # &lt;the&gt; stands for it
 * never: [timer]                           # words that no wildcard takes
 * rules:
 *   - intent: HassLightSet                 # the action: these keys, and the slots of the template
 *     say:
 *       - "set the light[s] in &lt;the&gt; {area} to {brightness:0-100} percent"
 *       - "make {name:*3} (bright{brightness=100}|dark{brightness=1})"
 *     reply: "Brightness set to {brightness} percent[ in the {area}]."
 *   - leave: "set {name:*} to *"           # sentences that these rules say nothing about
 * </pre>
 *
 * The first template of the file that matches wins. Case, punctuation and contractions do not
 * matter, numbers may be spelled out. A slot whose name begins with {@code _} is for the reply and
 * no part of the action. Immutable, safe for any number of threads; a text of more than 300
 * characters or 40 words matches nothing, and the work on a text is at most the templates' size
 * times its words.
 */
public final class SentenceRules {
    /**
     * What the templates of one entry mean; without an intent they are left to who is asked next.
     */
    record Rule(@Nullable String intent, Map<String, Object> constants, ReplyText reply) {}

    /** A template, ready to be tried. */
    record Sentence(
            Rule rule,
            Piece piece,
            Program program,
            int fewest,
            int most,
            String place,
            String text) {}

    private final List<Sentence> sentences;
    private final @Nullable Program before;
    private final @Nullable Program after;
    private final Edges beforeEdge;
    private final Edges afterEdge;
    private final Edges[] ends;
    private final Map<String, int[]> byFirstWord = new HashMap<>();
    private final int[] anyFirstWord;

    /** With which words something may begin or end; null: with any. */
    private record Edges(@Nullable Set<String> words) {
        static Edges of(Piece piece, boolean atEnd) {
            Set<String> words = new HashSet<>();
            return new Edges(Extent.edge(piece, atEnd, words).anyWord() ? null : words);
        }

        boolean take(String word) {
            return words == null || words.contains(word);
        }
    }

    /** Rules whose parts were checked. */
    SentenceRules(List<Sentence> sentences, Piece before, Piece after) {
        this.sentences = List.copyOf(sentences);
        this.before = before == Piece.NOTHING ? null : Program.of(before, Set.of());
        this.after = after == Piece.NOTHING ? null : Program.of(after, Set.of());
        this.beforeEdge = Edges.of(before, false);
        this.afterEdge = Edges.of(after, false);
        this.ends = new Edges[sentences.size()];
        List<Integer> any = new ArrayList<>();
        Map<String, List<Integer>> first = new HashMap<>();
        for (int i = 0; i < ends.length; i++) {
            ends[i] = Edges.of(sentences.get(i).piece(), true);
            Set<String> words = Edges.of(sentences.get(i).piece(), false).words();
            if (words == null) {
                any.add(i);
            } else {
                for (String word : words) {
                    first.computeIfAbsent(word, none -> new ArrayList<>()).add(i);
                }
            }
        }
        this.anyFirstWord = sorted(any);
        first.forEach(
                (word, those) -> {
                    those.addAll(any);
                    byFirstWord.put(word, sorted(those));
                });
    }

    private static int[] sorted(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    /**
     * Reads a file of rules.
     *
     * @throws GanglionException of kind SETUP naming the file, the line, what was expected and what
     *     was found, when it cannot be read, or a template can match nothing
     */
    public static SentenceRules read(Path file) {
        return new RulesReader(RulesYaml.read("the sentence rules", file)).read();
    }

    /**
     * {@return what the text means, sure and with confidence 1, or null when no template matches}
     */
    public @Nullable Match match(CharSequence text) {
        return match(text, sentences.size());
    }

    private @Nullable Match match(CharSequence text, int onlyFirst) {
        Words words = Words.of(text);
        Program.Run run = new Program.Run(sentences.get(0).program(), words);
        int from = withoutBefore(run, words);
        int end = withoutAfter(run, words, from);
        if (from >= end) {
            return null;
        }
        String last = words.word(end - 1);
        for (int index : byFirstWord.getOrDefault(words.word(from), anyFirstWord)) {
            Sentence each = sentences.get(index);
            if (index >= onlyFirst) {
                return null;
            }
            if (end - from >= each.fewest()
                    && end - from <= each.most()
                    && ends[index].take(last)
                    && run.matches(each.program(), from, end)) {
                return result(each.rule(), run.values());
            }
        }
        return null;
    }

    private static @Nullable Match result(Rule rule, Map<String, Object> values) {
        String intent = rule.intent();
        if (intent == null) {
            return null;
        }
        rule.constants().forEach(values::putIfAbsent);
        String reply = rule.reply().fill(values);
        values.keySet().removeIf(name -> name.startsWith("_"));
        return new Match(new Decision(intent, values, 1, true), reply);
    }

    /** Where the sentence begins; at least one word of a text is left. */
    private int withoutBefore(Program.Run run, Words words) {
        int from = 0;
        if (before != null) {
            for (int end = from + 1; end < words.count() && end <= from + 5; end++) {
                if (beforeEdge.take(words.word(from)) && run.matches(before, from, end)) {
                    from = end;
                }
            }
        }
        return from;
    }

    private int withoutAfter(Program.Run run, Words words, int from) {
        int end = words.count();
        if (after != null) {
            for (int start = end - 1; start > from && start >= end - 5; start--) {
                if (afterEdge.take(words.word(start)) && run.matches(after, start, end)) {
                    end = start;
                }
            }
        }
        return end;
    }

    /**
     * The templates that seem to be of no use, because those before them answer their sentences:
     * each as a sentence for whoever wrote the file. Tries up to a hundred sentences of every
     * template, so a template of which only a rare sentence is its own may be listed, too. Takes
     * some milliseconds per template.
     */
    public List<String> shadowed() {
        List<String> shadowed = new ArrayList<>();
        for (int i = 0; i < sentences.size(); i++) {
            Sentence each = sentences.get(i);
            SampleSentences samples = new SampleSentences(each.piece());
            boolean own = false;
            for (int sample = 0; sample < SampleSentences.COUNT && !own; sample++) {
                own = match(samples.next(), i) == null;
            }
            if (!own) {
                shadowed.add(
                        each.place()
                                + ": a template that says something new expected, found '"
                                + each.text()
                                + "', whose sentences match templates above it; remove it or move"
                                + " it up");
            }
        }
        return shadowed;
    }
}
