package dev.ganglion.testkit.toy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.EngineContract;
import dev.ganglion.testkit.GoldenStep;
import dev.ganglion.testkit.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToyLinearTest extends EngineContract {
    @TempDir Path folder;

    private final ToyEngine engine = new ToyEngine();

    @Override
    protected Engine engine() {
        return engine;
    }

    @Override
    protected ModelPackage model() {
        return ToyModels.linear(
                folder,
                new ModelId("linear", "1"),
                new float[] {1, 2, 3, 4},
                new float[] {-1, 0, 0, 0.5f});
    }

    /** Worked out by hand: 1*1 + 2*0 + 3*-1 + 4 and -1*1 + 0.5. */
    @Override
    protected List<GoldenStep> golden() {
        return List.of(
                new GoldenStep(
                        Map.of("features", Tensors.of(new float[] {1, 0, -1}, 1, 3)),
                        Map.of("scores", Tensors.of(new float[] {2, -0.5f}, 1, 2))));
    }

    private Model load(Map<String, String> given) {
        return engine.load(model(), Options.of("toy", engine.options(), given, folder));
    }

    @Test
    void theScaleMultipliesTheScores() {
        try (Model model = load(Map.of("scale", "10"));
                Session session = model.open()) {
            Tensors.copyInto(
                    Tensors.of(new float[] {1, 0, -1}, 1, 3), session.input("features", 1, 3));
            session.run();
            assertThat(Tensors.floats(session.output("scores"))).containsExactly(20, -5);
        }
    }

    @Test
    void theCountersKnowWhatIsOpen() {
        Model model = load(Map.of());
        Session session = model.open();
        assertThat(engine.openModels()).isOne();
        assertThat(engine.openSessions()).isOne();
        session.close();
        session.close();
        model.close();
        model.close();
        load(Map.of()).close();
        assertThat(engine.openModels()).isZero();
        assertThat(engine.openSessions()).isZero();
        assertThat(engine.mostOpenModels()).isOne();
        assertThat(engine.loads()).isEqualTo(2);
        assertThat(engine.usesAfterFree()).isZero();
    }

    @Test
    void aStepOnAFreedModelIsCountedAndRefused() {
        Model model = load(Map.of());
        Session session = model.open();
        session.input("features", 1, 3);
        model.close();
        assertThatThrownBy(session::run).isInstanceOf(IllegalStateException.class);
        assertThat(engine.usesAfterFree()).isOne();
        session.close();
    }

    @Test
    void aFailedLoadLeavesNothingOpen() throws IOException {
        ModelPackage damaged = model();
        Files.writeString(damaged.weightsFile(), "toy-linear\n1 2 3\n1 2\nend\n");
        assertThatThrownBy(
                        () ->
                                engine.load(
                                        damaged,
                                        Options.of("toy", engine.options(), Map.of(), folder)))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("has 3 numbers in row 2, found 2 numbers");
        assertThat(engine.openModels()).isZero();
    }

    @Test
    void aCardThatSaysAnotherShapeIsRefused() {
        TensorSpec wrong = TensorSpec.of("features", Tensor.Type.FLOAT32, "1", 1, 4);
        ModelPackage model = model().withTensors(List.of(wrong), model().outputs());
        assertThatThrownBy(
                        () ->
                                engine.load(
                                        model,
                                        Options.of("toy", engine.options(), Map.of(), folder)))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("correct the card");
        assertThat(engine.openModels()).isZero();
    }

    @Test
    void theUnitOfTheCardIsKept() {
        TensorSpec warm = TensorSpec.of("features", Tensor.Type.FLOAT32, "Cel", 1, 3);
        ModelPackage source = model().withTensors(List.of(warm), model().outputs());
        try (Model model =
                engine.load(source, Options.of("toy", engine.options(), Map.of(), folder))) {
            assertThat(model.inputs()).containsExactly(warm);
        }
    }
}
