package dev.ganglion.engine.llamacpp;

import static dev.ganglion.engine.llamacpp.Fixtures.assertSetup;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that llama.cpp loads and that would end the process at their first step. */
class OtherArchitecturesTest {
    @TempDir Path folder;

    @BeforeAll
    static void nativesAreThere() {
        Fixtures.assumeNatives();
    }

    private ModelPackage written(TinyGguf model, boolean embeddings) throws IOException {
        Path file = model.writeTo(folder.resolve("model.gguf")).toAbsolutePath();
        return Fixtures.packageOf(file)
                .withOptions(Map.of("embeddings", String.valueOf(embeddings)));
    }

    private static float[] vector(Session session, long... ids) {
        session.input("input_ids", 1, ids.length).longs().put(0, ids);
        session.run();
        float[] vector = new float[session.output("embedding").elements()];
        session.output("embedding").floats().get(0, vector);
        return vector;
    }

    @Test
    void anEncoderWithoutMemoryDoesNotGenerateAndTheOptionIsNamed() throws IOException {
        try (Model model = Fixtures.load(written(TinyGguf.bert(), false))) {
            for (int time = 0; time < 2; time++) {
                assertSetup(model::open)
                        .hasMessageContaining("expected a causal transformer, found one that keeps")
                        .hasMessageContaining("set its option embeddings to true");
            }
        }
    }

    @Test
    void theSameEncoderGivesSentenceVectors() throws IOException {
        try (Model model = Fixtures.load(written(TinyGguf.bert(), true));
                Session session = model.open()) {
            float[] one = vector(session, 1, 5, 7);
            assertThat(one).hasSize(8).doesNotContain(Float.NaN);
            assertThat(vector(session, 1, 5, 7)).containsExactly(one);
            assertThat(vector(session, 7, 5)).isNotEqualTo(one);
        }
    }

    @Test
    void anEncoderWithADecoderIsRefusedForBothAndNeitherAdvisesTheOther() throws IOException {
        assertSetup(() -> Fixtures.load(written(TinyGguf.t5(), true)))
                .hasMessageContaining("model.gguf have an encoder and a decoder")
                .hasMessageContaining("convert its encoder alone");
        assertSetup(() -> Fixtures.load(written(TinyGguf.t5(), false)))
                .hasMessageContaining("not those of a model that only decodes")
                .hasMessageEndingWith("expected a causal transformer; take another model");
    }

    @Test
    void theEncoderAloneGivesSentenceVectorsAndDoesNotGenerate() throws IOException {
        assertSetup(() -> Fixtures.load(written(TinyGguf.t5Encoder(), false)))
                .hasMessageEndingWith("or set its option embeddings to true for sentence vectors");
        try (Model model = Fixtures.load(written(TinyGguf.t5Encoder(), true));
                Session session = model.open()) {
            float[] one = vector(session, 1, 5, 7);
            assertThat(one).hasSize(8).doesNotContain(Float.NaN);
            assertThat(vector(session, 7, 5)).isNotEqualTo(one);
        }
    }
}
