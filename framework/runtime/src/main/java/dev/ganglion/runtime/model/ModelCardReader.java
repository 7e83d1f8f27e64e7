package dev.ganglion.runtime.model;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Picks the card's values out of the YAML tree, naming the file and the key when one does not fit.
 */
record ModelCardReader(Path file, Path folder, @Nullable Object root) {
    private static final List<String> KEYS =
            List.of(
                    "name",
                    "version",
                    "task",
                    "format",
                    "files",
                    "weights",
                    "inputs",
                    "outputs",
                    "state",
                    "labels",
                    "tokenizer",
                    "options",
                    "licence",
                    "attribution",
                    "figures",
                    "description",
                    "engine",
                    "isolation",
                    "replacement",
                    "steps",
                    "generate");

    ModelCard card(ModelId id) {
        Map<String, Object> card = map("the card", root);
        known("", card, KEYS);
        same("name", text(card, "name"), id.name());
        same("version", text(card, "version"), id.version());
        Map<String, String> sha256 = sums(card);
        String weights = text(card, "weights");
        if (!sha256.containsKey(weights)) {
            throw wrong(
                    "names the weights '"
                            + weights
                            + "', which are not among its files: "
                            + sha256.keySet());
        }
        Map<String, Object> tokenizer = map("tokenizer", card.getOrDefault("tokenizer", Map.of()));
        known("tokenizer.", tokenizer, List.of("plugin", "file", "maxTokens", "probe"));
        String vocabulary = optional(tokenizer, "file");
        if (!vocabulary.isEmpty() && !sha256.containsKey(vocabulary)) {
            throw wrong(
                    "names the tokenizer file '"
                            + vocabulary
                            + "', which is not among its files: "
                            + sha256.keySet());
        }
        Map<String, Object> probe =
                map("tokenizer.probe", tokenizer.getOrDefault("probe", Map.of()));
        known("tokenizer.probe.", probe, List.of("text", "ids"));
        String maxTokens = optional(tokenizer, "maxTokens");
        ModelPackage source =
                new ModelPackage(
                        id,
                        text(card, "task"),
                        text(card, "format"),
                        folder.toAbsolutePath().normalize(),
                        sha256.keySet(),
                        weights,
                        specs(card, "inputs"),
                        specs(card, "outputs"),
                        texts(card, "state"),
                        labels(card, sha256),
                        optional(tokenizer, "plugin"),
                        vocabulary,
                        maxTokens.isEmpty() ? 0 : whole("tokenizer.maxTokens", maxTokens),
                        options(card));
        return new ModelCard(
                source,
                sha256,
                optional(probe, "text"),
                list("tokenizer.probe.ids", probe.getOrDefault("ids", List.of())).stream()
                        .map(id1 -> whole("tokenizer.probe.ids", id1))
                        .toList(),
                text(card, "licence"),
                deployment(card),
                examples(card),
                steps(card),
                generation(card, sha256));
    }

    private Generation generation(Map<String, Object> card, Map<String, String> files) {
        if (!card.containsKey("generate")) {
            return Generation.UNKNOWN;
        }
        Map<String, Object> said = map("generate", card.get("generate"));
        known(
                "generate.",
                said,
                List.of(
                        "prompt",
                        "lowercase",
                        "start",
                        "stop",
                        "reply",
                        "maxTokens",
                        "maxTokensPerSecond",
                        "grammar"));
        String prompt = said.containsKey("prompt") ? text(said, "prompt") : Generation.TEXT;
        if (prompt.split("\\{text}", -1).length != 2) {
            throw wrong(
                    "has a prompt under 'generate' in which {text} must stand once, found '"
                            + prompt
                            + "'");
        }
        String maxTokens = optional(said, "maxTokens");
        String grammar = optional(said, "grammar");
        if (!grammar.isEmpty() && !files.containsKey(grammar)) {
            throw wrong(
                    "names the grammar '"
                            + grammar
                            + "', which is not among its files: "
                            + files.keySet());
        }
        return new Generation(
                prompt,
                "true".equals(optional(said, "lowercase")),
                ids("generate.start", said.get("start")),
                ids("generate.stop", said.get("stop")),
                ids("generate.reply", said.get("reply")),
                maxTokens.isEmpty() ? Integer.MAX_VALUE : whole("generate.maxTokens", maxTokens),
                number("generate.maxTokensPerSecond", optional(said, "maxTokensPerSecond")),
                grammar);
    }

    private List<Integer> ids(String key, @Nullable Object said) {
        return list(key, said == null ? List.of() : said).stream()
                .map(id -> whole(key, id))
                .toList();
    }

    private Map<String, Map<String, String>> steps(Map<String, Object> card) {
        Map<String, Map<String, String>> steps = new LinkedHashMap<>();
        Map<String, Object> said = map("steps", card.getOrDefault("steps", Map.of()));
        for (String step : said.keySet()) {
            if (!step.matches("(sense|encode|decide):[a-z0-9-]+")) {
                throw wrong(
                        "has options for the step '"
                                + step
                                + "' under 'steps'; expected sense:, encode: or decide: and the"
                                + " name of a plug-in, such as encode:logmel");
            }
            steps.put(step, texts(said, step));
        }
        return steps;
    }

    private Deployment deployment(Map<String, Object> card) {
        Deployment deployment =
                new Deployment(
                        optional(card, "engine"),
                        optional(card, "isolation"),
                        texts(card, "replacement"));
        Strategy.IMMEDIATE.with("the model card " + file, deployment.replacement());
        return deployment;
    }

    private void known(String where, Map<String, Object> in, List<String> keys) {
        for (String key : in.keySet()) {
            if (!keys.contains(key)) {
                throw wrong(
                        "has an unknown key '"
                                + where
                                + key
                                + "'; the keys are: "
                                + String.join(", ", keys));
            }
        }
    }

    private void same(String key, String said, String expected) {
        if (!said.equals(expected)) {
            throw wrong(
                    "says "
                            + key
                            + " '"
                            + said
                            + "', but lies in the folder of '"
                            + expected
                            + "'; the folder is <name>/<version>");
        }
    }

    private Map<String, String> sums(Map<String, Object> card) {
        Map<String, String> sums = new LinkedHashMap<>();
        map("files", card.get("files"))
                .forEach(
                        (name, sum) -> {
                            if (name.startsWith("/")
                                    || Arrays.asList(name.split("/")).contains("..")) {
                                throw wrong(
                                        "lists the file '"
                                                + name
                                                + "', which is outside of its folder");
                            }
                            if (!String.valueOf(sum).matches("[0-9a-f]{64}")) {
                                throw wrong(
                                        "gives for '"
                                                + name
                                                + "' no SHA-256 of 64 lower-case hexadecimal digits, found '"
                                                + sum
                                                + "'");
                            }
                            sums.put(name, String.valueOf(sum));
                        });
        return sums;
    }

    private List<TensorSpec> specs(Map<String, Object> card, String key) {
        List<TensorSpec> specs = new ArrayList<>();
        for (Object each : list(key, card.getOrDefault(key, List.of()))) {
            Map<String, Object> spec = map(key, each);
            known(
                    key + ".",
                    spec,
                    List.of("name", "type", "shape", "unit", "rateHz", "example", "fill"));
            String type = text(spec, "type");
            try {
                specs.add(
                        new TensorSpec(
                                text(spec, "name"),
                                Tensor.Type.valueOf(type),
                                list(key + ".shape", spec.getOrDefault("shape", List.of())).stream()
                                        .map(size -> (long) whole(key + ".shape", size))
                                        .toList(),
                                spec.containsKey("unit") ? text(spec, "unit") : "1",
                                number(key + ".rateHz", optional(spec, "rateHz"))));
            } catch (IllegalArgumentException e) {
                throw wrong(
                        "describes a tensor under '"
                                + key
                                + "' that cannot be: type "
                                + type
                                + ", expected one of "
                                + Arrays.toString(Tensor.Type.values())
                                + " ("
                                + e.getMessage()
                                + ")");
            }
        }
        return specs;
    }

    private Map<String, ModelCard.Example> examples(Map<String, Object> card) {
        Map<String, ModelCard.Example> examples = new LinkedHashMap<>();
        for (Object each : list("inputs", card.getOrDefault("inputs", List.of()))) {
            Map<String, Object> spec = map("inputs", each);
            if (spec.containsKey("example") || spec.containsKey("fill")) {
                Object shape =
                        spec.containsKey("example") ? spec.get("example") : spec.get("shape");
                examples.put(
                        text(spec, "name"),
                        new ModelCard.Example(
                                list("inputs.example", shape == null ? List.of() : shape).stream()
                                        .map(size -> (long) whole("inputs.example", size))
                                        .toList(),
                                number("inputs.fill", optional(spec, "fill"))));
            }
        }
        return examples;
    }

    private double number(String key, String said) {
        try {
            return said.isEmpty() ? 0 : Double.parseDouble(said);
        } catch (NumberFormatException e) {
            throw wrong("gives a '" + key + "' that is no number: " + said);
        }
    }

    private Map<String, List<String>> labels(Map<String, Object> card, Map<String, String> files) {
        Map<String, List<String>> labels = new LinkedHashMap<>();
        map("labels", card.getOrDefault("labels", Map.of()))
                .forEach(
                        (tensor, where) -> {
                            if (where instanceof List<?> inline) {
                                labels.put(tensor, inline.stream().map(String::valueOf).toList());
                                return;
                            }
                            String[] parts = String.valueOf(where).split("#", 2);
                            if (parts.length != 2 || !files.containsKey(parts[0])) {
                                throw wrong(
                                        "takes the labels of '"
                                                + tensor
                                                + "' from '"
                                                + where
                                                + "'; expected a list, or <file>#<key> with a file of the package: "
                                                + files.keySet());
                            }
                            labels.put(tensor, labelsOf(parts[0], parts[1]));
                        });
        return labels;
    }

    private List<String> labelsOf(String name, String key) {
        try {
            Object found = JSON.std.mapFrom(Files.readString(folder.resolve(name))).get(key);
            if (found instanceof List<?> list) {
                return list.stream().map(String::valueOf).toList();
            }
            throw wrong("takes labels from '" + name + "#" + key + "', but that is no list");
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the labels "
                            + folder.resolve(name)
                            + " cannot be read: "
                            + ModelCard.oneLine(e),
                    e);
        }
    }

    private Map<String, String> options(Map<String, Object> card) {
        String line = optional(card, "options");
        if (line.isEmpty()) {
            return Map.of();
        }
        try {
            Map<String, String> options = new LinkedHashMap<>();
            JSON.std
                    .mapFrom(line)
                    .forEach((name, value) -> options.put(name, String.valueOf(value)));
            return options;
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the model card "
                            + file
                            + ": 'options' is one line of JSON such as '{\"intraOpThreads\": 1}', found '"
                            + line
                            + "' ("
                            + ModelCard.oneLine(e)
                            + ")",
                    e);
        }
    }

    private Map<String, String> texts(Map<String, Object> card, String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        map(key, card.getOrDefault(key, Map.of()))
                .forEach((name, value) -> texts.put(name, String.valueOf(value)));
        return texts;
    }

    private String text(Map<String, Object> in, String key) {
        Object value = in.get(key);
        if (value == null) {
            throw wrong("lacks '" + key + "'; here it has: " + in.keySet());
        }
        return String.valueOf(value);
    }

    private static String optional(Map<String, Object> in, String key) {
        Object value = in.get(key);
        return value == null ? "" : String.valueOf(value);
    }

    private int whole(String key, Object value) {
        try {
            return Integer.parseInt(String.valueOf(value));
        } catch (NumberFormatException e) {
            throw wrong("must give whole numbers as '" + key + "', found '" + value + "'");
        }
    }

    private List<?> list(String key, Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw wrong("must give a list as '" + key + "', found '" + value + "'");
    }

    private Map<String, Object> map(String key, @Nullable Object value) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> found) {
            found.forEach((name, each) -> map.put(String.valueOf(name), each));
            return map;
        }
        throw wrong(
                "must give a mapping of names to values as '" + key + "', found '" + value + "'");
    }

    private GanglionException wrong(String what) {
        return new GanglionException(Kind.SETUP, "the model card " + file + " " + what);
    }
}
