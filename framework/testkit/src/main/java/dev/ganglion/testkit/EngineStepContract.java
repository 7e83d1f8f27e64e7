package dev.ganglion.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** How a model is stepped in the tests, and steps of several sessions at once. */
abstract class EngineStepContract extends EngineLoadContract {
    static final int STEPS = 5;
    static final int THREADS = 4;
    private static final int STREAMS = 7;

    /** {@return how far floats may be from the golden ones, see {@link Tensors#difference}} */
    protected double tolerance() {
        return 1e-5;
    }

    /**
     * Writes all inputs of one step. By default the values of {@link Tensors#fill}; an axis that
     * may vary gets 1 when it is the first of several, else a size from 3 to 5 that depends on the
     * seed.
     *
     * @param seed the same seed gives the same step, another seed another one
     */
    protected void fillInputs(Session session, int seed) {
        Random random = new Random(seed);
        for (TensorSpec spec : model().inputs()) {
            Tensors.fill(session.input(spec.name(), shape(spec, seed)), random);
        }
    }

    static long[] shape(TensorSpec spec, int seed) {
        long[] shape = new long[spec.shape().size()];
        for (int axis = 0; axis < shape.length; axis++) {
            long size = spec.shape().get(axis);
            long free = axis == 0 && shape.length > 1 ? 1 : 3 + seed % 3;
            shape[axis] = size == TensorSpec.ANY ? free : size;
        }
        return shape;
    }

    @Override
    final void useOnce(Session session) {
        fillInputs(session, 0);
        session.run();
    }

    /** Runs one step and writes down all that came out. */
    final String step(Session session, int seed) {
        fillInputs(session, seed);
        session.run();
        return outputs(session);
    }

    private String outputs(Session session) {
        StringBuilder results = new StringBuilder();
        for (TensorSpec spec : model().outputs()) {
            Tensor output = session.output(spec.name());
            results.append(spec.name()).append(' ').append(Tensors.describe(output)).append('\n');
        }
        return results.toString();
    }

    final List<String> steps(Session session, int firstSeed) {
        List<String> results = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            results.add(step(session, firstSeed + i));
        }
        return results;
    }

    final List<String> stepsOfANewSession(Model model, int firstSeed) {
        try (Session session = model.open()) {
            return steps(session, firstSeed);
        }
    }

    private Model loadTogether() {
        Model model = load(model());
        String alone = model.onlyAlone();
        if (alone != null) {
            model.close();
            Assumptions.abort("nothing is run together: " + alone);
        }
        return model;
    }

    /**
     * Streams that begin and pause as they like, in any order within the call, and now and then
     * make a step alone; beside each a session that always does.
     */
    @Test
    void sessionsThatMakeStepsTogetherGetWhatTheyGetAlone() {
        Random random = new Random(11);
        try (Model model = loadTogether()) {
            List<Session> streams = new ArrayList<>();
            List<Session> references = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                streams.add(model.open());
                references.add(model.open());
            }
            for (int round = 0; round < 10 * STEPS; round++) {
                List<Integer> present = new ArrayList<>();
                for (int i = 0; i < STREAMS; i++) {
                    if (random.nextInt(10) == 0) {
                        streams.get(i).reset();
                        references.get(i).reset();
                    }
                    if (random.nextBoolean()) {
                        fillInputs(streams.get(i), 1000 * i + round);
                        fillInputs(references.get(i), 1000 * i + round);
                        references.get(i).run();
                        present.add(i);
                    }
                }
                Collections.shuffle(present, random);
                if (random.nextInt(5) == 0) {
                    present.forEach(i -> streams.get(i).run());
                } else {
                    model.runTogether(present.stream().map(streams::get).toList());
                }
                for (int i : present) {
                    assertSameOutputs(
                            model,
                            references.get(i),
                            streams.get(i),
                            "stream " + i + " of " + present + " in round " + round);
                }
            }
            streams.forEach(Session::close);
            references.forEach(Session::close);
        }
    }

    private void assertSameOutputs(Model model, Session expected, Session found, String who) {
        for (TensorSpec spec : model.outputs()) {
            assertThat(
                            Tensors.difference(
                                    expected.output(spec.name()),
                                    found.output(spec.name()),
                                    tolerance()))
                    .as(who + ": " + spec.name())
                    .isEmpty();
        }
    }

    @Test
    void anOutputStaysWhileOthersMakeStepsTogether() {
        try (Model model = loadTogether();
                Session first = model.open();
                Session second = model.open();
                Session third = model.open()) {
            fillInputs(first, 1);
            fillInputs(second, 2);
            model.runTogether(List.of(first, second));
            String outputs = outputs(first);
            fillInputs(third, 3);
            fillInputs(second, 4);
            model.runTogether(List.of(third, second));
            assertThat(outputs(first)).isEqualTo(outputs);
        }
    }

    @Test
    void anInputThatWasNeverWrittenIsRefusedBeforeAnySessionMadeItsStep() {
        try (Model model = loadTogether();
                Session session = model.open();
                Session empty = model.open()) {
            fillInputs(session, 0);
            assertThatThrownBy(() -> model.runTogether(List.of(session, empty)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(steps(session, 0)).isEqualTo(stepsOfANewSession(model, 0));
        }
    }

    @Test
    void aCancelledSessionRefusesAStepTogetherWithOthersOrTheNextOne() {
        try (Model model = loadTogether();
                Session session = model.open();
                Session cancelled = model.open()) {
            fillInputs(session, 0);
            fillInputs(cancelled, 0);
            cancelled.cancel();
            assertReopen(
                    () -> {
                        model.runTogether(List.of(session, cancelled));
                        cancelled.run();
                    });
            session.reset();
            cancelled.reset();
            assertThat(steps(session, 0)).isEqualTo(stepsOfANewSession(model, 0));
            assertThat(steps(cancelled, 0)).isEqualTo(stepsOfANewSession(model, 0));
        }
    }

    @Test
    void aClosedSessionRefusesAStepTogetherWithOthers() {
        try (Model model = loadTogether();
                Session session = model.open()) {
            Session closed = model.open();
            fillInputs(session, 0);
            fillInputs(closed, 0);
            closed.close();
            assertThatThrownBy(() -> model.runTogether(List.of(session, closed)))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void manyThreadsWithGroupsOfTheirOwnDoNotMix() {
        try (Model model = loadTogether()) {
            List<Runnable> work = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int seed = 1000 * thread;
                work.add(
                        () -> {
                            try (Session alone = model.open();
                                    Session one = model.open();
                                    Session other = model.open()) {
                                for (int i = 0; i < 10 * STEPS; i++) {
                                    fillInputs(alone, seed + i);
                                    fillInputs(one, seed + i);
                                    fillInputs(other, seed + 7 + i);
                                    alone.run();
                                    model.runTogether(List.of(other, one));
                                    assertSameOutputs(model, alone, one, "step " + i);
                                }
                            }
                        });
            }
            Threads.together(work);
        }
    }

    static void assertReopen(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        cancelled ->
                                assertThat(cancelled.kind())
                                        .isEqualTo(GanglionException.Kind.REOPEN));
    }
}
