package dev.ganglion.decider.nearest;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.DeciderContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class NearestDeciderContractTest extends DeciderContract {
    @TempDir private Path folder;

    @BeforeEach
    void threeIntents() throws IOException {
        Files.writeString(folder.resolve("examples.yaml"), "a: ['0']\nb: ['90']\nc: ['180']\n");
    }

    @Override
    protected Decider decider() {
        return new NearestDecider();
    }

    @Override
    protected Map<String, String> options() {
        return Map.of("examples", folder.resolve("examples.yaml").toString());
    }

    @Override
    protected ModelPackage model() {
        return Compass.MODEL;
    }

    @Override
    protected Tokens tokens() {
        return Compass.tokens("260 265");
    }

    @Override
    protected List<Map<String, Tensor>> utterance() {
        return List.of(Compass.outputs("260 265"));
    }

    @Override
    protected Steps infer(CharSequence text) {
        return Compass.infer(text);
    }
}
