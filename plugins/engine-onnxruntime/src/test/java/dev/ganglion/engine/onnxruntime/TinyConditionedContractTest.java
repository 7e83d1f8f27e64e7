package dev.ganglion.engine.onnxruntime;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.Tensor.Type;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.TokenSessionContract;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A conditioned language model whose results are known exactly. */
class TinyConditionedContractTest extends TokenSessionContract {
    @TempDir static Path folder;

    @BeforeAll
    static void write() {
        Onnx.write(folder, "decoder.onnx", TinyLanguageModel.conditioned());
        Onnx.write(folder, "encoder.onnx", TinyLanguageModel.encoder());
    }

    @Override
    protected Engine engine() {
        return new OnnxRuntimeEngine();
    }

    @Override
    protected ModelPackage model() {
        return Fixtures.withMaxTokens(Fixtures.conditioned(folder), 200)
                .withTensors(
                        List.of(TensorSpec.of("audio", Type.FLOAT32, "1", 1, -1)),
                        List.of(TensorSpec.of("logits", Type.FLOAT32, "1", 7)));
    }

    @Override
    protected int[] prompt() {
        return new int[] {1, 6, 2, 0, 4};
    }

    @Override
    protected int[] continuation() {
        return TinyLanguageModel.continuation(prompt(), 40, 2);
    }

    @Override
    protected double tolerance() {
        return 0;
    }

    @Override
    protected void condition(TokenSession session) {
        Tensor audio = session.input("audio", 1, 3);
        audio.floats().put(0, 1);
        audio.floats().put(1, -2);
        audio.floats().put(2, 3);
        session.run();
    }

    /** Keys and values change their shape with each token, so their tensors are made anew. */
    @Override
    protected long allocatedBytesPerStep() {
        return 2500;
    }
}
