package dev.ganglion.engine.onnxruntime;

import dev.ganglion.api.data.Tensor.Type;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.EngineContract;
import dev.ganglion.testkit.GoldenStep;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The keyword model of the image, whose sessions can make steps together. */
class KwsDigitsRowsContractTest extends EngineContract {
    @Override
    protected Engine engine() {
        return new OnnxRuntimeEngine();
    }

    @Override
    protected ModelPackage model() {
        return ModelPackage.of(
                        new ModelId("kws-digits", "1"),
                        "onnx",
                        Path.of("../../bundles/models/kws-digits/1/model.onnx").toAbsolutePath())
                .withState(Map.of("state", "state_out"))
                .withTensors(
                        List.of(TensorSpec.of("frame", Type.FLOAT32, "1", 1, 64)),
                        List.of(
                                TensorSpec.of("logits", Type.FLOAT32, "1", 1, 11),
                                TensorSpec.of("probs", Type.FLOAT32, "1", 1, 11)));
    }

    @Override
    protected List<GoldenStep> golden() {
        return List.of();
    }

    /** What the Java binding of ONNX Runtime itself allocates for a run. */
    @Override
    protected long allocatedBytesPerStep() {
        return 700;
    }
}
