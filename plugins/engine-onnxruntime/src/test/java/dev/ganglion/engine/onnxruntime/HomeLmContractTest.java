package dev.ganglion.engine.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ganglion.api.data.Tensor.Type;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.TokenSessionContract;
import java.util.ArrayList;
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
        List<Object> cases = Fixtures.at(Fixtures.golden("home-lm"), "cases");
        for (String file : new String[] {"model.onnx", "model_int8.onnx"}) {
            try (Model model = Fixtures.load(homeLm(file));
                    TokenSession session = (TokenSession) model.open()) {
                for (Object one : cases) {
                    session.reset();
                    int[] prompt = Fixtures.ids(Fixtures.at(one, "prompt_ids"));
                    List<Number> expected = Fixtures.at(one, "outputs", file, "greedy_ids");
                    session.feed(prompt, 0, prompt.length);
                    List<Integer> found = new ArrayList<>();
                    while (found.size() < expected.size()) {
                        int best = 0;
                        for (int id = 1; id < session.logits().elements(); id++) {
                            best =
                                    session.logits().floats().get(id)
                                                    > session.logits().floats().get(best)
                                            ? id
                                            : best;
                        }
                        found.add(best);
                        session.feed(new int[] {best}, 0, 1);
                    }
                    assertThat(found).as(file).isEqualTo(expected);
                }
            }
        }
    }
}
