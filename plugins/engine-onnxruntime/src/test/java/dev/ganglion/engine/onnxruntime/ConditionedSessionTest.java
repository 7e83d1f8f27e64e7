package dev.ganglion.engine.onnxruntime;

import static dev.ganglion.engine.onnxruntime.Fixtures.assertSetup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
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
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConditionedSessionTest {
    @TempDir Path folder;

    @BeforeEach
    void write() {
        Onnx.write(folder, "decoder.onnx", TinyLanguageModel.conditioned());
        Onnx.write(folder, "encoder.onnx", TinyLanguageModel.encoder());
    }

    private ModelPackage conditioned() {
        return Fixtures.conditioned(folder);
    }

    private ModelPackage withOptions(String... options) {
        Map<String, String> all = new TreeMap<>(Map.of("encoder", "encoder.onnx"));
        for (int i = 0; i < options.length; i += 2) {
            all.put(options[i], options[i + 1]);
        }
        return conditioned().withOptions(all);
    }

    private static void hear(TokenSession session, float... values) {
        session.input("audio", 1, values.length).floats().put(0, values);
        session.run();
    }

    private static void feed(TokenSession session, int... ids) {
        session.feed(ids, 0, ids.length);
    }

    private static float[] logits(TokenSession session) {
        float[] logits = new float[TinyLanguageModel.VOCABULARY];
        session.logits().floats().get(0, logits);
        return logits;
    }

    @Test
    void itTakesWhatItsEncoderTakesAndGivesLogits() {
        try (Model model = Fixtures.load(conditioned())) {
            assertThat(model.inputs())
                    .containsExactly(TensorSpec.of("audio", Type.FLOAT32, "1", 1, -1));
            assertThat(model.outputs())
                    .containsExactly(TensorSpec.of("logits", Type.FLOAT32, "1", 7));
        }
    }

    @Test
    void feedsAndRewindsInAnyOrderGiveWhatTheTokensGiveOfWhatWasHeard() {
        Random random = new Random(5);
        try (Model model = Fixtures.load(Fixtures.withMaxTokens(conditioned(), 100));
                TokenSession session = (TokenSession) model.open()) {
            float heard = 0;
            List<Integer> fed = new ArrayList<>();
            for (int step = 0; step < 300; step++) {
                int choice = step == 0 ? 0 : random.nextInt(8);
                if (choice == 0) {
                    float[] audio = new float[1 + random.nextInt(20)];
                    heard = 0;
                    for (int i = 0; i < audio.length; i++) {
                        audio[i] = random.nextInt(7) - 3;
                        heard += audio[i];
                    }
                    hear(session, audio);
                    fed.clear();
                } else if (choice < 3) {
                    int position = random.nextInt(fed.size() + 1);
                    session.rewind(position);
                    fed.subList(position, fed.size()).clear();
                }
                assertThat(session.position()).isEqualTo(fed.size());
                int count = Math.min(1 + random.nextInt(3), session.capacity() - fed.size());
                int[] ids = random.ints(count, 0, TinyLanguageModel.VOCABULARY).toArray();
                feed(session, ids);
                for (int id : ids) {
                    fed.add(id);
                }
                if (count > 0) {
                    assertThat(logits(session)).isEqualTo(TinyLanguageModel.logits(fed, heard));
                }
            }
        }
    }

    @Test
    void tokensAreRefusedBeforeSomethingWasHeard() {
        try (Model model = Fixtures.load(conditioned());
                TokenSession session = (TokenSession) model.open()) {
            assertDeaf(session);
            hear(session, 1, 2);
            feed(session, 1);
            session.reset();
            assertDeaf(session);
            hear(session, 3);
            feed(session, 1);
            assertThat(logits(session)).isEqualTo(TinyLanguageModel.logits(List.of(1), 3));
        }
    }

    private static void assertDeaf(TokenSession session) {
        assertThatThrownBy(() -> feed(session, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("audio FLOAT32[1, -1]")
                .hasMessageContaining("run() before tokens");
        assertThatThrownBy(session::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("were not written");
        assertThat(session.position()).isZero();
    }

    @Test
    void whatIsTooShortOrTooLongIsRefusedWithItsLimits() {
        ModelPackage source =
                withOptions("shortestInput", "2", "longestInput", "8")
                        .withTensors(
                                List.of(
                                        TensorSpec.of("audio", Type.FLOAT32, "1", 1, -1)
                                                .atRateHz(4)),
                                List.of());
        try (Model model = Fixtures.load(source);
                TokenSession session = (TokenSession) model.open()) {
            for (long size : new long[] {0, 1, 9, 1L << 40}) {
                assertThatThrownBy(() -> session.input("audio", 1, size))
                        .isInstanceOfSatisfying(
                                GanglionException.class,
                                refused -> assertThat(refused.kind()).isEqualTo(Kind.INPUT))
                        .hasMessageContaining("2 elements (0.500 s) to 8 elements (2.000 s)")
                        .hasMessageContaining("found " + size + " elements");
            }
            assertThat(session.input("audio", 1, 2).elements()).isEqualTo(2);
            assertThat(session.input("audio", 1, 8).elements()).isEqualTo(8);
        }
    }

    @Test
    void anotherNameOrShapeIsRefused() {
        try (Model model = Fixtures.load(conditioned());
                TokenSession session = (TokenSession) model.open()) {
            assertThatThrownBy(() -> session.input("sound", 1, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("it has: audio");
            assertThatThrownBy(() -> session.input("audio", 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[1, -1]");
            assertThatThrownBy(() -> session.input("audio", 2, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[1, -1]");
        }
    }

    @Test
    void aCancelledSessionHearsNothingUntilItIsReset() {
        try (Model model = Fixtures.load(conditioned());
                TokenSession session = (TokenSession) model.open()) {
            hear(session, 1);
            session.cancel();
            Tensor audio = session.input("audio", 1, 1);
            audio.floats().put(0, 4);
            assertThatThrownBy(session::run)
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused -> assertThat(refused.kind()).isEqualTo(Kind.REOPEN));
            session.reset();
            hear(session, 4);
            feed(session, 2);
            assertThat(logits(session)).isEqualTo(TinyLanguageModel.logits(List.of(2), 4));
        }
    }

    @Test
    void boundsThatContradictEachOtherAreRefused() {
        assertSetup(() -> Fixtures.load(withOptions("shortestInput", "9", "longestInput", "8")))
                .hasMessageContaining("'shortestInput'")
                .hasMessageContaining("'9'");
    }

    @Test
    void anEncoderThatThePackageDoesNotListIsRefused() {
        assertSetup(() -> Fixtures.load(withOptions("encoder", "other.onnx")))
                .hasMessageContaining("other.onnx")
                .hasMessageContaining("decoder.onnx, encoder.onnx");
    }

    @Test
    void weightsThatReadAnEncoderButNameNoneAreRefused() {
        assertSetup(() -> Fixtures.load(conditioned().withOptions(Map.of())))
                .hasMessageContaining("the option 'encoder'")
                .hasMessageContaining("none is named")
                .hasMessageContaining("encoder.onnx");
    }

    @Test
    void anEncoderThatTheWeightsDoNotReadIsRefused() {
        Onnx.write(folder, "decoder.onnx", TinyLanguageModel.onnx(true, false));
        assertSetup(() -> Fixtures.load(conditioned()))
                .hasMessageContaining("no input 'encoder_hidden_states'");
        Onnx.write(folder, "decoder.onnx", Onnx.identity(Onnx.FLOAT, 4));
        assertSetup(() -> Fixtures.load(conditioned()))
                .hasMessageContaining("no input 'encoder_hidden_states'");
    }

    @Test
    void anEncoderThatComputesSomethingElseIsRefused() {
        Onnx.write(folder, "encoder.onnx", Onnx.identity(Onnx.FLOAT, 1, -1, 2));
        assertSetup(() -> Fixtures.load(conditioned()))
                .hasMessageContaining("encoder_hidden_states")
                .hasMessageContaining("[-1, -1, 1] expected, [1, -1, 2] found");
    }

    @Test
    void anEncoderThatIsDamagedIsRefused() {
        Onnx.write(folder, "encoder.onnx", new Proto().raw(0xff, 0xff, 0xff));
        assertSetup(() -> Fixtures.load(conditioned())).hasMessageContaining("encoder.onnx");
    }
}
