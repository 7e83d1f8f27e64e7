package dev.ganglion.worker;

import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.EngineContract;
import dev.ganglion.testkit.GoldenStep;
import dev.ganglion.testkit.Tensors;
import dev.ganglion.testkit.toy.ToyEngine;
import dev.ganglion.testkit.toy.ToyModels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** One that remembers, and whose input changes its length. */
class RecurrentModelInAWorkerTest extends EngineContract {
    @TempDir Path folder;

    @Override
    protected Engine engine() {
        return new IsolatedEngine(new ToyEngine());
    }

    @Override
    protected ModelPackage model() {
        return ToyModels.recurrent(folder, new ModelId("mean", "1"), 0.5f);
    }

    @Override
    protected boolean remembers() {
        return true;
    }

    @Override
    protected List<GoldenStep> golden() {
        return List.of(
                new GoldenStep(
                        Map.of("values", Tensors.of(new float[] {8}, 1)),
                        Map.of("level", Tensors.of(new float[] {4}, 1))),
                new GoldenStep(
                        Map.of("values", Tensors.of(new float[] {8, 0, 1}, 3)),
                        Map.of("level", Tensors.of(new float[] {2}, 1))));
    }
}
