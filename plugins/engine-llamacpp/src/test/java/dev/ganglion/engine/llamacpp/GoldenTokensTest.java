package dev.ganglion.engine.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.TokenSession;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The likeliest tokens beside those that ONNX Runtime gave. With 8-bit weights an answer may
 * differ: its rounding depends on the processor.
 */
class GoldenTokensTest {
    @BeforeAll
    static void nativesAreThere() {
        Fixtures.assumeNatives();
    }

    @ParameterizedTest
    @CsvSource({
        "home-lm, home-lm-F16.gguf, model.onnx, 0, mapped",
        "home-lm, home-lm-F16.gguf, model.onnx, 0, resident",
        "home-lm, home-lm-Q8_0.gguf, model.onnx, 1, mapped",
        "home-lm, home-lm-Q8_0.gguf, model_int8.onnx, 1, mapped",
        "stories260k, stories260K-F32.gguf, model.onnx, 0, mapped",
        "stories260k, stories260K-F16.gguf, model.onnx, 0, mapped"
    })
    void goldenPromptsAreContinuedWithTheGoldenTokens(
            String name, String weights, String reference, int mayDiffer, String memory) {
        List<Object> cases = Fixtures.at(Fixtures.golden(name), "cases");
        int different = 0;
        try (Model model =
                        Fixtures.load(
                                Fixtures.packageOf(
                                                Fixtures.shared("models/" + name + "/" + weights))
                                        .withOptions(Map.of("memory", memory)));
                TokenSession session = (TokenSession) model.open()) {
            for (Object one : cases) {
                int[] expected = Fixtures.ids(Fixtures.at(one, "outputs", reference, "greedy_ids"));
                session.reset();
                int[] found =
                        Fixtures.greedy(
                                session,
                                Fixtures.ids(Fixtures.at(one, "prompt_ids")),
                                expected.length);
                different += Arrays.equals(expected, found) ? 0 : 1;
            }
        }
        assertThat(different).as(weights + ", of " + cases.size()).isLessThanOrEqualTo(mayDiffer);
    }
}
