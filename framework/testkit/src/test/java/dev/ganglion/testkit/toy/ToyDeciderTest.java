package dev.ganglion.testkit.toy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.DeciderContract;
import dev.ganglion.testkit.FakeSteps;
import dev.ganglion.testkit.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ToyDeciderTest extends DeciderContract {
    @Override
    protected Decider decider() {
        return new ToyDecider();
    }

    @Override
    protected ModelPackage model() {
        return ModelPackage.of(new ModelId("linear", "1"), "toy-linear", Path.of("linear.toy"))
                .withTensors(List.of(), List.of(ToyLinear.outputSpec(2)))
                .withLabels(Map.of("scores", List.of("off", "on")));
    }

    @Override
    protected List<Map<String, Tensor>> utterance() {
        return List.of(step(0, 0.1f), step(3, 0), step(0, 5));
    }

    private static Map<String, Tensor> step(float... scores) {
        return Map.of("scores", Tensors.of(scores, 1, scores.length));
    }

    private List<Decision> decisions(String above, List<Map<String, Tensor>> utterance) {
        Options options =
                Options.of("decide", decider().options(), Map.of("above", above), Path.of(""));
        List<Decision> decisions = new ArrayList<>();
        FakeSteps steps = new FakeSteps(model(), utterance);
        try (Stage<Steps, Decision> stage = decider().open(model(), options, text -> steps)) {
            while (steps.advance()) {
                stage.push(steps, decisions::add);
            }
            stage.flush(decisions::add);
        }
        return decisions;
    }

    @Test
    void theFirstSureStepDecides() {
        assertThat(decisions("0.9", utterance())).extracting(Decision::name).containsExactly("off");
    }

    @Test
    void withoutASureStepTheBestComesAtTheFlushUnsure() {
        List<Decision> decisions = decisions("0.999", utterance());
        assertThat(decisions).hasSize(1);
        assertThat(decisions.get(0).name()).isEqualTo("on");
        assertThat(decisions.get(0).sure()).isFalse();
        assertThat(decisions.get(0).confidence()).isCloseTo(1 / (1 + Math.exp(-5)), within(1e-6));
    }

    @Test
    void withoutStepsThereIsNoDecision() {
        assertThat(decisions("0.5", List.of())).isEmpty();
    }

    @Test
    void anotherNumberOfScoresThanLabelsIsRefused() {
        assertThatThrownBy(() -> decisions("0.5", List.of(step(1, 2, 3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 scores expected");
    }

    @Test
    void aModelWithoutLabelsIsRefused() {
        Options options = Options.of("decide", decider().options(), Map.of(), Path.of(""));
        ModelPackage nameless = model().withLabels(Map.of());
        assertThatThrownBy(() -> decider().inputs(nameless, options))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("needs labels for the output 'scores'");
    }
}
