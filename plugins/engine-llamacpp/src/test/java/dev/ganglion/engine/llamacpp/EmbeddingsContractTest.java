package dev.ganglion.engine.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.Tensor.Type;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.EngineContract;
import dev.ganglion.testkit.GoldenStep;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sentence vectors of a language model: any sentence has one. */
class EmbeddingsContractTest extends EngineContract {
    @BeforeAll
    static void nativesAreThere() {
        Fixtures.assumeNatives();
    }

    @Override
    protected Engine engine() {
        return new LlamaCppEngine();
    }

    @Override
    protected ModelPackage model() {
        return Fixtures.homeLm()
                .withOptions(Map.of("embeddings", "true"))
                .withTensors(
                        List.of(TensorSpec.of("input_ids", Type.INT64, "1", 1, -1)),
                        List.of(TensorSpec.of("embedding", Type.FLOAT32, "1", 1, 256)));
    }

    /** No other implementation gives the vectors of this model; what a mean is, is shown below. */
    @Override
    protected List<GoldenStep> golden() {
        return List.of();
    }

    @Override
    protected void fillInputs(Session session, int seed) {
        Tensor ids = session.input("input_ids", 1, 3 + seed % 3);
        for (int i = 0; i < ids.elements(); i++) {
            ids.longs().put(i, 6 + (seed * 7L + i * 31L) % 2000);
        }
    }

    private static float[] vector(Session session, long... ids) {
        Tensor input = session.input("input_ids", 1, ids.length);
        input.longs().put(0, ids);
        session.run();
        float[] vector = new float[256];
        session.output("embedding").floats().get(0, vector);
        return vector;
    }

    private static double cosine(float[] one, float[] other) {
        double product = 0;
        double ofOne = 0;
        double ofOther = 0;
        for (int i = 0; i < one.length; i++) {
            product += one[i] * other[i];
            ofOne += one[i] * one[i];
            ofOther += other[i] * other[i];
        }
        return product / Math.sqrt(ofOne * ofOther);
    }

    @Test
    void theVectorIsTheMeanOverTheTokens() {
        try (Model model = Fixtures.load(model());
                Session session = model.open()) {
            float[] once = vector(session, 340);
            float[] kitchen = vector(session, 490, 340, 277, 759, 377);
            float[] kitchenAgain = vector(session, 490, 340, 277, 759, 377, 19);
            float[] other = vector(session, 1200, 31, 900);
            assertThat(cosine(once, once)).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-6));
            assertThat(cosine(kitchen, kitchenAgain)).isGreaterThan(cosine(kitchen, other));
        }
    }

    @Test
    void moreTokensThanFitAreRefused() {
        try (Model model = Fixtures.load(model());
                Session session = model.open()) {
            assertThatThrownBy(() -> session.input("input_ids", 1, 161))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused -> assertThat(refused.kind()).isEqualTo(Kind.INPUT))
                    .hasMessageContaining("up to 160 tokens, found 161");
        }
    }

    @Test
    void anIdOutsideTheVocabularyIsRefused() {
        try (Model model = Fixtures.load(model());
                Session session = model.open()) {
            for (long wrong : new long[] {-1, 2048, 1L << 32}) {
                assertThatThrownBy(() -> vector(session, 5, wrong))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("found " + wrong + " at index 1");
            }
        }
    }

    @Override
    protected long allocatedBytesPerStep() {
        return Fixtures.ALLOCATED_BYTES;
    }
}
