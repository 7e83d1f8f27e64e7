package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.floats;
import static dev.ganglion.runtime.Toys.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.flow.EncoderSettings;
import dev.ganglion.runtime.flow.Lane;
import dev.ganglion.runtime.flow.Lanes;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The next version runs beside the current one and never answers. */
class ShadowTest extends Switches {
    private static final String[] SHORT = {
        "strategy", "shadow", "probationSeconds", "0", "maxLatencyRatio", "0"
    };

    private void shadow(ModelId next, int messages) {
        String[] values = Arrays.copyOf(SHORT, SHORT.length + 2);
        values[SHORT.length] = "probationMessages";
        values[SHORT.length + 1] = "" + messages;
        replace(next, values);
    }

    private String awaitEnd(String name) {
        await().atMost(Toys.LIMIT)
                .untilAsserted(
                        () ->
                                assertThat(decided(name))
                                        .last()
                                        .asString()
                                        .contains("ran beside it and was unloaded: "));
        return decided(name).get(decided(name).size() - 1);
    }

    @Test
    void theCurrentVersionAnswersAndEachDifferenceIsCounted() {
        firstServesAndSecondIsThere();
        shadow(SECOND, 8);
        assertThat(states()).containsExactly("switch@1 serving", "switch@2 shadow");
        try (Lanes lanes = toys.lanes("switch")) {
            for (int i = 0; i < 8; i++) {
                assertThat(answer(lanes)).isOne();
            }
            assertThat(awaitEnd("switch"))
                    .startsWith(
                            "model switch@1 serves, switch@2 ran beside it and was unloaded: 8 messages in ")
                    .endsWith(
                            "; of 8 steps 8 came out differently (100.0 %), 0 failed, 0 utterances"
                                    + " were left out because it was busy");
            assertThat(answer(lanes)).as("it never serves by itself").isOne();
        }
        awaitServed(FIRST);
        assertThat(states()).first().isEqualTo("switch@1 serving");
    }

    @Test
    void onlyTheGreatestScoreMattersForClasses() {
        toys.store.linear("classes", "1", "", new float[] {1, 0}, new float[] {-1, 0});
        toys.host.lease("classes", "test").close();
        toys.store.linear("classes", "2", "", new float[] {2, 0}, new float[] {-1, 0.5f});
        shadow(new ModelId("classes", "2"), 4);
        try (Lanes lanes = toys.lanes("classes")) {
            // With 0.1 the first one says class 0, and the second one class 1.
            for (float value : new float[] {1, 0.1f, -1, 3}) {
                Toys.message(lanes, Toys.row(value), "scores");
            }
            assertThat(awaitEnd("classes"))
                    .contains("; of 4 steps 1 came out differently (25.0 %), 0 failed");
        }
    }

    private void utterance(Lanes lanes, String stream, float... values) {
        for (int i = 0; i < values.length; i++) {
            boolean last = i == values.length - 1;
            Lane lane = lanes.acquire(stream, last);
            Toys.step(lane, floats(values[i]), "level");
            lanes.release(lane, last);
        }
    }

    @Test
    void anUtteranceOfSeveralSamplesIsFollowedWithItsState() {
        toys.store.recurrent("level", "1", 0.5f);
        toys.host.lease("level", "test").close();
        toys.store.recurrent("level", "2", 0.5f);
        try (Lanes lanes = toys.lanes("level")) {
            shadow(new ModelId("level", "2"), 9);
            utterance(lanes, "microphone", 8, 4, 2, 6);
            utterance(lanes, "microphone", 100, 4, 2, 6, 3);
            assertThat(awaitEnd("level"))
                    .contains("; of 9 steps 0 came out differently (0.0 %), 0 failed");
        }
    }

    @Test
    void anUtteranceThatWasUnderWayIsNotComparedFromItsMiddle() {
        toys.store.recurrent("level", "1", 0.5f);
        toys.host.lease("level", "test").close();
        toys.store.recurrent("level", "2", 0.5f);
        try (Lanes lanes = toys.lanes("level")) {
            Lane lane = lanes.acquire("microphone", false);
            Toys.step(lane, floats(8), "level");
            lanes.release(lane, false);
            shadow(new ModelId("level", "2"), 2);
            utterance(lanes, "microphone", 4, 2);
            utterance(lanes, "microphone", 4, 2);
            assertThat(awaitEnd("level")).contains("; of 2 steps 0 came out differently");
        }
    }

    @Test
    void aTextIsFollowedToo() {
        toys.store.tokenSum("sum", "1", ToyStore.TOKENIZER);
        toys.host.lease("sum", "test").close();
        toys.store.tokenSum("sum", "2", ToyStore.TOKENIZER);
        shadow(new ModelId("sum", "2"), 2);
        EncoderSettings encoder = new EncoderSettings("toy-bytes", false);
        try (Lanes lanes = toys.lanes("sum")) {
            for (String text : List.of("AB", "the other one")) {
                Lane lane = lanes.acquire(null, true);
                lane.steps().start(lane.encode(text, encoder));
                assertThat(lane.steps().advance()).isTrue();
                lanes.release(lane, true);
            }
            assertThat(awaitEnd("sum")).contains("; of 2 steps 0 came out differently");
        }
    }

    @Test
    void anotherVocabularyCannotBeCompared() {
        toys.store.tokenSum("sum", "1", ToyStore.TOKENIZER);
        toys.host.lease("sum", "test").close();
        ModelId next = toys.store.tokenSum("sum", "2", "");
        assertThat(refused(Kind.SETUP, () -> shadow(next, 2)))
                .hasMessage(
                        "model sum@2 cannot run as the shadow of sum@1: it reads another tokenizer"
                                + " file, so its inputs differ; use canary or blue-green");
        assertThat(toys.host.serving()).hasSize(1);
        assertThat(decided("sum")).last().asString().startsWith("model sum@2 does not serve");
    }

    @Test
    void oneThatFailsIsEndedAndTheMessagesNeverNotice() {
        FaultyEngine faulty = new FaultyEngine(toys.engine);
        faulty.which = SECOND::equals;
        toys.plugins.remove(toys.engine);
        toys.plugins.add(faulty, "the test");
        firstServesAndSecondIsThere();
        shadow(SECOND, 3);
        faulty.onRun = new GanglionException(Kind.REOPEN, "forced");
        try (Lanes lanes = toys.lanes("switch")) {
            for (int i = 0; i < 3; i++) {
                assertThat(answer(lanes)).isOne();
            }
            assertThat(awaitEnd("switch"))
                    .contains("3 of its 3 messages failed (100.0 %, at most 1.0 % allowed)")
                    .contains("; of 0 steps 0 came out differently (0.0 %), 3 failed, ");
        }
    }

    @Test
    void stepsAfterOneThatFailedAreNotComparedBecauseTheStateIsGone() {
        FaultyEngine faulty = new FaultyEngine(toys.engine);
        toys.plugins.remove(toys.engine);
        toys.plugins.add(faulty, "the test");
        toys.store.recurrent("level", "1", 0.5f);
        toys.host.lease("level", "test").close();
        awaitLook();
        ModelId next = toys.store.recurrent("level", "2", 0.5f);
        faulty.which = next::equals;
        replace(
                next,
                "strategy",
                "shadow",
                "probationSeconds",
                "0",
                "probationMessages",
                "2",
                "maxErrorRate",
                "100");
        try (Lanes lanes = toys.lanes("level")) {
            faulty.onRun = new GanglionException(Kind.REOPEN, "forced");
            sample(lanes, 8, false);
            await().atMost(Toys.LIMIT).until(() -> faulty.faults.get() == 1);
            faulty.onRun = null;
            sample(lanes, 4, false);
            sample(lanes, 2, true);
            sample(lanes, 6, true);
            assertThat(awaitEnd("level"))
                    .contains("; of 1 steps 0 came out differently (0.0 %), 1 failed");
        }
    }

    private static void sample(Lanes lanes, float value, boolean last) {
        Lane lane = lanes.acquire("microphone", false);
        Toys.step(lane, floats(value), "level");
        lanes.release(lane, last);
    }

    @Test
    void oneWithMoreOutputsFailsNoMessage() {
        FaultyEngine faulty = new FaultyEngine(toys.engine);
        faulty.which = SECOND::equals;
        faulty.moreOutputs = true;
        toys.plugins.remove(toys.engine);
        toys.plugins.add(faulty, "the test");
        firstServesAndSecondIsThere();
        shadow(SECOND, 2);
        try (Lanes lanes = toys.lanes("switch")) {
            assertThat(answer(lanes)).isOne();
            assertThat(answer(lanes)).isOne();
            assertThat(awaitEnd("switch")).contains("; of 2 steps 2 came out differently");
        }
    }

    @Test
    void itsQueueIsNeverWaitedForAndWhatIsLeftOutIsCounted() {
        toys.engine.slowGate().open();
        ModelId first = toys.store.slow("slow", "1", 0);
        toys.host.replace(first);
        ModelId next = toys.store.slow("slow", "2", 1);
        toys.host.replace(next, map("strategy", "shadow"));
        toys.engine.slowGate().hold();
        try (Lanes lanes = toys.lanes("slow")) {
            for (int i = 0; i < 300; i++) {
                assertThat(Toys.message(lanes, floats(i), "echo")).isEqualTo(i);
            }
            toys.engine.slowGate().awaitWaiting(1);
            // The step that stands at the gate is cancelled; nobody opens it.
            toys.host.rollback("slow");
        }
        assertThat(decided("slow"))
                .last()
                .asString()
                .contains("of 0 steps 0 came out differently (0.0 %), 0 failed, ")
                .matches(".*, [1-9][0-9]* utterances were left out because it was busy");
    }

    @Test
    void itIsNotFreedBeforeAStepThatCannotBeCancelledHasEnded() throws Exception {
        FaultyEngine faulty = new FaultyEngine(toys.engine);
        faulty.ignoresCancel = true;
        toys.plugins.remove(toys.engine);
        toys.plugins.add(faulty, "the test");
        toys.engine.slowGate().open();
        toys.host.replace(toys.store.slow("slow", "1", 0));
        awaitLook();
        toys.host.replace(toys.store.slow("slow", "2", 1), map("strategy", "shadow"));
        toys.engine.slowGate().hold();
        try (Lanes lanes = toys.lanes("slow")) {
            Toys.message(lanes, floats(1), "echo");
            toys.engine.slowGate().awaitWaiting(1);
            new Toys.Work<>(
                            () -> {
                                // So that it does not wait for the step.
                                Thread.currentThread().interrupt();
                                return toys.host.rollback("slow");
                            })
                    .get();
        }
        assertThat(toys.host.serving())
                .filteredOn(each -> each.id().equals(new ModelId("slow", "2")))
                .extracting(each -> each.state())
                .containsExactly("draining");
        toys.engine.slowGate().open();
        await().atMost(Toys.LIMIT).until(() -> toys.engine.openModels() == 1);
    }

    @Test
    void aCommandMakesItServe() {
        firstServesAndSecondIsThere();
        replace(SECOND, "strategy", "shadow");
        try (Lanes lanes = toys.lanes("switch")) {
            assertThat(answer(lanes)).isOne();
            toys.host.promote("switch");
            assertThat(answer(lanes)).isEqualTo(2);
            assertThat(decided())
                    .last()
                    .asString()
                    .startsWith(
                            "model switch@2 serves instead of switch@1: promoted by command; of ");
        }
    }

    @Test
    void theSessionsBesideLanesThatAreGoneAreClosed() {
        firstServesAndSecondIsThere();
        replace(SECOND, "strategy", "shadow");
        for (int i = 0; i < 20; i++) {
            try (Lanes lanes = toys.lanes("switch")) {
                assertThat(answer(lanes)).isOne();
            }
        }
        await().atMost(Toys.LIMIT).until(() -> toys.engine.openSessions() == 0);
        assertThat(states()).containsExactly("switch@1 serving", "switch@2 shadow");
    }
}
