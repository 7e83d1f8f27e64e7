package dev.ganglion.runtime.generate;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns what the rules say into instructions, each part from its end to its start. */
final class GrammarCompiler {
    private static final String ROOT = "root";
    private static final int MOST_INSTRUCTIONS = 1_000_000;

    /** The one instruction that ends all rules. */
    private static final int RETURN = 0;

    private final GrammarText text;
    private final Map<String, GrammarNode> rules;
    private final GrammarProgram program = new GrammarProgram();
    private final List<CharacterClass> classes = new ArrayList<>();
    private final Map<CharacterClass, Integer> classNodes = new HashMap<>();
    private int nodes;

    /** Where each rule begins that was compiled, and those that are named and wait. */
    private final Map<String, Integer> entries = new HashMap<>();

    private final Map<String, List<Integer>> calls = new LinkedHashMap<>();
    private final Deque<String> waiting = new ArrayDeque<>();
    private final Set<String> nullable = new HashSet<>();
    private final Set<String> checked = new HashSet<>();

    GrammarCompiler(GrammarText text, Map<String, GrammarNode> rules) {
        this.text = text;
        this.rules = rules;
    }

    GrammarProgram compile() {
        if (!rules.containsKey(ROOT)) {
            throw new GanglionException(
                    Kind.SETUP,
                    text.owner()
                            + ": the grammar needs a rule 'root', which says what a whole text is; it"
                            + " has: "
                            + (rules.isEmpty() ? "none" : String.join(", ", rules.keySet())));
        }
        rules.values().forEach(this::requireRules);
        findNullable();
        for (String rule : rules.keySet()) {
            refuseLeftRecursion(rule, new ArrayList<>());
        }
        program.add(GrammarProgram.RETURN, 0, 0);
        int start = compile(rule(ROOT), RETURN);
        entries.put(ROOT, start);
        while (!waiting.isEmpty()) {
            String rule = waiting.remove();
            entries.computeIfAbsent(rule, name -> compile(rule(name), RETURN));
        }
        calls.forEach(
                (rule, places) -> {
                    for (int place : places) {
                        program.set(
                                place, entries.getOrDefault(rule, RETURN), program.second(place));
                    }
                });
        program.complete(start, classes);
        return program;
    }

    private GrammarNode rule(String name) {
        GrammarNode node = rules.get(name);
        if (node == null) {
            throw new IllegalStateException("rule '" + name + "' was looked for before");
        }
        return node;
    }

    // What is refused

    private void requireRules(GrammarNode node) {
        if (node instanceof GrammarNode.Reference reference) {
            if (!rules.containsKey(reference.rule())) {
                throw text.wrong(
                        reference.position(),
                        "one of the rules "
                                + String.join(", ", rules.keySet())
                                + " expected, found '"
                                + reference.rule()
                                + "'");
            }
        }
        parts(node).forEach(this::requireRules);
    }

    private static List<GrammarNode> parts(GrammarNode node) {
        if (node instanceof GrammarNode.Sequence sequence) {
            return sequence.parts();
        }
        if (node instanceof GrammarNode.Choice choice) {
            return choice.alternatives();
        }
        return node instanceof GrammarNode.Repeat repeat ? List.of(repeat.part()) : List.of();
    }

    private void findNullable() {
        boolean found = true;
        while (found) {
            found = false;
            for (Map.Entry<String, GrammarNode> rule : rules.entrySet()) {
                found |= mayBeNothing(rule.getValue()) && nullable.add(rule.getKey());
            }
        }
    }

    private boolean mayBeNothing(GrammarNode node) {
        if (node instanceof GrammarNode.Literal literal) {
            return literal.bytes().length == 0;
        }
        if (node instanceof GrammarNode.Reference reference) {
            return nullable.contains(reference.rule());
        }
        if (node instanceof GrammarNode.Sequence sequence) {
            return sequence.parts().stream().allMatch(this::mayBeNothing);
        }
        if (node instanceof GrammarNode.Choice choice) {
            return choice.alternatives().stream().anyMatch(this::mayBeNothing);
        }
        return node instanceof GrammarNode.Repeat repeat
                && (repeat.least() == 0 || mayBeNothing(repeat.part()));
    }

    private void refuseLeftRecursion(String rule, List<String> way) {
        if (!checked.contains(rule)) {
            way.add(rule);
            refuseLeftRecursion(rule(rule), way);
            way.remove(way.size() - 1);
            checked.add(rule);
        }
    }

    private void refuseLeftRecursion(GrammarNode node, List<String> way) {
        if (node instanceof GrammarNode.Reference reference) {
            int before = way.indexOf(reference.rule());
            if (before >= 0) {
                throw text.wrong(
                        reference.position(),
                        "something that is read before rule '"
                                + reference.rule()
                                + "' begins again expected, found that it begins with itself ("
                                + String.join(" > ", way.subList(before, way.size()))
                                + " > "
                                + reference.rule()
                                + "); repeat with * or + instead");
            }
            refuseLeftRecursion(reference.rule(), way);
            return;
        }
        for (GrammarNode part : parts(node)) {
            refuseLeftRecursion(part, way);
            if (node instanceof GrammarNode.Sequence && !mayBeNothing(part)) {
                return;
            }
        }
    }

    // Instructions

    private int add(byte kind, int first, int second) {
        if (program.size() == MOST_INSTRUCTIONS) {
            throw new GanglionException(
                    Kind.SETUP,
                    text.owner()
                            + ": the grammar repeats so much that it has more than "
                            + MOST_INSTRUCTIONS
                            + " places; use smaller numbers in {}, or * and +");
        }
        return program.add(kind, first, second);
    }

    /** {@return where a part begins that is followed by what is at {@code next}} */
    private int compile(GrammarNode node, int next) {
        int entry = next;
        if (node instanceof GrammarNode.Literal literal) {
            for (int i = literal.bytes().length - 1; i >= 0; i--) {
                entry = add(GrammarProgram.BYTE, literal.bytes()[i] & 0xFF, entry);
            }
        } else if (node instanceof GrammarNode.OneOf oneOf) {
            entry = add(GrammarProgram.CLASS, firstNode(oneOf.characters()), next);
        } else if (node instanceof GrammarNode.Reference reference) {
            entry = call(reference.rule(), next);
        } else if (node instanceof GrammarNode.Sequence sequence) {
            for (int i = sequence.parts().size() - 1; i >= 0; i--) {
                entry = compile(sequence.parts().get(i), entry);
            }
        } else if (node instanceof GrammarNode.Choice choice) {
            int last = choice.alternatives().size() - 1;
            entry = compile(choice.alternatives().get(last), next);
            for (int i = last - 1; i >= 0; i--) {
                int alternative = compile(choice.alternatives().get(i), next);
                entry = add(GrammarProgram.SPLIT, alternative, entry);
            }
        } else if (node instanceof GrammarNode.Repeat repeat) {
            entry = repeat(repeat, next);
        }
        return entry;
    }

    private int repeat(GrammarNode.Repeat repeat, int next) {
        int entry = next;
        int left = repeat.least();
        if (repeat.most() == GrammarNode.Repeat.UNLIMITED) {
            int loop = add(GrammarProgram.SPLIT, next, next);
            int again = compile(repeat.part(), loop);
            program.set(loop, again, next);
            entry = left == 0 ? loop : again;
            left = Math.max(0, left - 1);
        } else {
            for (int i = repeat.least(); i < repeat.most(); i++) {
                entry = add(GrammarProgram.SPLIT, compile(repeat.part(), entry), next);
            }
        }
        for (int i = 0; i < left; i++) {
            entry = compile(repeat.part(), entry);
        }
        return entry;
    }

    private int call(String rule, int next) {
        int call = add(GrammarProgram.CALL, 0, next);
        List<Integer> places = calls.get(rule);
        if (places == null) {
            places = new ArrayList<>();
            calls.put(rule, places);
            waiting.add(rule);
        }
        places.add(call);
        return call;
    }

    private int firstNode(CharacterClass characters) {
        Integer known = classNodes.get(characters);
        if (known != null) {
            return known;
        }
        int first = nodes;
        classes.add(characters);
        classNodes.put(characters, first);
        nodes += characters.nodes().length / CharacterClass.BYTES;
        return first;
    }
}
