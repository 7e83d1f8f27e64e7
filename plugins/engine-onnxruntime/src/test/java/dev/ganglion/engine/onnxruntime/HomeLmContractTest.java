package dev.ganglion.engine.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.Tensor.Type;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.TokenSessionContract;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real language model: the contract with its 32-bit weights, the golden tokens with both. */
class HomeLmContractTest extends TokenSessionContract {
    @BeforeAll
    static void isThere() {
        assumeTrue(
                Fixtures.isShared("models/home-lm/model.onnx"),
                "skipped: the model home-lm is not under -Dganglion.shared.data");
    }

    @Override
    protected Engine engine() {
        return new OnnxRuntimeEngine();
    }

    @Override
    protected ModelPackage model() {
        return homeLm("model.onnx");
    }

    private static ModelPackage homeLm(String file) {
        Map<String, String> state = new TreeMap<>();
        for (int layer = 0; layer < 4; layer++) {
            for (String kind : new String[] {"key", "value"}) {
                state.put("past_key_values." + layer + "." + kind, "present." + layer + "." + kind);
            }
        }
        ModelPackage source =
                ModelPackage.of(
                                new ModelId("home-lm", "1"),
                                "onnx",
                                Fixtures.shared("models/home-lm/" + file))
                        .withState(state)
                        .withTensors(
                                List.of(),
                                List.of(TensorSpec.of("logits", Type.FLOAT32, "1", 2048)));
        return Fixtures.withMaxTokens(source, 160);
    }

    @Override
    protected int[] prompt() {
        return Fixtures.ids(Fixtures.at(Fixtures.golden("home-lm"), "cases", 0, "prompt_ids"));
    }

    @Override
    protected int[] continuation() {
        return Fixtures.ids(
                Fixtures.at(
                        Fixtures.golden("home-lm"),
                        "cases",
                        0,
                        "outputs",
                        "model.onnx",
                        "greedy_ids"));
    }

    @Override
    protected double tolerance() {
        return 1e-3;
    }

    /** Keys and values change their shape with each token, so their tensors are made anew. */
    @Override
    protected long allocatedBytesPerStep() {
        return 5000;
    }

    @Test
    void everyGoldenPromptIsContinuedWithTheGoldenTokens() {
        assertThat(identical("model.onnx", 0)).isEqualTo(13);
    }

    /** int8 kernels of two versions or processors may differ by this much, its makers found. */
    @Test
    void inInt8EachGoldenTokenIsTheLikeliestOrAsGoodAsThat() {
        int identical = identical("model_int8.onnx", 0.1);
        System.out.println(
                "home-lm in int8: " + identical + " of 13 prompts give the golden tokens");
        assertThat(identical).isGreaterThanOrEqualTo(11);
    }

    /** {@return how many prompts are continued with exactly the golden tokens} */
    private static int identical(String file, double tolerance) {
        int identical = 0;
        List<Object> cases = Fixtures.at(Fixtures.golden("home-lm"), "cases");
        try (Model model = Fixtures.load(homeLm(file));
                TokenSession session = (TokenSession) model.open()) {
            for (Object one : cases) {
                session.reset();
                int[] prompt = Fixtures.ids(Fixtures.at(one, "prompt_ids"));
                int[] golden = Fixtures.ids(Fixtures.at(one, "outputs", file, "greedy_ids"));
                session.feed(prompt, 0, prompt.length);
                boolean same = true;
                for (int i = 0; i < golden.length; i++) {
                    Tensor logits = session.logits();
                    int best = 0;
                    for (int id = 1; id < logits.elements(); id++) {
                        best = logits.floats().get(id) > logits.floats().get(best) ? id : best;
                    }
                    float most = logits.floats().get(best);
                    same &= best == golden[i];
                    assertThat((double) logits.floats().get(golden[i]))
                            .as("golden token %s of %s, the likeliest is %s", i, one, best)
                            .isGreaterThanOrEqualTo(most - tolerance * Math.max(1, most));
                    session.feed(golden, i, i + 1);
                }
                identical += same ? 1 : 0;
            }
        }
        return identical;
    }
}
