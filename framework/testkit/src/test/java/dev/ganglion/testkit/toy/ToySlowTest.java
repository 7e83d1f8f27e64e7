package dev.ganglion.testkit.toy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.EngineContract;
import dev.ganglion.testkit.GoldenStep;
import dev.ganglion.testkit.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToySlowTest extends EngineContract {
    @TempDir Path folder;

    private final ToyEngine engine = new ToyEngine();

    ToySlowTest() {
        engine.slowGate().open();
    }

    @Override
    protected Engine engine() {
        return engine;
    }

    @Override
    protected ModelPackage model() {
        return ToyModels.slow(folder, new ModelId("slow", "1"), 3);
    }

    @Override
    protected List<GoldenStep> golden() {
        return List.of(
                new GoldenStep(
                        Map.of("value", Tensors.of(new float[] {7}, 1)),
                        Map.of("echo", Tensors.of(new float[] {7}, 1))));
    }

    private Model load() {
        return engine.load(model(), Options.of("toy", engine.options(), Map.of(), folder));
    }

    @Test
    void aStepStandsAtTheGateUntilItWasReleasedThreeTimes() {
        engine.slowGate().hold();
        try (Model model = load();
                Session session = model.open()) {
            session.input("value", 1).floats().put(0, 7);
            CompletableFuture<Void> step = CompletableFuture.runAsync(session::run);
            for (int pass = 0; pass < 3; pass++) {
                engine.slowGate().awaitWaiting(1);
                assertThat(step).isNotDone();
                engine.slowGate().release(1);
            }
            step.join();
            assertThat(Tensors.floats(session.output("echo"))).containsExactly(7);
        }
    }

    @Test
    void cancelEndsAStepThatStandsAtTheGate() {
        engine.slowGate().hold();
        try (Model model = load();
                Session session = model.open()) {
            session.input("value", 1);
            CompletableFuture<Void> step = CompletableFuture.runAsync(session::run);
            engine.slowGate().awaitWaiting(1);
            session.cancel();
            assertThatThrownBy(step::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOf(GanglionException.class)
                    .hasMessageContaining("cancelled");
        }
    }

    @Test
    void aModelThatIsFreedUnderAStepIsCounted() {
        engine.slowGate().hold();
        Model model = load();
        Session session = model.open();
        session.input("value", 1);
        CompletableFuture<Void> step = CompletableFuture.runAsync(session::run);
        engine.slowGate().awaitWaiting(1);
        model.close();
        engine.slowGate().open();
        assertThatThrownBy(step::join).hasCauseInstanceOf(IllegalStateException.class);
        assertThat(engine.usesAfterFree()).isOne();
        session.close();
    }
}
