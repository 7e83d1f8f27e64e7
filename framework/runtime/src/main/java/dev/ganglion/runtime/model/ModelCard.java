package dev.ganglion.runtime.model;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * @param examples for inputs whose size may vary or whose value matters: what the first steps after
 *     loading are made with
 * @param steps what the other steps of a route with this model are opened with unless the route
 *     says otherwise: {@code {"encode:logmel": {"bands": "32"}}}
 * @param generation how it is asked when it generates
 */
public record ModelCard(
        ModelPackage source,
        Map<String, String> sha256,
        String probeText,
        List<Integer> probeIds,
        String licence,
        Deployment deployment,
        Map<String, Example> examples,
        Map<String, Map<String, String>> steps,
        Generation generation) {
    /**
     * An input as it may look.
     *
     * @param shape the size of each axis
     * @param fill the value of each element
     */
    public record Example(List<Long> shape, double fill) {}

    /** The name of the file. */
    public static final String FILE = "model.yaml";

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
        return new ModelCardReader(file, folder, root).card(id);
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
                examples,
                steps,
                generation);
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
                        Map.of(),
                        Map.of(),
                        Generation.UNKNOWN);
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

    static String oneLine(Throwable e) {
        return String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
