package dev.ganglion.engine.onnxruntime;

import static dev.ganglion.engine.onnxruntime.Fixtures.assertSetup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.Tensor.Type;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelPackage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxTokenSessionTest {
    @TempDir Path folder;

    private ModelPackage tiny(boolean withMask, boolean lastOnly) {
        return packageOf(TinyLanguageModel.onnx(withMask, lastOnly));
    }

    private ModelPackage packageOf(Proto model) {
        return Fixtures.packageOf(Onnx.write(folder, "model.onnx", model));
    }

    private static float[] logits(TokenSession session) {
        float[] logits = new float[TinyLanguageModel.VOCABULARY];
        session.logits().floats().get(0, logits);
        return logits;
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void feedsAndRewindsInAnyOrderGiveWhatTheTokensGive(boolean withMask, boolean lastOnly) {
        Random random = new Random(11);
        try (Model model = Fixtures.load(Fixtures.withMaxTokens(tiny(withMask, lastOnly), 300));
                TokenSession session = (TokenSession) model.open()) {
            List<Integer> fed = new ArrayList<>();
            for (int step = 0; step < 300; step++) {
                if (random.nextInt(4) == 0) {
                    int position = random.nextInt(fed.size() + 1);
                    session.rewind(position);
                    fed.subList(position, fed.size()).clear();
                }
                int most = random.nextInt(5) == 0 ? 150 : 3;
                int count = Math.min(1 + random.nextInt(most), session.capacity() - fed.size());
                int[] ids = random.ints(count, 0, TinyLanguageModel.VOCABULARY).toArray();
                session.feed(ids, 0, count);
                for (int id : ids) {
                    fed.add(id);
                }
                assertThat(session.position()).isEqualTo(fed.size());
                if (count > 0) {
                    assertThat(logits(session)).isEqualTo(TinyLanguageModel.logits(fed, withMask));
                }
            }
        }
    }

    @Test
    void withoutACardTheOptionSaysHowManyTokensFit() {
        ModelPackage source = tiny(true, false);
        assertThat(capacity(source)).isEqualTo(512);
        assertThat(capacity(source.withOptions(Map.of("contextTokens", "40")))).isEqualTo(40);
        assertThat(
                        capacity(
                                Fixtures.withMaxTokens(
                                        source.withOptions(Map.of("contextTokens", "40")), 30)))
                .isEqualTo(30);
    }

    private static int capacity(ModelPackage source) {
        try (Model model = Fixtures.load(source);
                TokenSession session = (TokenSession) model.open()) {
            return session.capacity();
        }
    }

    @Test
    void declaredStateIsTheSameAsStateThatTellsByItsNames() {
        Map<String, String> state =
                Map.of(
                        "past_key_values.0.key",
                        "present.0.key",
                        "past_key_values.0.value",
                        "present.0.value");
        assertThat(capacity(tiny(true, false).withState(state))).isEqualTo(512);
    }

    @Test
    void theCardMaySayWhatTheFileGivesOrWhatASessionGives() {
        TensorSpec ids = TensorSpec.of("input_ids", Type.INT64, "1", 1, -1);
        TensorSpec positions = TensorSpec.of("position_ids", Type.INT64, "1", 1, -1);
        TensorSpec ofFile = TensorSpec.of("logits", Type.FLOAT32, "1", -1, -1, 7);
        TensorSpec ofSession = TensorSpec.of("logits", Type.FLOAT32, "1", 7);
        for (TensorSpec logits : List.of(ofFile, ofSession)) {
            ModelPackage source =
                    tiny(false, false).withTensors(List.of(ids, positions), List.of(logits));
            try (Model model = Fixtures.load(source)) {
                assertThat(model.outputs()).containsExactly(ofSession);
            }
        }
        TensorSpec wrong = TensorSpec.of("logits", Type.FLOAT32, "1", 8);
        assertSetup(() -> Fixtures.load(tiny(false, false).withTensors(List.of(), List.of(wrong))))
                .hasMessageContaining("says output logits FLOAT32[8]")
                .hasMessageContaining("has logits FLOAT32[1, -1, 7]");
    }

    @Test
    void logitsAreRefusedUntilATokenWasFed() {
        try (Model model = Fixtures.load(tiny(true, false));
                TokenSession session = (TokenSession) model.open()) {
            assertNoLogits(session);
            session.feed(new int[] {1, 2}, 0, 2);
            session.rewind(1);
            assertNoLogits(session);
            session.feed(new int[] {2}, 0, 1);
            assertThat(session.output("logits")).isSameAs(session.logits());
            session.reset();
            assertNoLogits(session);
        }
    }

    private static void assertNoLogits(TokenSession session) {
        assertThatThrownBy(session::logits)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no token was fed");
    }

    @Test
    void thereIsNothingToWriteAndOnlyLogitsToRead() {
        try (Model model = Fixtures.load(tiny(true, false));
                TokenSession session = (TokenSession) model.open()) {
            assertThat(model.inputs()).isEmpty();
            session.run();
            assertThatThrownBy(() -> session.input("input_ids", 1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("fed with tokens");
            assertThatThrownBy(() -> session.output("present.0.key"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("it has: logits");
        }
    }

    @Test
    void stateThatIsDeclaredInPartIsRefused() {
        ModelPackage source =
                tiny(true, false).withState(Map.of("past_key_values.0.key", "present.0.key"));
        assertSetup(() -> Fixtures.load(source)).hasMessageContaining("past_key_values.0.value");
    }

    @Test
    void anInputThatNoLanguageModelHasIsRefused() {
        assertForm(languageModel("pixels", Onnx.FLOAT, 2, Onnx.FLOAT, -1), "pixels FLOAT32[1, -1]");
    }

    @Test
    void idsThatAreNoWholeNumbersAreRefused() {
        assertForm(languageModel("position_ids", Onnx.FLOAT, 2, Onnx.FLOAT, -1), "position_ids");
    }

    @Test
    void keysOfUnknownSizeAreRefused() {
        assertForm(
                languageModel("position_ids", Onnx.INT64, -1, Onnx.FLOAT, -1),
                "past_key_values.0.key FLOAT32[1, -1, -1, 3]");
    }

    @Test
    void logitsOfUnknownSizeOrOtherTypeAreRefused() {
        assertForm(languageModel("position_ids", Onnx.INT64, 2, Onnx.INT64, 7), "logits INT64");
        assertForm(
                languageModel("position_ids", Onnx.INT64, 2, Onnx.FLOAT, -1),
                "logits FLOAT32[1, 1, -1]");
    }

    /** A graph with the names of a language model; it is never run. */
    private static Proto languageModel(
            String input, int inputType, long heads, int logitsType, long vocabulary) {
        return Onnx.model(
                new Proto()
                        .message(1, Onnx.node("Identity", "past_key_values.0.key", "present.0.key"))
                        .message(
                                1,
                                Onnx.node(
                                        "Cast", "input_ids", "cast", Onnx.whole("to", logitsType)))
                        .message(1, Onnx.node("Unsqueeze", "cast axis", "logits"))
                        .message(5, Onnx.longs("axis", new long[] {1}, vocabulary < 0 ? 1 : 2))
                        .message(11, Onnx.value("input_ids", Onnx.INT64, 1, -1))
                        .message(11, Onnx.value(input, inputType, 1, -1))
                        .message(
                                11,
                                Onnx.value("past_key_values.0.key", Onnx.FLOAT, 1, heads, -1, 3))
                        .message(12, Onnx.value("present.0.key", Onnx.FLOAT, 1, heads, -1, 3))
                        .message(12, Onnx.value("logits", logitsType, 1, -1, vocabulary)));
    }

    private void assertForm(Proto model, String found) {
        assertSetup(() -> Fixtures.load(packageOf(model)))
                .hasMessageContaining("a language model of a form")
                .hasMessageContaining(found);
    }
}
