package dev.ganglion.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/**
 * What every engine keeps to, shown with one small model that is stepped: inputs, run, outputs. An
 * engine of generative models extends {@link TokenSessionContract} instead.
 *
 * <pre>{@code
 * class OnnxEngineTest extends EngineContract {
 *     protected Engine engine() { return new OnnxEngine(); }
 *     protected ModelPackage model() { return ...; }
 *     protected List<GoldenStep> golden() { return List.of(new GoldenStep(inputs, outputs)); }
 * }
 * }</pre>
 *
 * Each capability counts as supported until its method is overridden.
 */
public abstract class EngineContract extends EngineStepContract {
    /** An engine's test needs no constructor. */
    protected EngineContract() {}

    /**
     * {@return steps to be run in this order from a session's start, and what another
     * implementation computed for them; empty to go without, visibly}
     */
    protected abstract List<GoldenStep> golden();

    /** {@return whether a step depends on the steps before; by default what the card says} */
    protected boolean remembers() {
        return !model().state().isEmpty();
    }

    @Test
    void theCardNamesInputsAndOutputs() {
        assertThat(model().inputs()).as("inputs of model()").isNotEmpty();
        assertThat(model().outputs()).as("outputs of model()").isNotEmpty();
    }

    @Test
    void eachOutputFitsItsSpec() {
        try (Model model = load(model());
                Session session = model.open()) {
            for (int seed = 0; seed < STEPS; seed++) {
                step(session, seed);
                for (TensorSpec spec : model.outputs()) {
                    assertThat(spec.mismatch(session.output(spec.name())))
                            .as(spec.toString())
                            .isNull();
                }
            }
        }
    }

    @Test
    void goldenStepsComeOutWithinTheTolerance() {
        List<GoldenStep> golden = golden();
        assumeGiven(!golden.isEmpty(), "golden()");
        try (Model model = load(model());
                Session session = model.open()) {
            for (int i = 0; i < golden.size(); i++) {
                golden.get(i)
                        .inputs()
                        .forEach(
                                (name, values) ->
                                        Tensors.copyInto(
                                                values, session.input(name, values.shape())));
                session.run();
                String step = "golden step " + i + ", ";
                golden.get(i)
                        .outputs()
                        .forEach(
                                (name, expected) ->
                                        assertThat(
                                                        Tensors.difference(
                                                                expected,
                                                                session.output(name),
                                                                tolerance()))
                                                .as(step + name)
                                                .isEmpty());
            }
        }
    }

    @Test
    void otherInputsGiveOtherOutputs() {
        try (Model model = load(model())) {
            assertThat(stepsOfANewSession(model, 0))
                    .as("fillInputs() must make steps that differ, or nothing here shows a mix-up")
                    .isNotEqualTo(stepsOfANewSession(model, 1000));
        }
    }

    @Test
    void theSameInputsGiveTheSameOutputs() {
        try (Model model = load(model())) {
            assertThat(stepsOfANewSession(model, 0)).isEqualTo(stepsOfANewSession(model, 0));
        }
    }

    @Test
    void aResetSessionIsLikeANewOne() {
        try (Model model = load(model());
                Session session = model.open()) {
            steps(session, 1000);
            session.reset();
            assertThat(steps(session, 0)).isEqualTo(stepsOfANewSession(model, 0));
        }
    }

    @Test
    void aRepeatedStepDiffersOnlyWhenTheModelRemembers() {
        try (Model model = load(model());
                Session session = model.open()) {
            List<String> results = new ArrayList<>();
            for (int i = 0; i < STEPS; i++) {
                results.add(step(session, 7));
            }
            if (remembers()) {
                assertThat(results).anyMatch(result -> !result.equals(results.get(0)));
            } else {
                assertThat(results).containsOnly(results.get(0));
            }
        }
    }

    @Test
    void twoSessionsDoNotMix() {
        try (Model model = load(model());
                Session first = model.open();
                Session second = model.open()) {
            List<String> ofFirst = new ArrayList<>();
            List<String> ofSecond = new ArrayList<>();
            for (int i = 0; i < STEPS; i++) {
                // Both inputs are written before either runs: shared buffers would show.
                fillInputs(first, i);
                ofSecond.add(step(second, 1000 + i));
                ofFirst.add(step(first, i));
            }
            assertThat(ofFirst).isEqualTo(stepsOfANewSession(model, 0));
            assertThat(ofSecond).isEqualTo(stepsOfANewSession(model, 1000));
        }
    }

    @Test
    void closingOneSessionLeavesAnotherWorking() {
        try (Model model = load(model());
                Session session = model.open()) {
            Session other = model.open();
            step(other, 1);
            other.close();
            assertThat(steps(session, 0)).isEqualTo(stepsOfANewSession(model, 0));
        }
    }

    @Test
    void manyThreadsWithTheirOwnSessionsDoNotMix() {
        try (Model model = load(model())) {
            List<Runnable> work = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int seed = 1000 * thread;
                List<String> alone = stepsOfANewSession(model, seed);
                work.add(
                        () -> {
                            try (Session session = model.open()) {
                                for (int round = 0; round < 10; round++) {
                                    assertThat(steps(session, seed)).isEqualTo(alone);
                                    session.reset();
                                }
                            }
                        });
            }
            Threads.together(work);
        }
    }

    @Test
    void inputRefusesAnUnknownNameAndListsThoseThatExist() {
        try (Model model = load(model());
                Session session = model.open()) {
            assertThatThrownBy(() -> session.input("no-such-tensor", 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no-such-tensor")
                    .hasMessageContaining(model.inputs().get(0).name());
        }
    }

    @Test
    void outputRefusesAnUnknownNameAndListsThoseThatExist() {
        try (Model model = load(model());
                Session session = model.open()) {
            step(session, 0);
            assertThatThrownBy(() -> session.output("no-such-tensor"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no-such-tensor")
                    .hasMessageContaining(model.outputs().get(0).name());
        }
    }

    @Test
    void inputRefusesAShapeWithAnotherNumberOfAxes() {
        try (Model model = load(model());
                Session session = model.open()) {
            for (TensorSpec spec : model.inputs()) {
                long[] longer = Arrays.copyOf(shape(spec, 0), spec.shape().size() + 1);
                longer[longer.length - 1] = 1;
                assertRefused(session, spec, longer);
            }
        }
    }

    @Test
    void inputRefusesAnAxisOfTheWrongSize() {
        try (Model model = load(model());
                Session session = model.open()) {
            for (TensorSpec spec : model.inputs()) {
                for (int axis = 0; axis < spec.shape().size(); axis++) {
                    long[] wrong = shape(spec, 0);
                    wrong[axis] = spec.shape().get(axis) == TensorSpec.ANY ? -1 : wrong[axis] + 1;
                    assertRefused(session, spec, wrong);
                }
            }
        }
    }

    private static void assertRefused(Session session, TensorSpec spec, long[] wrong) {
        assertThatThrownBy(() -> session.input(spec.name(), wrong))
                .as(spec + " asked for as " + Arrays.toString(wrong))
                .isInstanceOfSatisfying(
                        IllegalArgumentException.class,
                        refused ->
                                assertThat(String.valueOf(refused.getMessage()).replace(" ", ""))
                                        .contains(spec.name())
                                        .contains(Arrays.toString(wrong).replace(" ", "")));
    }

    @Test
    void aRefusedInputLeavesTheSessionAsItWas() {
        try (Model model = load(model());
                Session session = model.open()) {
            assertThatThrownBy(() -> session.input("no-such-tensor", 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(steps(session, 0)).isEqualTo(stepsOfANewSession(model, 0));
        }
    }

    @Test
    void runRefusesAnInputThatWasNeverWritten() {
        try (Model model = load(model());
                Session session = model.open()) {
            assertThatThrownBy(session::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .satisfies(
                            refused ->
                                    assertThat(model.inputs())
                                            .anyMatch(
                                                    spec ->
                                                            String.valueOf(refused.getMessage())
                                                                    .contains(spec.name())));
        }
    }

    @Test
    void anInputStaysTheSameMemoryWhileItsShapeStays() {
        try (Model model = load(model());
                Session session = model.open()) {
            step(session, 0);
            for (TensorSpec spec : model().inputs()) {
                Tensor before = session.input(spec.name(), shapeAfter(session, spec));
                Tensor again = session.input(spec.name(), before.shape());
                assertSameMemory(spec, before, again);
                fillInputs(session, 0);
                session.run();
                assertSameMemory(spec, before, session.input(spec.name(), before.shape()));
            }
        }
    }

    /** The shape that {@link #fillInputs} asks for; a recording session would hide the memory. */
    private long[] shapeAfter(Session session, TensorSpec spec) {
        ShapeRecorder recorder = new ShapeRecorder(session);
        fillInputs(recorder, 0);
        return recorder.shapeOf(spec.name());
    }

    @Test
    void anOutputStaysTheSameMemoryWhileTheShapesStay() {
        try (Model model = load(model());
                Session session = model.open()) {
            step(session, 0);
            for (TensorSpec spec : model().outputs()) {
                Tensor before = session.output(spec.name());
                fillInputs(session, 0);
                session.run();
                assertSameMemory(spec, before, session.output(spec.name()));
            }
        }
    }

    private static void assertSameMemory(TensorSpec spec, Tensor before, Tensor now) {
        assertThat(now.hasShape(before.shape())).as(spec.toString()).isTrue();
        if (before != now && before.elements() > 0) {
            byte[] seen = new byte[2];
            for (int i = 0; i < seen.length; i++) {
                now.bytes().put(0, (byte) i);
                seen[i] = before.bytes().get(0);
            }
            assertThat(seen).as("the memory of " + spec).containsExactly(0, 1);
        }
    }

    @Test
    void aStepAllocatesNothingWhileTheShapesStay() {
        try (Model model = load(model());
                Session session = model.open()) {
            fillInputs(session, 0);
            List<String> names = model.outputs().stream().map(TensorSpec::name).toList();
            long bytes =
                    bytesPerCall(
                            () -> {
                                session.run();
                                for (int i = 0; i < names.size(); i++) {
                                    session.output(names.get(i));
                                }
                            });
            assertThat(bytes).as("bytes per step").isLessThanOrEqualTo(allocatedBytesPerStep());
        }
    }

    @Test
    void aClosedSessionRefusesToBeUsed() {
        try (Model model = load(model())) {
            Session session = model.open();
            useOnce(session);
            session.close();
            assertThatThrownBy(() -> fillInputs(session, 0))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(session::run).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> session.output(model().outputs().get(0).name()))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aCancelledSessionRefusesToRunUntilItIsReset() {
        try (Model model = load(model());
                Session session = model.open()) {
            useOnce(session);
            Threads.start(session::cancel).get();
            for (int i = 0; i < 2; i++) {
                fillInputs(session, 0);
                assertReopen(session::run);
            }
            session.reset();
            assertThat(steps(session, 0)).isEqualTo(stepsOfANewSession(model, 0));
        }
    }

    @Test
    void cancelFromAnotherThreadEndsTheStepUnderWay() {
        try (Model model = load(model());
                Session session = model.open()) {
            CountDownLatch running = new CountDownLatch(1);
            Threads.Task<?> stream =
                    Threads.start(
                            () ->
                                    assertReopen(
                                            () -> {
                                                while (true) {
                                                    fillInputs(session, 0);
                                                    running.countDown();
                                                    session.run();
                                                }
                                            }));
            Threads.await(running);
            session.cancel();
            stream.get();
            session.reset();
            assertThat(steps(session, 0)).isEqualTo(stepsOfANewSession(model, 0));
        }
    }

    @Test
    void cancellingOneSessionLeavesAnotherWorking() {
        try (Model model = load(model());
                Session cancelled = model.open();
                Session session = model.open()) {
            cancelled.cancel();
            assertThat(steps(session, 0)).isEqualTo(stepsOfANewSession(model, 0));
        }
    }
}
