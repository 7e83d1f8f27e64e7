package dev.ganglion.engine.llamacpp;

import dev.ganglion.api.data.Tensor.Type;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.TokenSessionContract;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;

/** The model that ships, with 8-bit weights that stay in the file. */
class HomeLmContractTest extends TokenSessionContract {
    @BeforeAll
    static void nativesAreThere() {
        Fixtures.assumeNatives();
    }

    @Override
    protected Engine engine() {
        return new LlamaCppEngine();
    }

    @Override
    protected ModelPackage model() {
        return Fixtures.withMaxTokens(Fixtures.homeLm(), 160)
                .withTensors(List.of(), List.of(TensorSpec.of("logits", Type.FLOAT32, "1", 2048)));
    }

    /** {@code <s><|user|>turn on the kitchen lights<|action|>}. */
    @Override
    protected int[] prompt() {
        return new int[] {1, 3, 490, 340, 277, 759, 377, 4};
    }

    /**
     * What ONNX Runtime says: {@code {"intent":"HassTurnOn","domain":"light","area":"kitchen"}},
     * then the reply {@code Turning on the lights in the kitchen.}
     */
    @Override
    protected int[] continuation() {
        return new int[] {
            275, 274, 264, 413, 270, 333, 264, 443, 270, 334, 264, 1074, 280, 5, 360, 340, 277, 377,
            306, 277, 759, 19
        };
    }

    /** One token is multiplied by other kernels than many; 8-bit weights want 8-bit tokens. */
    @Override
    protected double tolerance() {
        return 0.02;
    }

    @Override
    protected long allocatedBytesPerStep() {
        return Fixtures.ALLOCATED_BYTES;
    }
}
