package dev.ganglion.runtime.cascade.rules;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Which action a classifier's intent and slots are, from a file such as
 *
 * <pre>
 * above: 0.8                         # the confidence from which an intent is answered
 * values: {area: [kitchen, hall]}    # a parameter with another value is not answered
 * intents:
 *   iot_hue_lighton: {intent: HassTurnOn, domain: light, area: "{house_place}",
 *     reply: "Turning on the lights[ in the {area}]."}
 *   iot_wemo_on: {intent: HassTurnOn, name: "{device_type|plug}", above: 0.9, needs: [device_type],
 *     ignore: [date], reply: "Turning on the {name}."}
 *   alarm_set: {intent: none, ignore: all, reply: "I can't set alarms."}
 * </pre>
 *
 * A parameter whose slot was not said takes what follows the bar, or is left out; without one of
 * the slots that an entry needs there is no answer. A slot that was said and that the entry neither
 * uses nor ignores means more than the action would do: then there is no answer, as for an intent
 * that is not in the file. Immutable, safe for any number of threads.
 */
public final class ActionMapping {
    private static final Pattern SLOT = Pattern.compile("\\{([A-Za-z0-9_.-]+)(?:\\|([^{}]*))?}");

    /** A parameter of the action: a constant, or a slot with what holds when it was not said. */
    private record Value(@Nullable String slot, @Nullable Object otherwise) {}

    private record Entry(
            String intent,
            Map<String, Value> values,
            Set<String> neededSlots,
            Set<String> knownSlots,
            boolean ignoresAll,
            double above,
            ReplyText reply) {}

    private final Map<String, Entry> entries;
    private final Map<String, Set<String>> allowed;

    private ActionMapping(Map<String, Entry> entries, Map<String, Set<String>> allowed) {
        this.entries = entries;
        this.allowed = allowed;
    }

    /** {@return the action, with the decision's confidence, or null when there is no answer} */
    public @Nullable Match map(Decision understood) {
        Entry entry = entries.get(understood.name());
        if (entry == null
                || understood.confidence() < entry.above()
                || !understood.parameters().keySet().containsAll(entry.neededSlots())
                || !(entry.ignoresAll()
                        || entry.knownSlots().containsAll(understood.parameters().keySet()))) {
            return null;
        }
        Map<String, Object> parameters = new HashMap<>();
        for (Map.Entry<String, Value> each : entry.values().entrySet()) {
            String slot = each.getValue().slot();
            Object said = slot == null ? null : understood.parameters().get(slot);
            Object value = said == null ? each.getValue().otherwise() : said;
            Set<String> those = allowed.get(each.getKey());
            if (value != null && those != null && !those.contains(value.toString())) {
                return null;
            }
            if (value != null) {
                parameters.put(each.getKey(), value);
            }
        }
        return new Match(
                new Decision(entry.intent(), parameters, understood.confidence(), true),
                entry.reply().fill(parameters));
    }

    /**
     * Reads a file.
     *
     * @throws GanglionException of kind SETUP naming the file, the line, what was expected and what
     *     was found
     */
    public static ActionMapping read(Path file) {
        RulesYaml yaml = RulesYaml.read("the intents' actions", file);
        Set<String> keys = new TreeSet<>(Set.of("above", "values", "intents"));
        Map<String, Node> root = yaml.map(yaml.root(), "a mapping with the keys " + keys);
        for (Map.Entry<String, Node> entry : root.entrySet()) {
            if (!keys.contains(entry.getKey())) {
                throw yaml.wrong(
                        entry.getValue(),
                        "one of the keys " + keys + " expected, found '" + entry.getKey() + "'");
            }
        }
        Node intents = root.get("intents");
        if (intents == null) {
            throw yaml.wrong(yaml.root(), "'intents' expected, found " + root.keySet());
        }
        Node aboveNode = root.get("above");
        double above = aboveNode == null ? 0 : yaml.number(aboveNode, 0, 1);
        Map<String, Set<String>> allowed = new HashMap<>();
        Node values = root.get("values");
        if (values != null) {
            yaml.map(values, "a mapping of parameters to lists")
                    .forEach((name, list) -> allowed.put(name, texts(yaml, list)));
        }
        Map<String, Entry> entries = new HashMap<>();
        yaml.map(intents, "a mapping of intents to actions")
                .forEach((name, node) -> entries.put(name, entry(yaml, node, above)));
        return new ActionMapping(Map.copyOf(entries), Map.copyOf(allowed));
    }

    private static Set<String> texts(RulesYaml yaml, Node node) {
        Set<String> texts = new HashSet<>();
        for (Node each : yaml.list(node)) {
            texts.add(yaml.text(each, "a text"));
        }
        return texts;
    }

    private static Entry entry(RulesYaml yaml, Node node, double aboveAll) {
        Map<String, Node> keys =
                new LinkedHashMap<>(yaml.map(node, "an action with 'intent' and 'reply'"));
        Node intent = keys.remove("intent");
        Node reply = keys.remove("reply");
        if (intent == null || reply == null) {
            throw yaml.wrong(
                    node, "an action with 'intent' and 'reply' expected, found " + keys.keySet());
        }
        Node above = keys.remove("above");
        Node ignore = keys.remove("ignore");
        Node needs = keys.remove("needs");
        Set<String> needed = needs == null ? Set.of() : texts(yaml, needs);
        Set<String> ignored = ignore == null ? Set.of() : texts(yaml, ignore);
        Set<String> slots = new HashSet<>(ignored);
        slots.addAll(needed);
        Map<String, Value> values = new LinkedHashMap<>();
        keys.forEach(
                (name, written) -> {
                    Value value = value(yaml, written);
                    values.put(name, value);
                    if (value.slot() != null) {
                        slots.add(value.slot());
                    }
                });
        return new Entry(
                yaml.text(intent, "the name of an intent"),
                values,
                needed,
                slots,
                ignored.equals(Set.of("all")),
                above == null ? aboveAll : yaml.number(above, 0, 1),
                reply(yaml, reply, values.keySet()));
    }

    private static Value value(RulesYaml yaml, Node node) {
        Object constant = yaml.value(node);
        Matcher slot = SLOT.matcher(constant.toString());
        if (slot.matches()) {
            return new Value(slot.group(1), slot.group(2));
        }
        if (constant.toString().indexOf('{') >= 0) {
            throw yaml.wrong(
                    node,
                    "a constant, \"{slot}\" or \"{slot|default}\" expected, found '"
                            + constant
                            + "'");
        }
        return new Value(null, constant);
    }

    private static ReplyText reply(RulesYaml yaml, Node node, Set<String> parameters) {
        ReplyText reply;
        try {
            reply = new ReplyText(yaml.text(node, "a reply"));
        } catch (IllegalArgumentException e) {
            throw yaml.wrong(node, String.valueOf(e.getMessage()));
        }
        for (String name : reply.names()) {
            if (!parameters.contains(name)) {
                throw yaml.wrong(
                        node,
                        "a parameter of the action expected in the reply, found {"
                                + name
                                + "}; there are "
                                + List.copyOf(new TreeSet<>(parameters)));
            }
        }
        return reply;
    }
}
