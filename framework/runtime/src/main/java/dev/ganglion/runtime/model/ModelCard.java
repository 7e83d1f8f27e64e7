package dev.ganglion.runtime.model;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * What {@code model.yaml} says: the package for the engine, the checksums, and what people want to
 * know.
 *
 * @param source the package as engines see it
 * @param sha256 for each file of the package its SHA-256, in lower-case hexadecimal digits; empty
 *     when the folder has no card
 * @param probeText a text whose ids are known, or empty: it shows that the tokenizer fits the model
 * @param probeIds the ids of that text
 * @param licence the licence of the weights
 * @param deployment how its maker wants it to be run
 * @param steps what the other steps of a route with this model are opened with unless the route
 *     says otherwise: {@code {"encode:logmel": {"bands": "32"}}}
 */
public record ModelCard(
        ModelPackage source,
        Map<String, String> sha256,
        String probeText,
        List<Integer> probeIds,
        String licence,
        Deployment deployment,
        Map<String, Map<String, String>> steps) {
    /** The name of the file. */
    public static final String FILE = "model.yaml";

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
                    "steps");

    /**
     * Reads the card of a model folder. A folder without card that holds one {@code model.<format>}
     * (the layout of Triton's repositories) is taken as it is: nothing is known about it but its
     * name, version and format.
     *
     * @param folder {@code models/<name>/<version>}
     * @throws GanglionException of kind SETUP when there is no card, or it says something that
     *     cannot be
     */
    public static ModelCard read(Path folder) {
        ModelId id;
        try {
            id = new ModelId(name(folder.getParent()), name(folder));
        } catch (IllegalArgumentException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the folder " + folder + " cannot be a model: " + e.getMessage(),
                    e);
        }
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return bare(id, folder);
        }
        Object root;
        try {
            root =
                    new Load(LoadSettings.builder().setLabel(file.toString()).build())
                            .loadFromString(Files.readString(file, StandardCharsets.UTF_8));
        } catch (YamlEngineException e) {
            throw new GanglionException(
                    Kind.SETUP, "the model card " + file + " is not YAML: " + oneLine(e), e);
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP, "the model card " + file + " cannot be read (" + e + ")", e);
        }
        return new Reader(file, folder, root).card(id);
    }

    /** {@return the same card, with the tensors of the loaded model where the card says none} */
    ModelCard completedBy(Model model) {
        List<TensorSpec> inputs = source.inputs().isEmpty() ? model.inputs() : source.inputs();
        List<TensorSpec> outputs = source.outputs().isEmpty() ? model.outputs() : source.outputs();
        return new ModelCard(
                source.withTensors(inputs, outputs),
                sha256,
                probeText,
                probeIds,
                licence,
                deployment,
                steps);
    }

    private static String name(@Nullable Path path) {
        return path == null || path.getFileName() == null ? "" : path.getFileName().toString();
    }

    private static ModelCard bare(ModelId id, Path folder) {
        try (var files = Files.list(folder)) {
            List<Path> weights = files.filter(f -> name(f).startsWith("model.")).sorted().toList();
            if (weights.size() == 1) {
                Path only = weights.get(0);
                String format = name(only).substring("model.".length()).toLowerCase(Locale.ROOT);
                return new ModelCard(
                        ModelPackage.of(id, format, only),
                        Map.of(),
                        "",
                        List.of(),
                        "",
                        Deployment.NONE,
                        Map.of());
            }
            throw new GanglionException(
                    Kind.SETUP,
                    "the model folder "
                            + folder
                            + " has no "
                            + FILE
                            + ", and without one it"
                            + " must hold exactly one file model.<format>; found "
                            + weights.size()
                            + " of them");
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP, "the model folder " + folder + " cannot be read (" + e + ")", e);
        }
    }

    private static String oneLine(Throwable e) {
        return String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /**
     * Picks the card's values out of the YAML tree, naming the file and the key when one does not
     * fit.
     */
    private record Reader(Path file, Path folder, @Nullable Object root) {
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
            Map<String, Object> tokenizer =
                    map("tokenizer", card.getOrDefault("tokenizer", Map.of()));
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
                    steps(card));
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
                known(key + ".", spec, List.of("name", "type", "shape", "unit", "rateHz"));
                String type = text(spec, "type");
                try {
                    specs.add(
                            new TensorSpec(
                                    text(spec, "name"),
                                    Tensor.Type.valueOf(type),
                                    list(key + ".shape", spec.getOrDefault("shape", List.of()))
                                            .stream()
                                            .map(size -> (long) whole(key + ".shape", size))
                                            .toList(),
                                    spec.containsKey("unit") ? text(spec, "unit") : "1",
                                    rateHz(key, optional(spec, "rateHz"))));
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

        private double rateHz(String key, String said) {
            try {
                return said.isEmpty() ? 0 : Double.parseDouble(said);
            } catch (NumberFormatException e) {
                throw wrong("gives a '" + key + ".rateHz' that is no number: " + said);
            }
        }

        private Map<String, List<String>> labels(
                Map<String, Object> card, Map<String, String> files) {
            Map<String, List<String>> labels = new LinkedHashMap<>();
            map("labels", card.getOrDefault("labels", Map.of()))
                    .forEach(
                            (tensor, where) -> {
                                if (where instanceof List<?> inline) {
                                    labels.put(
                                            tensor, inline.stream().map(String::valueOf).toList());
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
                        "the labels " + folder.resolve(name) + " cannot be read: " + oneLine(e),
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
                                + oneLine(e)
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
                    "must give a mapping of names to values as '"
                            + key
                            + "', found '"
                            + value
                            + "'");
        }

        private GanglionException wrong(String what) {
            return new GanglionException(Kind.SETUP, "the model card " + file + " " + what);
        }
    }
}
