package dev.ganglion.engine.onnxruntime;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.EngineContract;
import dev.ganglion.testkit.GoldenStep;
import dev.ganglion.testkit.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A model without state whose inputs change their length. */
class NluMicroContractTest extends EngineContract {
    @Override
    protected Engine engine() {
        return new OnnxRuntimeEngine();
    }

    @Override
    protected ModelPackage model() {
        return Fixtures.nluMicro();
    }

    @Override
    protected List<GoldenStep> golden() {
        List<GoldenStep> steps = new ArrayList<>();
        if (Fixtures.isShared("golden/nlu-micro.json")) {
            List<Object> cases = Fixtures.at(Fixtures.golden("nlu-micro"), "cases");
            for (Object one : cases) {
                int[] ids = Fixtures.ids(Fixtures.at(one, "input_ids"));
                List<Number> logits =
                        Fixtures.at(one, "outputs", "model_int8.onnx", "intent_logits");
                float[] expected = new float[logits.size()];
                for (int i = 0; i < expected.length; i++) {
                    expected[i] = logits.get(i).floatValue();
                }
                Tensor input = Tensor.allocate(Tensor.Type.INT64, 1, ids.length);
                Tensor mask = Tensor.allocate(Tensor.Type.INT64, 1, ids.length);
                for (int i = 0; i < ids.length; i++) {
                    input.longs().put(i, ids[i]);
                    mask.longs().put(i, 1);
                }
                steps.add(
                        new GoldenStep(
                                Map.of("input_ids", input, "attention_mask", mask),
                                Map.of("intent_logits", Tensors.of(expected, 1, expected.length))));
            }
        }
        return steps;
    }

    /** The golden file's own margin: int8 kernels differ between versions and processors. */
    @Override
    protected double tolerance() {
        return 0.1;
    }

    @Override
    protected void fillInputs(Session session, int seed) {
        Random random = new Random(seed);
        int length = 4 + seed % 5;
        Tensor ids = session.input("input_ids", 1, length);
        Tensor mask = session.input("attention_mask", 1, length);
        for (int i = 0; i < length; i++) {
            ids.longs().put(i, random.nextInt(4000));
            mask.longs().put(i, 1);
        }
    }

    /** What the Java binding of ONNX Runtime itself allocates for a run. */
    @Override
    protected long allocatedBytesPerStep() {
        return 700;
    }
}
