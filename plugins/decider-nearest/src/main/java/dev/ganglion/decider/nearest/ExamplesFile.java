package dev.ganglion.decider.nearest;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads a YAML file that maps names of intents to lists of sentences. Works on the nodes and not on
 * the values, because nodes know their line, and because {@code yes} and {@code 12} are sentences,
 * too.
 */
final class ExamplesFile {
    /** One sentence and the line on which it starts. */
    record Sentence(String text, int line) {}

    /** One intent with at least one sentence. */
    record Intent(String name, List<Sentence> sentences) {}

    private final String owner;
    private final Path file;
    private final Map<String, Integer> lineOfIntent = new HashMap<>();
    private final Map<String, Integer> lineOfSentence = new HashMap<>();

    private ExamplesFile(String owner, Path file) {
        this.owner = owner;
        this.file = file;
    }

    /**
     * Reads the file.
     *
     * @return at least one intent, in the order of the file; no sentence twice
     * @throws GanglionException of kind SETUP naming the file and the line
     */
    static List<Intent> read(String owner, Path file) {
        return new ExamplesFile(owner, file).intents();
    }

    /** {@return an exception of kind SETUP that points at a line} */
    static GanglionException at(
            String owner, Path file, int line, String message, @Nullable Throwable cause) {
        return new GanglionException(
                Kind.SETUP, owner + ": " + file + " line " + line + ": " + message, cause);
    }

    private List<Intent> intents() {
        Node root = root();
        if (!(root instanceof MappingNode mapping) || mapping.getValue().isEmpty()) {
            throw at(
                    root,
                    "a mapping of intents to lists of sentences expected, found " + kind(root));
        }
        List<Intent> intents = new ArrayList<>();
        for (NodeTuple entry : mapping.getValue()) {
            String name = text(entry.getKeyNode(), "the name of an intent");
            Integer earlier = lineOfIntent.putIfAbsent(name, line(entry.getKeyNode()));
            if (earlier != null) {
                throw at(
                        entry.getKeyNode(),
                        "the intent '"
                                + name
                                + "' is there already, on line "
                                + earlier
                                + "; put all its sentences there");
            }
            intents.add(new Intent(name, sentences(name, entry.getValueNode())));
        }
        return intents;
    }

    private List<Sentence> sentences(String intent, Node node) {
        if (!(node instanceof SequenceNode sequence) || sequence.getValue().isEmpty()) {
            throw at(
                    node,
                    "a list of sentences expected for the intent '"
                            + intent
                            + "', found "
                            + kind(node)
                            + "; write each on a line of its own after a hyphen");
        }
        List<Sentence> sentences = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            String sentence = text(item, "a sentence for the intent '" + intent + "'");
            Integer earlier = lineOfSentence.putIfAbsent(sentence, line(item));
            if (earlier != null) {
                throw at(
                        item,
                        "the sentence '"
                                + sentence
                                + "' is there already, on line "
                                + earlier
                                + "; keep one of the two");
            }
            sentences.add(new Sentence(sentence, line(item)));
        }
        return sentences;
    }

    private String text(Node node, String what) {
        if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
            return scalar.getValue().strip();
        }
        throw at(
                node,
                what
                        + " expected, found "
                        + kind(node)
                        + "; put quotes around a text with a colon, a bracket or a brace in it");
    }

    private Node root() {
        LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
        try {
            // Read as a whole first: the parser would wrap what goes wrong with the file.
            return new Compose(settings)
                    .composeInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))
                    .orElseThrow(
                            () ->
                                    at(
                                            owner,
                                            file,
                                            1,
                                            "a mapping of intents to lists of sentences expected, found nothing",
                                            null));
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            throw at(owner, file, line, "no valid YAML: " + e.getProblem(), e);
        } catch (YamlEngineException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    owner + ": " + file + ": YAML in UTF-8 expected, found: " + e.getMessage(),
                    e);
        } catch (NoSuchFileException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    owner
                            + ": 'examples' names a file with intents and their sentences, and "
                            + file
                            + " does not exist; create it or correct the option",
                    e);
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    owner
                            + ": 'examples' names a file with intents and their sentences, and "
                            + file
                            + " cannot be read ("
                            + e
                            + "); correct the option or the"
                            + " rights",
                    e);
        }
    }

    private GanglionException at(Node node, String message) {
        return at(owner, file, line(node), message, null);
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    private static String kind(Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue().isBlank() ? "nothing" : "'" + scalar.getValue() + "'";
        }
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().isEmpty() ? "an empty list" : "a list";
        }
        return node instanceof MappingNode mapping && mapping.getValue().isEmpty()
                ? "nothing"
                : "a mapping";
    }
}
