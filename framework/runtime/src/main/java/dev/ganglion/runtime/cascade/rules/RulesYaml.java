package dev.ganglion.runtime.cascade.rules;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A YAML file whose every value knows its line, for messages. */
final class RulesYaml {
    private final String what;
    private final Path file;
    private final Node root;

    private RulesYaml(String what, Path file, Node root) {
        this.what = what;
        this.file = file;
        this.root = root;
    }

    /**
     * Reads a file.
     *
     * @param what it is, for messages: {@code the sentence rules}
     * @throws GanglionException of kind SETUP when it cannot be read, is not YAML or is empty
     */
    static RulesYaml read(String what, Path file) {
        try {
            Node root =
                    new Compose(LoadSettings.builder().setLabel(file.toString()).build())
                            .composeString(Files.readString(file))
                            .orElse(null);
            if (root == null) {
                throw new GanglionException(
                        Kind.SETUP, what + " " + file + ": a mapping expected, found nothing");
            }
            return new RulesYaml(what, file, root);
        } catch (YamlEngineException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    what
                            + " "
                            + file
                            + " are not YAML: "
                            + String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " "),
                    e);
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    what + " " + file + " cannot be read (" + e + "); name a file that is there",
                    e);
        }
    }

    Node root() {
        return root;
    }

    /** {@return a failure that names the file and the line of a value} */
    GanglionException wrong(Node at, String sentence) {
        return new GanglionException(Kind.SETUP, what + " " + place(at) + ": " + sentence);
    }

    /** {@return {@code rules.yaml, line 12}} */
    String place(Node at) {
        return file + at.getStartMark().map(mark -> ", line " + (mark.getLine() + 1)).orElse("");
    }

    /** {@return the entries of a mapping, in order} */
    Map<String, Node> map(Node node, String expected) {
        if (!(node instanceof MappingNode mapping)) {
            throw wrong(node, expected + " expected, found " + found(node));
        }
        Map<String, Node> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key = text(tuple.getKeyNode(), "a name");
            if (entries.put(key, tuple.getValueNode()) != null) {
                throw wrong(tuple.getKeyNode(), "'" + key + "' stands here a second time");
            }
        }
        return entries;
    }

    /** {@return the items of a list; a single value counts as a list of one} */
    List<Node> list(Node node) {
        return node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
    }

    String text(Node node, String expected) {
        if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
            return scalar.getValue();
        }
        throw wrong(node, expected + " expected, found " + found(node));
    }

    double number(Node node, double minimum, double maximum) {
        Object value = value(node);
        if (value instanceof Number number
                && number.doubleValue() >= minimum
                && number.doubleValue() <= maximum) {
            return number.doubleValue();
        }
        throw wrong(
                node,
                "a number from " + minimum + " to " + maximum + " expected, found " + found(node));
    }

    /** {@return text, {@link Long}, {@link Double} or {@link Boolean}} */
    Object value(Node node) {
        String text = text(node, "text, a number, true or false");
        Tag tag = node.getTag();
        try {
            if (tag.equals(Tag.INT)) {
                return Long.valueOf(text);
            }
            if (tag.equals(Tag.FLOAT)) {
                return Double.valueOf(text);
            }
        } catch (NumberFormatException notDecimal) {
            throw new GanglionException(
                    Kind.SETUP,
                    what + " " + place(node) + ": a decimal number expected, found '" + text + "'",
                    notDecimal);
        }
        return tag.equals(Tag.BOOL) ? (Object) Boolean.valueOf(text) : text;
    }

    static String found(@Nullable Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getTag().equals(Tag.NULL) ? "nothing" : "'" + scalar.getValue() + "'";
        }
        return node instanceof SequenceNode ? "a list" : "a mapping";
    }
}
