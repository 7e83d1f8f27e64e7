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

/** What holds for each engine holds for a model in a worker: one of fixed shapes. */
class LinearModelInAWorkerTest extends EngineContract {
    @TempDir Path folder;

    @Override
    protected Engine engine() {
        return new IsolatedEngine(new ToyEngine());
    }

    @Override
    protected ModelPackage model() {
        return ToyModels.linear(
                folder,
                new ModelId("linear", "1"),
                new float[] {1, 2, 0.5f},
                new float[] {3, 4, 0});
    }

    @Override
    protected List<GoldenStep> golden() {
        return List.of(
                new GoldenStep(
                        Map.of("features", Tensors.of(new float[] {10, 100}, 1, 2)),
                        Map.of("scores", Tensors.of(new float[] {210.5f, 430}, 1, 2))));
    }
}
