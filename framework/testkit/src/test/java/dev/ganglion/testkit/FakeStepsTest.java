package dev.ganglion.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FakeStepsTest {
    private final ModelPackage model =
            ModelPackage.of(new ModelId("m", "1"), "toy-linear", Path.of("m.toy"));
    private final Tensor first = Tensors.of(new float[] {1}, 1);
    private final FakeSteps steps =
            new FakeSteps(
                    model,
                    List.of(
                            Map.of("scores", first),
                            Map.of("scores", Tensors.of(new float[] {2}, 1))));

    @Test
    void eachAdvanceShowsTheNextStep() {
        assertThat(steps.count()).isZero();
        assertThat(steps.advance()).isTrue();
        assertThat(Tensors.floats(steps.output("scores"))).containsExactly(1);
        assertThat(steps.advance()).isTrue();
        assertThat(Tensors.floats(steps.output("scores"))).containsExactly(2);
        assertThat(steps.advance()).isFalse();
        assertThat(steps.count()).isEqualTo(2);
        assertThat(steps.tokens().size()).isZero();
        assertThat(steps.model()).isSameAs(model);
    }

    @Test
    void aTensorThatWasKeptIsOverwrittenByTheNextStep() {
        steps.advance();
        Tensor kept = steps.output("scores");
        steps.advance();
        assertThat(Tensors.floats(kept)).containsExactly(Float.NaN);
        assertThat(Tensors.floats(first)).containsExactly(1);
    }

    @Test
    void anOutputBeforeTheFirstStepIsRefused() {
        assertThatThrownBy(() -> steps.output("scores")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anUnknownOutputIsRefusedAndTheOthersListed() {
        steps.advance();
        assertThatThrownBy(() -> steps.output("labels"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no output 'labels'; it has: scores");
    }

    @Test
    void whatIsSaidGrowsAndIsOverwrittenForWhoKeepsIt() {
        FakeSteps saying = FakeSteps.saying(model, List.of("a", "", "bc"), List.of(0.5, 0.25));
        assertThat(saying.said().toString()).isEmpty();
        assertThat(saying.probability()).isEqualTo(1);
        saying.advance();
        CharSequence kept = saying.said();
        assertThat(kept.toString()).isEqualTo("a");
        assertThat(saying.probability()).isEqualTo(0.5);
        saying.advance();
        assertThat(kept.toString()).isEmpty();
        saying.advance();
        assertThat(saying.said().toString()).isEqualTo("abc");
        assertThat(saying.probability()).isEqualTo(1);
        assertThat(saying.advance()).isFalse();
        assertThat(saying.said().toString()).isEqualTo("abc");
        saying.spoil();
        assertThat(saying.said().toString()).isEmpty();
    }
}
