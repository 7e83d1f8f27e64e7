package dev.ganglion.engine.onnxruntime;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Tensor.Type;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The models of the tests, and how they are loaded. */
final class Fixtures {
    static final OnnxRuntimeEngine ENGINE = new OnnxRuntimeEngine();

    /** The class {@code iot_hue_lighton} of nlu-micro. */
    static final int LIGHT_ON = 31;

    private Fixtures() {}

    static ModelPackage nluMicro() {
        return ModelPackage.of(
                        new ModelId("nlu-micro", "1"), "onnx", resource("nlu-micro-int8.onnx"))
                .withTensors(
                        List.of(
                                TensorSpec.of("input_ids", Type.INT64, "1", -1, -1),
                                TensorSpec.of("attention_mask", Type.INT64, "1", -1, -1)),
                        List.of(
                                TensorSpec.of("intent_logits", Type.FLOAT32, "1", -1, 64),
                                TensorSpec.of("slot_logits", Type.FLOAT32, "1", -1, -1, 105)));
    }

    static ModelPackage kwsDigits() {
        return ModelPackage.of(
                        new ModelId("kws-digits", "1"), "onnx", resource("kws-digits-int8.onnx"))
                .withState(Map.of("state", "state_out"))
                .withTensors(
                        List.of(TensorSpec.of("frame", Type.FLOAT32, "1", 1, 64)),
                        List.of(
                                TensorSpec.of("logits", Type.FLOAT32, "1", 1, 11),
                                TensorSpec.of("probs", Type.FLOAT32, "1", 1, 11)));
    }

    static Path resource(String name) {
        try {
            return Path.of(Fixtures.class.getResource("/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static ModelPackage packageOf(Path file) {
        return ModelPackage.of(new ModelId("tiny", "1"), "onnx", file);
    }

    /** The files {@code decoder.onnx} and {@code encoder.onnx} of a folder, and no card. */
    static ModelPackage conditioned(Path folder) {
        return withFiles(
                packageOf(folder.resolve("decoder.onnx"))
                        .withOptions(Map.of("encoder", "encoder.onnx")),
                "decoder.onnx",
                "decoder.onnx",
                "encoder.onnx");
    }

    /** The same package with other files, of which these are the weights. */
    static ModelPackage withFiles(ModelPackage source, String weights, String... files) {
        return new ModelPackage(
                source.id(),
                source.task(),
                source.format(),
                source.folder(),
                Set.of(files),
                weights,
                source.inputs(),
                source.outputs(),
                source.state(),
                source.labels(),
                source.tokenizer(),
                source.vocabulary(),
                source.maxTokens(),
                source.options());
    }

    static ModelPackage withMaxTokens(ModelPackage source, int maxTokens) {
        return new ModelPackage(
                source.id(),
                source.task(),
                source.format(),
                source.folder(),
                source.files(),
                source.weights(),
                source.inputs(),
                source.outputs(),
                source.state(),
                source.labels(),
                source.tokenizer(),
                source.vocabulary(),
                maxTokens,
                source.options());
    }

    static Model load(ModelPackage source) {
        return ENGINE.load(
                source, Options.of("tiny@1", ENGINE.options(), source.options(), source.folder()));
    }

    static AbstractThrowableAssert<?, ? extends Throwable> assertSetup(ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused ->
                                org.assertj.core.api.Assertions.assertThat(refused.kind())
                                        .isEqualTo(Kind.SETUP))
                .hasMessageNotContaining("\n");
    }

    static boolean isShared(String name) {
        return Files.exists(shared(name));
    }

    static Path shared(String name) {
        return Path.of(System.getProperty("ganglion.shared.data", "absent")).resolve(name);
    }

    static Map<String, Object> golden(String name) {
        try {
            return JSON.std.mapFrom(Files.readString(shared("golden/" + name + ".json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    static <T> T at(Object tree, Object... path) {
        Object found = tree;
        for (Object step : path) {
            found =
                    step instanceof Integer index
                            ? ((List<Object>) found).get(index)
                            : ((Map<String, Object>) found).get(step);
        }
        return (T) found;
    }

    static int[] ids(List<Number> numbers) {
        return numbers.stream().mapToInt(Number::intValue).toArray();
    }
}
