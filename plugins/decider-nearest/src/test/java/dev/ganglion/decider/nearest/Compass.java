package dev.ganglion.decider.nearest;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.FakeSteps;
import dev.ganglion.testkit.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A sentence encoder of two dimensions: each word is a direction in degrees, each token's vector
 * points there with a length of 1, and the words {@code zero}, {@code nan} and {@code huge} give
 * vectors without a direction.
 */
final class Compass {
    static final TensorSpec TOKENS = TensorSpec.of("hidden", Tensor.Type.FLOAT32, "1", -1, -1, 2);
    static final TensorSpec SENTENCE = TensorSpec.of("pooled", Tensor.Type.FLOAT32, "1", -1, 2);

    /** Gives a vector per token. */
    static final ModelPackage MODEL =
            ModelPackage.of(new ModelId("compass", "1"), "onnx", Path.of("model.onnx"))
                    .withTensors(List.of(), List.of(TOKENS));

    /** Gives one vector. */
    static final ModelPackage POOLED = MODEL.withTensors(List.of(), List.of(SENTENCE));

    private Compass() {}

    static Tokens tokens(CharSequence text) {
        Tokens tokens = new Tokens();
        tokens.start(text);
        int start = 0;
        for (String word : text.toString().split(" ")) {
            tokens.add(1, start, start + word.length());
            start += word.length() + 1;
        }
        return tokens;
    }

    /** Both outputs; the vector of the sentence is that of its first word, three times as long. */
    static Map<String, Tensor> outputs(CharSequence text) {
        String[] words = text.toString().split(" ");
        float[] rows = new float[2 * words.length];
        for (int i = 0; i < words.length; i++) {
            switch (words[i]) {
                case "zero" -> {}
                case "nan" -> rows[2 * i] = Float.NaN;
                case "huge" -> rows[2 * i + 1] = Float.NEGATIVE_INFINITY;
                default -> {
                    double radians = Math.toRadians(Double.parseDouble(words[i]));
                    rows[2 * i] = (float) Math.cos(radians);
                    rows[2 * i + 1] = (float) Math.sin(radians);
                }
            }
        }
        return Map.of(
                "hidden", Tensors.of(rows, 1, words.length, 2),
                "pooled", Tensors.of(new float[] {3 * rows[0], 3 * rows[1]}, 1, 2));
    }

    /** As the framework gives them to {@code open}: not yet advanced. */
    static Steps infer(CharSequence text) {
        return new FakeSteps(MODEL, tokens(text), List.of(outputs(text)));
    }

    /** As the framework pushes them. */
    static Steps step(CharSequence text) {
        Steps steps = infer(text);
        steps.advance();
        return steps;
    }
}
