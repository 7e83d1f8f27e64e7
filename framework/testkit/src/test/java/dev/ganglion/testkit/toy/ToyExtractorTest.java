package dev.ganglion.testkit.toy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.encode.FeatureExtractor;
import dev.ganglion.testkit.FeatureExtractorContract;
import dev.ganglion.testkit.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ToyExtractorTest extends FeatureExtractorContract {
    @Override
    protected FeatureExtractor extractor() {
        return new ToyExtractor();
    }

    @Test
    void tenInputsGiveNothingAndTheEleventhGivesThree() {
        List<Float> results = new ArrayList<>();
        Options options = Options.of("toy-eleven", extractor().options(), Map.of(), Path.of(""));
        try (Stage<Tensor, Tensor> stage = extractor().open(options)) {
            for (int value = 1; value <= 10; value++) {
                push(stage, value, results);
                assertThat(results).isEmpty();
            }
            push(stage, 11, results);
            assertThat(results).containsExactly(1f, 6f, 11f);
        }
    }

    private static void push(Stage<Tensor, Tensor> stage, float value, List<Float> results) {
        stage.push(
                Tensors.of(new float[] {value}, 1), result -> results.add(result.floats().get(0)));
    }
}
