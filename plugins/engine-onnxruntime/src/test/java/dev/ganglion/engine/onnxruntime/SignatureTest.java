package dev.ganglion.engine.onnxruntime;

import static dev.ganglion.engine.onnxruntime.Fixtures.assertSetup;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Tensor.Type;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agreement between the card and the file. */
class SignatureTest {
    private static final TensorSpec FRAME = TensorSpec.of("frame", Type.FLOAT32, "1", 1, 64);
    private static final TensorSpec PROBS = TensorSpec.of("probs", Type.FLOAT32, "1", 1, 11);

    @TempDir Path folder;

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
            List<TensorSpec> inputs, List<TensorSpec> outputs) {
        return assertSetup(() -> Fixtures.load(Fixtures.kwsDigits().withTensors(inputs, outputs)))
                .hasMessageContaining("kws-digits-int8.onnx");
    }

    @Test
    void unitsComeFromTheCard() {
        TensorSpec frame = TensorSpec.of("frame", Type.FLOAT32, "dB", 1, 64);
        try (Model model =
                Fixtures.load(Fixtures.kwsDigits().withTensors(List.of(frame), List.of(PROBS)))) {
            assertThat(model.inputs()).containsExactly(frame);
        }
    }

    @Test
    void theCardMayLeaveSizesOpenThatTheFileKnows() {
        TensorSpec open = TensorSpec.of("frame", Type.FLOAT32, "1", -1, -1);
        try (Model model =
                Fixtures.load(Fixtures.kwsDigits().withTensors(List.of(open), List.of(PROBS)))) {
            assertThat(model.inputs()).containsExactly(FRAME);
        }
    }

    @Test
    void theCardMayFixSizesThatTheFileLeavesOpen() {
        ModelPackage source =
                Fixtures.nluMicro()
                        .withTensors(
                                List.of(
                                        TensorSpec.of("input_ids", Type.INT64, "1", 1, 16),
                                        TensorSpec.of("attention_mask", Type.INT64, "1", 1, 16)),
                                List.of());
        try (Model model = Fixtures.load(source);
                Session session = model.open()) {
            assertThat(session.input("input_ids", 1, 16).elements()).isEqualTo(16);
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> session.input("input_ids", 1, 15))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[1, 16]")
                    .hasMessageContaining("[1, 15]");
        }
    }

    @Test
    void outputsThatNobodyWantsMayBeLeftOut() {
        try (Model model =
                Fixtures.load(Fixtures.kwsDigits().withTensors(List.of(FRAME), List.of(PROBS)))) {
            assertThat(model.outputs()).containsExactly(PROBS);
        }
    }

    @Test
    void anotherSizeIsRefusedNamingBothSides() {
        assertRefused(List.of(TensorSpec.of("frame", Type.FLOAT32, "1", 1, 32)), List.of())
                .hasMessageContaining("says input frame FLOAT32[1, 32]")
                .hasMessageContaining("has frame FLOAT32[1, 64]");
    }

    @Test
    void anotherTypeIsRefusedNamingBothSides() {
        assertRefused(List.of(FRAME), List.of(TensorSpec.of("probs", Type.INT8, "1", 1, 11)))
                .hasMessageContaining("says output probs INT8[1, 11]")
                .hasMessageContaining("has probs FLOAT32[1, 11]");
    }

    @Test
    void anotherNumberOfAxesIsRefused() {
        assertRefused(List.of(TensorSpec.of("frame", Type.FLOAT32, "1", 64)), List.of())
                .hasMessageContaining("frame FLOAT32[64]");
    }

    @Test
    void anInputThatTheFileDoesNotHaveIsRefused() {
        assertRefused(List.of(FRAME, TensorSpec.of("pitch", Type.FLOAT32, "1", 1)), List.of())
                .hasMessageContaining("pitch FLOAT32[1]")
                .hasMessageContaining("frame FLOAT[1, 64]");
    }

    @Test
    void anInputThatTheCardForgotIsRefused() {
        TensorSpec ids = TensorSpec.of("input_ids", Type.INT64, "1", -1, -1);
        assertSetup(() -> Fixtures.load(Fixtures.nluMicro().withTensors(List.of(ids), List.of())))
                .hasMessageContaining("lists the inputs [input_ids INT64[-1, -1]]")
                .hasMessageContaining("attention_mask INT64[-1, -1]");
    }

    @Test
    void aTensorThatIsListedTwiceIsRefused() {
        assertRefused(List.of(FRAME, FRAME), List.of()).hasMessageContaining("lists the inputs");
    }

    @Test
    void hiddenStateIsNoInput() {
        TensorSpec state = TensorSpec.of("state", Type.FLOAT32, "1", 1, 96);
        assertRefused(List.of(FRAME, state), List.of()).hasMessageContaining("state");
    }

    @Test
    void stateThatTheFileDoesNotHaveIsRefused() {
        assertSetup(() -> Fixtures.load(Fixtures.kwsDigits().withState(Map.of("h", "state_out"))))
                .hasMessageContaining("names the input 'h'")
                .hasMessageContaining("has frame, state");
        assertSetup(() -> Fixtures.load(Fixtures.kwsDigits().withState(Map.of("state", "h_out"))))
                .hasMessageContaining("names the output 'h_out'");
    }

    @Test
    void stateThatCannotBecomeTheNextOneIsRefused() {
        assertSetup(() -> Fixtures.load(Fixtures.kwsDigits().withState(Map.of("state", "probs"))))
                .hasMessageContaining("'probs' cannot become 'state'")
                .hasMessageContaining("shape [1, 96] expected, [1, 11] found");
    }

    @Test
    void typesThatNoTensorHasAreRefused() {
        for (int type : new int[] {Onnx.DOUBLE, Onnx.STRING}) {
            Path file = Onnx.write(folder, "model.onnx", Onnx.identity(type, 2));
            assertSetup(() -> Fixtures.load(Fixtures.packageOf(file)))
                    .hasMessageContaining("its input 'x' is")
                    .hasMessageContaining(type == Onnx.DOUBLE ? "DOUBLE" : "STRING")
                    .hasMessageContaining("FLOAT32, FLOAT16, INT8");
        }
    }
}
