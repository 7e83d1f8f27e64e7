package dev.ganglion.engine.onnxruntime;

import dev.ganglion.api.data.Tensor.Type;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.TokenSessionContract;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A language model whose results are known exactly. */
class TinyLanguageModelContractTest extends TokenSessionContract {
    @TempDir static Path folder;
    private static Path file;

    @BeforeAll
    static void write() {
        file = Onnx.write(folder, "tiny.onnx", TinyLanguageModel.onnx(true, false));
    }

    @Override
    protected Engine engine() {
        return new OnnxRuntimeEngine();
    }

    @Override
    protected ModelPackage model() {
        return Fixtures.withMaxTokens(Fixtures.packageOf(file), 200)
                .withTensors(List.of(), List.of(TensorSpec.of("logits", Type.FLOAT32, "1", 7)));
    }

    @Override
    protected int[] prompt() {
        return new int[] {1, 6, 2, 0, 4};
    }

    @Override
    protected int[] continuation() {
        return TinyLanguageModel.continuation(prompt(), 40, 0);
    }

    @Override
    protected double tolerance() {
        return 0;
    }

    /** Keys and values change their shape with each token, so their tensors are made anew. */
    @Override
    protected long allocatedBytesPerStep() {
        return 2000;
    }
}
