package dev.ganglion.decider.threshold;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;

class ThresholdDeciderContractTest {
    private abstract static class Kit extends DeciderContract {
        @Override
        protected Decider decider() {
            return new ThresholdDecider();
        }

        @Override
        protected ModelPackage model() {
            return ModelPackage.of(new ModelId("pump", "1"), "onnx", Path.of("model.onnx"))
                    .withTensors(
                            List.of(),
                            List.of(
                                    TensorSpec.of("heat", Tensor.Type.FLOAT32, "Cel", 1, 1),
                                    TensorSpec.of("noise", Tensor.Type.FLOAT32, "dB", 1, 1)));
        }

        @Override
        protected List<Map<String, Tensor>> utterance() {
            return Stream.of(20f, 21f, 80f, 90f, 60f, 40f, 20f)
                    .map(heat -> Map.of("heat", Tensors.of(new float[] {heat}, 1, 1)))
                    .toList();
        }
    }

    @Nested
    class Fixed extends Kit {
        @Override
        protected Map<String, String> options() {
            return Map.of("tensor", "heat", "above", "70", "leave", "50", "steps", "2");
        }
    }

    @Nested
    class Adaptive extends Kit {
        @Override
        protected Map<String, String> options() {
            return Map.of(
                    "tensor",
                    "heat",
                    "quantile",
                    "1",
                    "window",
                    "3",
                    "factor",
                    "1.5",
                    "warmUp",
                    "2");
        }
    }

    @Nested
    class OnChange extends Kit {
        @Override
        protected Map<String, String> options() {
            return Map.of("tensor", "heat", "above", "70", "on", "change");
        }
    }
}
