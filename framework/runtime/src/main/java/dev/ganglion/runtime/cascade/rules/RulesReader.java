package dev.ganglion.runtime.cascade.rules;

import dev.ganglion.runtime.cascade.rules.SentenceRules.Rule;
import dev.ganglion.runtime.cascade.rules.SentenceRules.Sentence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Makes {@link SentenceRules} of a file, and says where it is wrong. */
final class RulesReader {
    private static final int MAX_PHRASES = 5_000;
    private static final Set<String> KEYS =
            new TreeSet<>(Set.of("before", "after", "lists", "phrases", "never", "rules"));

    private final RulesYaml yaml;
    private final Map<String, PhraseList> lists = new LinkedHashMap<>();
    private final Map<String, Node> phraseNodes = new LinkedHashMap<>();
    private final Map<String, Node> shapeNodes = new LinkedHashMap<>();
    private final Map<Node, Piece> parsed = new HashMap<>();
    private final Set<Node> beingParsed = new HashSet<>();
    private final Set<String> never = new HashSet<>();

    RulesReader(RulesYaml yaml) {
        this.yaml = yaml;
    }

    SentenceRules read() {
        Map<String, Node> keys = yaml.map(yaml.root(), "a mapping with the keys " + KEYS);
        for (Map.Entry<String, Node> entry : keys.entrySet()) {
            if (!KEYS.contains(entry.getKey())) {
                throw yaml.wrong(
                        entry.getValue(),
                        "one of the keys " + KEYS + " expected, found '" + entry.getKey() + "'");
            }
        }
        Node rules = keys.get("rules");
        if (rules == null || yaml.list(rules).isEmpty()) {
            throw yaml.wrong(
                    rules == null ? yaml.root() : rules, "'rules', a list, expected, found none");
        }
        // In the order in which they may use each other, which need not be that of the file.
        if (keys.containsKey("never")) {
            for (Node word : yaml.list(keys.get("never"))) {
                never.add(yaml.text(word, "a word"));
            }
        }
        if (keys.containsKey("phrases")) {
            phraseNodes.putAll(yaml.map(keys.get("phrases"), "a mapping of names to templates"));
        }
        if (keys.containsKey("lists")) {
            yaml.map(keys.get("lists"), "a mapping of names to lists").forEach(this::list);
        }
        phraseNodes.values().forEach(this::named);
        shapeNodes.values().forEach(this::named);
        List<Sentence> sentences = new ArrayList<>();
        for (Node rule : yaml.list(rules)) {
            rule(rule, sentences);
        }
        return new SentenceRules(sentences, around(keys, "before"), around(keys, "after"));
    }

    private Piece around(Map<String, Node> keys, String key) {
        return keys.containsKey(key) ? parse(keys.get(key)) : Piece.NOTHING;
    }

    private Piece parse(Node node) {
        return TemplateParser.parse(yaml.text(node, "a template"), new Known(node));
    }

    /** A template that others name; those may stand before it. */
    private Piece named(Node node) {
        Piece known = parsed.get(node);
        if (known != null) {
            return known;
        }
        if (!beingParsed.add(node)) {
            throw yaml.wrong(
                    node,
                    "a template that does not lead back to itself expected, found "
                            + RulesYaml.found(node));
        }
        Piece piece = parse(node);
        beingParsed.remove(node);
        parsed.put(node, piece);
        return piece;
    }

    /** What the file names, for the template at a node. */
    private final class Known implements TemplateParser.Names {
        private final Node at;

        Known(Node at) {
            this.at = at;
        }

        @Override
        public @Nullable Piece phrase(String name) {
            Node node = phraseNodes.get(name);
            return node == null ? null : named(node);
        }

        @Override
        public @Nullable PhraseList list(String name) {
            return lists.get(name);
        }

        @Override
        public @Nullable Piece shape(String name) {
            Node node = shapeNodes.get(name);
            return node == null ? null : named(node);
        }

        @Override
        public RuntimeException refusal(String sentence) {
            return yaml.wrong(at, sentence);
        }

        @Override
        public Collection<String> phrases() {
            return phraseNodes.keySet();
        }

        @Override
        public Collection<String> lists() {
            Set<String> names = new TreeSet<>(lists.keySet());
            names.addAll(shapeNodes.keySet());
            return names;
        }
    }

    private void list(String name, Node node) {
        if (node instanceof ScalarNode) {
            shapeNodes.put(name, node);
            return;
        }
        PhraseList list = new PhraseList(name);
        if (node instanceof MappingNode) {
            yaml.map(node, "a mapping of values to templates")
                    .forEach(
                            (value, template) ->
                                    add(list, template, number(value), parse(template)));
        } else {
            for (Node item : yaml.list(node)) {
                add(list, item, yaml.value(item), parse(item));
            }
        }
        if (list.phrases() == 0) {
            throw yaml.wrong(node, "at least one phrase in the list '" + name + "' expected");
        }
        lists.put(name, list);
    }

    private static Object number(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException notWhole) {
            return text;
        }
    }

    /** All phrases of a template; its only slots are constants. */
    private void add(PhraseList list, Node at, Object value, Piece piece) {
        List<List<Piece>> all = new ArrayList<>(List.of(List.of()));
        all = expand(at, all, piece);
        for (List<Piece> phrase : all) {
            List<String> words = new ArrayList<>();
            Map<String, Object> others = new HashMap<>();
            for (Piece part : phrase) {
                if (part instanceof Piece.Word word) {
                    words.add(word.word());
                } else if (part instanceof Piece.Set set) {
                    others.put(set.parameter(), set.value());
                }
            }
            if (words.isEmpty()) {
                throw yaml.wrong(at, "phrases of at least one word expected, found an empty one");
            }
            PhraseList.Meaning other =
                    list.add(words, new PhraseList.Meaning(value, Map.copyOf(others)));
            if (other != null && !other.value().equals(value)) {
                throw yaml.wrong(
                        at,
                        "one meaning for '"
                                + String.join(" ", words)
                                + "' in the list '"
                                + list.name()
                                + "' expected, found '"
                                + other.value()
                                + "' and '"
                                + value
                                + "'");
            }
        }
    }

    private List<List<Piece>> expand(Node at, List<List<Piece>> heads, Piece piece) {
        List<List<Piece>> expanded = new ArrayList<>();
        if (piece instanceof Piece.InOrder inOrder) {
            expanded = heads;
            for (Piece each : inOrder.pieces()) {
                expanded = expand(at, expanded, each);
            }
        } else if (piece instanceof Piece.OneOf oneOf) {
            for (Piece option : oneOf.options()) {
                expanded.addAll(expand(at, heads, option));
            }
        } else if (piece instanceof Piece.Word || piece instanceof Piece.Set) {
            for (List<Piece> head : heads) {
                List<Piece> longer = new ArrayList<>(head);
                longer.add(piece);
                expanded.add(longer);
            }
        } else {
            throw yaml.wrong(
                    at,
                    "words, groups and {name=value} expected in a phrase of a list, found a slot"
                            + " or *; a list that is one template may have *");
        }
        if (expanded.size() > MAX_PHRASES) {
            throw yaml.wrong(
                    at, "at most " + MAX_PHRASES + " phrases of one template expected, found more");
        }
        return expanded;
    }

    private void rule(Node node, List<Sentence> to) {
        Map<String, Node> keys =
                yaml.map(node, "a rule with 'intent', 'say' and 'reply', or with 'leave',");
        Node left = keys.get("leave");
        if (left != null && keys.size() == 1) {
            Rule none = new Rule(null, Map.of(), new ReplyText(""));
            yaml.list(left).forEach(say -> to.add(sentence(none, say)));
            return;
        }
        Node intent = needed(node, keys, "intent");
        Node says = needed(node, keys, "say");
        Node replied = needed(node, keys, "reply");
        Map<String, Object> constants = new LinkedHashMap<>();
        keys.forEach(
                (key, value) -> {
                    if (!key.equals("intent") && !key.equals("say") && !key.equals("reply")) {
                        constants.put(key, yaml.value(value));
                    }
                });
        Rule rule =
                new Rule(
                        yaml.text(intent, "the name of an intent"),
                        Map.copyOf(constants),
                        reply(replied));
        Set<String> known = new TreeSet<>(constants.keySet());
        for (Node say : yaml.list(says)) {
            to.add(sentence(rule, say));
            parameters(to.get(to.size() - 1).piece(), known);
        }
        for (String name : rule.reply().names()) {
            if (!known.contains(name)) {
                throw yaml.wrong(
                        replied,
                        "a slot of this rule expected in the reply, found {"
                                + name
                                + "}; there are "
                                + known);
            }
        }
    }

    private Node needed(Node rule, Map<String, Node> keys, String key) {
        Node node = keys.get(key);
        if (node == null) {
            throw yaml.wrong(rule, "a rule with '" + key + "' expected, found " + keys.keySet());
        }
        return node;
    }

    private ReplyText reply(Node node) {
        try {
            return new ReplyText(yaml.text(node, "a reply"));
        } catch (IllegalArgumentException e) {
            throw yaml.wrong(node, String.valueOf(e.getMessage()));
        }
    }

    private Sentence sentence(Rule rule, Node say) {
        Piece piece = parse(say);
        String text = yaml.text(say, "a template");
        int fewest = Extent.words(piece, false);
        if (fewest > Words.MAX_WORDS) {
            throw yaml.wrong(
                    say,
                    "a template of at most "
                            + Words.MAX_WORDS
                            + " words expected, found '"
                            + text
                            + "', which needs "
                            + fewest
                            + " and can never match");
        }
        if (Extent.edge(piece, false, new HashSet<>()).mayBeEmpty()) {
            throw yaml.wrong(
                    say, "a template with a word that must be said expected, found '" + text + "'");
        }
        try {
            return new Sentence(
                    rule,
                    piece,
                    Program.of(piece, never),
                    fewest,
                    Extent.words(piece, true),
                    yaml.place(say),
                    text);
        } catch (IllegalArgumentException e) {
            throw yaml.wrong(say, "the template '" + text + "': " + e.getMessage());
        }
    }

    private static void parameters(Piece piece, Set<String> to) {
        if (piece instanceof Piece.Said said) {
            to.add(said.parameter());
            parameters(said.piece(), to);
        } else if (piece instanceof Piece.Listed listed) {
            to.add(listed.parameter());
            hidden(listed.list().root(), to);
        } else if (piece instanceof Piece.Number number) {
            to.add(number.parameter());
        } else if (piece instanceof Piece.Set set) {
            to.add(set.parameter());
        } else if (piece instanceof Piece.InOrder inOrder) {
            inOrder.pieces().forEach(each -> parameters(each, to));
        } else if (piece instanceof Piece.OneOf oneOf) {
            oneOf.options().forEach(each -> parameters(each, to));
        }
    }

    private static void hidden(PhraseList.Node node, Set<String> to) {
        PhraseList.Meaning meaning = node.meaning();
        if (meaning != null) {
            to.addAll(meaning.others().keySet());
        }
        node.all().values().forEach(next -> hidden(next, to));
    }
}
