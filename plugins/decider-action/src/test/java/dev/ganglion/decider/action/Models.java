package dev.ganglion.decider.action;

import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model for the tests; no file of it is read. */
final class Models {
    private Models() {}

    static ModelPackage saying(String tokenizer) {
        return new ModelPackage(
                new ModelId("home-lm", "1"),
                "action",
                "onnx",
                Path.of("/models/home-lm"),
                Set.of("model.onnx"),
                "model.onnx",
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                tokenizer,
                "",
                0,
                Map.of());
    }
}
