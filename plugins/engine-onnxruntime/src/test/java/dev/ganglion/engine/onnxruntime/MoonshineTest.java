package dev.ganglion.engine.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.Tensor.Type;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real model that listens, over recorded commands. */
class MoonshineTest {
    private static final Path PACKAGE =
            Path.of("../../bundles/models/target/models/moonshine-tiny/1");
    private static final int START = 1;
    private static final int STOP = 2;
    private static final int HEADER_BYTES = 44;

    /** One that is spoken clearly: "Set color of the kitchen lights to blue." */
    private static final int CLEAR = 11;

    /**
     * Of 53; int8 differs by up to 0.1 in a logit between processors and versions, which turns what
     * was mumbled.
     */
    private static final int SAME_AT_LEAST = 47;

    @BeforeAll
    static void isThere() {
        assumeTrue(
                Files.isRegularFile(PACKAGE.resolve("encoder_model.onnx")),
                "skipped: the model moonshine-tiny is not in bundles/models/target; build that first");
        assumeTrue(
                Fixtures.isShared("golden/moonshine-voice.json"),
                "skipped: no recorded commands under -Dganglion.shared.data");
    }

    private static ModelPackage model() {
        ModelPackage source =
                ModelPackage.of(
                                new ModelId("moonshine-tiny", "1"),
                                "onnx",
                                PACKAGE.resolve("decoder_model_merged.onnx"))
                        .withTensors(
                                List.of(
                                        TensorSpec.of("input_values", Type.FLOAT32, "1", 1, -1)
                                                .atRateHz(16_000)),
                                List.of(TensorSpec.of("logits", Type.FLOAT32, "1", 32_768)))
                        .withOptions(
                                Map.of(
                                        "encoder",
                                        "encoder_model.onnx",
                                        "shortestInput",
                                        "895",
                                        "longestInput",
                                        "480000",
                                        "optimizationLevel",
                                        "basic"));
        return Fixtures.withMaxTokens(
                Fixtures.withFiles(
                        source,
                        "decoder_model_merged.onnx",
                        "decoder_model_merged.onnx",
                        "encoder_model.onnx"),
                194);
    }

    private static List<Object> cases() {
        return Fixtures.at(Fixtures.golden("moonshine-voice"), "cases");
    }

    private static void hear(TokenSession session, Object one) {
        Path file = Fixtures.shared("data/voice/" + Fixtures.<String>at(one, "wav"));
        ShortBuffer samples;
        try {
            samples =
                    ByteBuffer.wrap(Files.readAllBytes(file))
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .position(HEADER_BYTES)
                            .slice()
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .asShortBuffer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Tensor audio = session.input("input_values", 1, samples.remaining());
        for (int i = 0; i < audio.elements(); i++) {
            audio.floats().put(i, samples.get(i) / 32_768f);
        }
        session.run();
    }

    @Test
    void recordedCommandsGiveTheGoldenTokens() {
        List<String> others = new ArrayList<>();
        try (Model model = Fixtures.load(model());
                TokenSession session = (TokenSession) model.open()) {
            for (Object one : cases()) {
                session.reset();
                hear(session, one);
                List<Integer> said = say(session);
                List<Integer> golden = Fixtures.at(one, "raw", "ids");
                if (!said.equals(golden.subList(1, golden.size()))) {
                    others.add(Fixtures.at(one, "wav") + ": " + said);
                }
            }
        }
        System.out.println(
                "moonshine-tiny: "
                        + (cases().size() - others.size())
                        + " of "
                        + cases().size()
                        + " recorded commands give the golden tokens, others: "
                        + others);
        assertThat(others).hasSizeLessThanOrEqualTo(cases().size() - SAME_AT_LEAST);
    }

    @Test
    void theSameIsSaidAfterARewindAndOfTheSameSoundHeardAgain() {
        try (Model model = Fixtures.load(model());
                TokenSession session = (TokenSession) model.open()) {
            hear(session, cases().get(CLEAR));
            List<Integer> said = say(session);
            assertThat(said).hasSizeGreaterThan(5).endsWith(STOP);
            session.rewind(0);
            assertThat(say(session)).isEqualTo(said);
            hear(session, cases().get(CLEAR + 1));
            assertThat(say(session)).isNotEqualTo(said);
            hear(session, cases().get(CLEAR));
            assertThat(say(session)).isEqualTo(said);
        }
    }

    @Test
    void soundThatIsTooShortForItsConvolutionsIsRefusedAndTheShortestIsNot() {
        try (Model model = Fixtures.load(model());
                TokenSession session = (TokenSession) model.open()) {
            assertThatThrownBy(() -> session.input("input_values", 1, 894))
                    .isInstanceOf(GanglionException.class)
                    .hasMessageContaining("895 elements (0.056 s) to 480000 elements (30.000 s)");
            session.input("input_values", 1, 895);
            session.run();
            assertThat(say(session)).isNotEmpty();
        }
    }

    /** The likeliest tokens from the start to the stop, the latter included. */
    private static List<Integer> say(TokenSession session) {
        List<Integer> said = new ArrayList<>();
        int[] next = {START};
        while (next[0] != STOP && said.size() < 20) {
            session.feed(next, 0, 1);
            next[0] = likeliest(session.logits());
            said.add(next[0]);
        }
        return said;
    }

    private static int likeliest(Tensor logits) {
        int best = 0;
        for (int id = 1; id < logits.elements(); id++) {
            best = logits.floats().get(id) > logits.floats().get(best) ? id : best;
        }
        return best;
    }
}
