package dev.ganglion.testkit.toy;

import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.EngineContract;
import dev.ganglion.testkit.GoldenStep;
import dev.ganglion.testkit.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class ToyRecurrentTest extends EngineContract {
    @TempDir Path folder;

    @Override
    protected Engine engine() {
        return new ToyEngine();
    }

    @Override
    protected ModelPackage model() {
        return ToyModels.recurrent(folder, new ModelId("recurrent", "1"), 0.5f);
    }

    @Override
    protected boolean remembers() {
        return true;
    }

    /** Worked out by hand: 0 to 4, to 2; then 2 to 5, to 2.5, to 1.25. */
    @Override
    protected List<GoldenStep> golden() {
        return List.of(step(2, 8, 0), step(1.25f, 8, 0, 0));
    }

    private static GoldenStep step(float level, float... values) {
        return new GoldenStep(
                Map.of("values", Tensors.of(values, values.length)),
                Map.of("level", Tensors.of(new float[] {level}, 1)));
    }
}
