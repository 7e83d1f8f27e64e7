package dev.ganglion.it.bench;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The model {@code nlu-micro} as a program knows it that was written for it: no card is read. */
public final class NluMicro {
    /** How many tokens the model takes. */
    public static final int MAX_TOKENS = 64;

    private static final String WEIGHTS = "model.onnx";
    private static final String VOCABULARY = "tokenizer.json";

    private NluMicro() {}

    /**
     * The package without specs, which the engine reads from the graph.
     *
     * @param models the folder of models of an image
     * @param format {@code onnx}, or another that an engine makes up over the same files
     */
    public static ModelPackage source(Path models, String format) throws IOException {
        Path folder = folder(models);
        return new ModelPackage(
                new ModelId("nlu-micro", "1"),
                "intent-and-slots",
                format,
                folder,
                Set.of(WEIGHTS, VOCABULARY),
                WEIGHTS,
                List.of(),
                List.of(),
                Map.of(),
                Map.of(
                        "intent_logits", labels(folder, "intents"),
                        "slot_logits", labels(folder, "slots")),
                "wordpiece",
                VOCABULARY,
                MAX_TOKENS,
                Map.of());
    }

    /** {@return where the files of the model are} */
    public static Path folder(Path models) {
        return models.resolve("nlu-micro").resolve("1").toAbsolutePath();
    }

    /** {@return the class names, in order; {@code key} is {@code intents} or {@code slots}} */
    public static List<String> labels(Path folder, String key) throws IOException {
        Object labels = JSON.std.mapFrom(Files.readString(folder.resolve("labels.json"))).get(key);
        if (!(labels instanceof List<?> list)) {
            throw new IOException(folder + ": labels.json has no list '" + key + "'");
        }
        return list.stream().map(Object::toString).toList();
    }
}
