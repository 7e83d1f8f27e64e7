package dev.ganglion.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What every decider keeps to. A vendor's test says which decider, for which model, and what that
 * model computes over one utterance.
 */
public abstract class DeciderContract extends PluginContract {
    /** A decider's test needs no constructor. */
    protected DeciderContract() {}

    /** {@return the decider under test} */
    protected abstract Decider decider();

    /** {@return a model that it works with: the card is enough, no file is read} */
    protected abstract ModelPackage model();

    /**
     * {@return the model's outputs, one map for each step of an utterance, from which at least one
     * decision follows} Not read when the model {@link #says} something.
     */
    protected abstract List<Map<String, Tensor>> utterance();

    /**
     * {@return what a model that generates says at each step of an utterance, from which at least
     * one decision follows; empty unless overridden, for a model that does not generate}
     */
    protected List<String> says() {
        return List.of();
    }

    /**
     * {@return what {@link #says} is to the decider when it is none of what it reads: the last
     * piece is refused; empty unless overridden}
     */
    protected List<String> saysWrongly() {
        return List.of();
    }

    /** {@return what the model read in that utterance; no tokens unless overridden} */
    protected Tokens tokens() {
        return new Tokens();
    }

    /** {@return the options to open it with; none unless overridden} */
    protected Map<String, String> options() {
        return Map.of();
    }

    /**
     * {@return a model that it cannot work with; by default one whose card names no outputs that it
     * reads and no labels}
     */
    protected ModelPackage unsuitableModel() {
        TensorSpec other = TensorSpec.of("no-such-tensor", Tensor.Type.BOOL, "1", 1);
        return model().withLabels(Map.of()).withTensors(model().inputs(), List.of(other));
    }

    /** Runs the model over a text, for deciders that compare with examples. */
    protected Steps infer(CharSequence text) {
        return override(
                "infer(text), which this decider calls to run the model over '" + text + "'");
    }

    @Override
    final Plugin plugin() {
        return decider();
    }

    private Stage<Steps, Decision> open() {
        return decider().open(model(), optionsOf(options()), this::infer);
    }

    private FakeSteps steps() {
        return says().isEmpty() ? new FakeSteps(model(), tokens(), utterance()) : saying(says());
    }

    /** Each piece less likely than the one before. */
    private FakeSteps saying(List<String> pieces) {
        List<Double> probabilities = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            probabilities.add(1 - i / 1000.0);
        }
        return FakeSteps.saying(model(), pieces, probabilities);
    }

    @Test
    void whatItReadsIsAmongTheOutputsOfTheModel() {
        List<TensorSpec> reads = decider().inputs(model(), optionsOf(options()));
        for (Map<String, Tensor> step : utterance()) {
            for (TensorSpec spec : reads) {
                Tensor tensor = step.get(spec.name());
                assertThat(tensor).as(spec + " in utterance()").isNotNull();
                if (tensor != null) {
                    assertThat(spec.mismatch(tensor)).as(spec.toString()).isNull();
                }
            }
        }
    }

    @Test
    void aModelThatItCannotWorkWithIsRefused() {
        ModelPackage unsuitable = unsuitableModel();
        assertThatThrownBy(
                        () -> {
                            // Either it says so itself, or the route does when it compares these.
                            for (TensorSpec spec :
                                    decider().inputs(unsuitable, optionsOf(options()))) {
                                compareAsTheRouteDoes(spec, unsuitable);
                            }
                            decider().open(unsuitable, optionsOf(options()), this::infer).close();
                        })
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(GanglionException.Kind.SETUP));
    }

    private static void compareAsTheRouteDoes(TensorSpec spec, ModelPackage model) {
        boolean found =
                model.outputs().stream()
                        .anyMatch(
                                output ->
                                        output.name().equals(spec.name())
                                                && spec.mismatch(output) == null);
        if (!found) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP, model.id() + " has no output " + spec);
        }
    }

    @Test
    void itLeavesAdvancingToTheRoute() {
        FakeSteps steps = steps();
        try (Stage<Steps, Decision> stage = open()) {
            while (steps.advance()) {
                int before = steps.count();
                stage.push(steps, decision -> {});
                assertThat(steps.count()).isEqualTo(before);
            }
            stage.flush(decision -> {});
        }
    }

    @Test
    void eachDecisionHasAName() {
        List<Decision> decisions = new ArrayList<>();
        FakeSteps steps = steps();
        try (Stage<Steps, Decision> stage = open()) {
            while (steps.advance()) {
                stage.push(steps, decisions::add);
            }
            stage.flush(decisions::add);
        }
        assertThat(decisions).isNotEmpty();
        assertThat(decisions).allSatisfy(decision -> assertThat(decision.name()).isNotBlank());
    }

    @Test
    void anUtteranceEndedByASureDecisionLeavesNothingBehind() {
        List<String> first = decisionsUntilSure(open());
        try (Stage<Steps, Decision> used = open()) {
            decisionsUntilSure(used);
            used.flush(decision -> {});
            assertThat(decisionsUntilSure(used)).isEqualTo(first);
        }
    }

    /** As the route reads: steps that are left after a sure decision are not run. */
    private List<String> decisionsUntilSure(Stage<Steps, Decision> stage) {
        List<String> decisions = new ArrayList<>();
        boolean[] sure = new boolean[1];
        FakeSteps steps = steps();
        while (!sure[0] && steps.advance()) {
            stage.push(
                    steps,
                    decision -> {
                        decisions.add(text(decision));
                        sure[0] |= decision.sure();
                    });
        }
        return decisions;
    }

    private static String text(Decision decision) {
        return decision.name()
                + new TreeMap<>(decision.parameters())
                + decision.confidence()
                + decision.sure();
    }

    /** The work on one stream. */
    @Nested
    class Stages extends StageContract<Steps, Decision> {
        @Override
        protected Stage<Steps, Decision> stage() {
            return open();
        }

        /** Steps are not cut; each is an object of its own, so that it can be spoilt. */
        @Override
        protected List<Steps> cut(Random random) {
            List<Steps> items = new ArrayList<>();
            int count = says().isEmpty() ? utterance().size() : says().size();
            for (int step = 1; step <= count; step++) {
                FakeSteps steps = steps();
                for (int i = 0; i < step; i++) {
                    steps.advance();
                }
                items.add(steps);
            }
            return items;
        }

        @Override
        protected void write(Decision result, StringBuilder into) {
            into.append(text(result)).append('\n');
        }

        /**
         * A step without any output; for deciders that read no tensors the last of what is said
         * wrongly, if anything is.
         */
        @Override
        protected List<Steps> brokenItems() {
            if (!saysWrongly().isEmpty()) {
                FakeSteps wrong = saying(saysWrongly());
                for (int i = 0; i < saysWrongly().size(); i++) {
                    wrong.advance();
                }
                return List.of(wrong);
            }
            if (decider().inputs(model(), optionsOf(options())).isEmpty()) {
                return List.of();
            }
            FakeSteps steps = new FakeSteps(model(), tokens(), List.of(Map.of()));
            steps.advance();
            return List.of(steps);
        }

        @Override
        protected void spoil(Steps item) {
            ((FakeSteps) item).spoil();
        }
    }
}
