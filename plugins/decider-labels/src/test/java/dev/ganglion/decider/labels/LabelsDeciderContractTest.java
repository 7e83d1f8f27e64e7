package dev.ganglion.decider.labels;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.DeciderContract;
import dev.ganglion.testkit.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class LabelsDeciderContractTest extends DeciderContract {
    @Override
    protected Decider decider() {
        return new LabelsDecider();
    }

    @Override
    protected Map<String, String> options() {
        return Map.of("above", "0.8", "steps", "2", "background", "silence");
    }

    @Override
    protected ModelPackage model() {
        return ModelPackage.of(new ModelId("words", "1"), "onnx", Path.of("model.onnx"))
                .withTensors(
                        List.of(), List.of(TensorSpec.of("logits", Tensor.Type.FLOAT32, "1", 1, 3)))
                .withLabels(Map.of("logits", List.of("silence", "yes", "no")));
    }

    @Override
    protected List<Map<String, Tensor>> utterance() {
        return List.of(step(5, 0, 0), step(0, 5, 0), step(0, 6, 0), step(0, 1, 0));
    }

    private static Map<String, Tensor> step(float... logits) {
        return Map.of("logits", Tensors.of(logits, 1, 3));
    }
}
