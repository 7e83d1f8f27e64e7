package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.floats;
import static dev.ganglion.runtime.Toys.refused;
import static dev.ganglion.runtime.Toys.row;
import static dev.ganglion.runtime.Toys.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.runtime.flow.DeciderSettings;
import dev.ganglion.runtime.flow.EncoderSettings;
import dev.ganglion.runtime.flow.FeatureSettings;
import dev.ganglion.runtime.flow.Lane;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.testkit.toy.ToyDecider;
import dev.ganglion.testkit.toy.ToyExtractor;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LanesTest {
    private static final long ALWAYS_SILENT = -1;

    @TempDir Path folder;
    private Toys toys;

    @BeforeEach
    void models() {
        toys = new Toys(folder);
        toys.store.linear("switch", "1", ToyStore.LABELS, new float[] {1, 0}, new float[] {-1, 0});
        toys.store.recurrent("level", "1", 0.5f);
    }

    @AfterEach
    void nothingIsLeft() {
        toys.close();
        assertThat(toys.engine.usesAfterFree()).isZero();
    }

    private static DeciderSettings decider(String above) {
        ToyDecider decider = new ToyDecider();
        return new DeciderSettings(
                decider,
                lease ->
                        Options.of("test", decider.options(), Map.of("above", above), Path.of("")));
    }

    @Test
    void anIdleLaneIsTakenAgainByTheSameThread() {
        try (Lanes lanes = toys.lanes("switch")) {
            Lane first = lanes.acquire(null, true);
            lanes.release(first, true);
            for (int i = 0; i < 100; i++) {
                Lane again = lanes.acquire(null, true);
                assertThat(again).isSameAs(first);
                lanes.release(again, true);
            }
            assertThat(toys.engine.openSessions()).isOne();
        }
    }

    @Test
    void threadsThatWorkAtTheSameTimeHaveLanesOfTheirOwn() throws Exception {
        int threads = 4;
        CyclicBarrier together = new CyclicBarrier(threads);
        try (Lanes lanes = toys.lanes("switch")) {
            List<Toys.Work<Lane>> works = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                works.add(
                        new Toys.Work<>(
                                () -> {
                                    Lane lane = lanes.acquire(null, true);
                                    together.await();
                                    lanes.release(lane, true);
                                    return lane;
                                }));
            }
            List<Lane> used = new ArrayList<>();
            for (Toys.Work<Lane> work : works) {
                used.add(work.get());
            }
            assertThat(used).doesNotHaveDuplicates().hasSize(threads);
            assertThat(toys.engine.openSessions()).isEqualTo(threads);
        }
    }

    @Test
    void aStreamKeepsItsLaneFromItsFirstToItsLastSample() {
        try (Lanes lanes = toys.lanes("level")) {
            Lane microphone = lanes.acquire("microphone", false);
            lanes.release(microphone, false);
            Lane other = lanes.acquire("other", false);
            lanes.release(other, false);
            assertThat(other).isNotSameAs(microphone);
            Lane message = lanes.acquire(null, true);
            lanes.release(message, true);
            assertThat(message).isNotIn(microphone, other);

            assertThat(lanes.acquire("microphone", false)).isSameAs(microphone);
            lanes.release(microphone, false);
            assertThat(lanes.acquire("microphone", true)).isSameAs(microphone);
            lanes.release(microphone, true);
            Lane next = lanes.acquire("other", false);
            assertThat(next).isSameAs(other);
            lanes.release(next, false);
        }
        assertThat(toys.engine.openSessions()).isZero();
    }

    @Test
    void aSecondMessageOfAStreamWaitsForTheFirst() throws Exception {
        try (Lanes lanes = toys.lanes("level")) {
            Lane first = lanes.acquire("microphone", false);
            Toys.Work<Lane> second = new Toys.Work<>(() -> lanes.acquire("microphone", false));
            second.awaitWaiting();
            lanes.release(first, false);
            assertThat(second.get()).isSameAs(first);
            lanes.release(first, true);
        }
    }

    @Test
    void whoWaitedForAnUtteranceThatEndedBeginsAnother() throws Exception {
        try (Lanes lanes = toys.lanes("level")) {
            Lane first = lanes.acquire("microphone", false);
            assertThat(step(first, floats(8), "level")).isEqualTo(4);
            Toys.Work<Float> second =
                    new Toys.Work<>(
                            () -> {
                                Lane lane = lanes.acquire("microphone", false);
                                float level = step(lane, floats(8), "level");
                                lanes.release(lane, true);
                                return level;
                            });
            second.awaitWaiting();
            lanes.release(first, true);
            assertThat(second.get()).as("a fresh utterance").isEqualTo(4);
        }
    }

    @Test
    void releasingAMessageDoesNotEndTheStepsOfTheNext() throws Exception {
        int messages = 20_000;
        try (Lanes lanes = toys.lanes("level")) {
            List<Toys.Work<Integer>> works = new ArrayList<>();
            for (int thread = 0; thread < 2; thread++) {
                works.add(
                        new Toys.Work<>(
                                () -> {
                                    List<Tensor> batch = List.of(floats(1));
                                    int steps = 0;
                                    for (int i = 0; i < messages; i++) {
                                        Lane lane = lanes.acquire("microphone", false);
                                        lane.steps().start(batch);
                                        steps += lane.steps().advance() ? 1 : 0;
                                        lanes.release(lane, false);
                                    }
                                    return steps;
                                }));
            }
            for (Toys.Work<Integer> work : works) {
                assertThat(work.get()).isEqualTo(messages);
            }
        }
    }

    @Test
    void aSilentStreamIsClosedAndABusyOrRecentOneIsNot() {
        try (Lanes lanes = toys.lanes("level")) {
            lanes.release(lanes.acquire("silent", false), false);
            Lane busy = lanes.acquire("busy", false);
            lanes.closeSilent(Long.MAX_VALUE);
            assertThat(toys.engine.openSessions()).as("recent").isEqualTo(2);

            lanes.closeSilent(ALWAYS_SILENT);
            assertThat(toys.engine.openSessions()).as("busy").isOne();
            assertThat(step(busy, floats(2), "level")).isEqualTo(1);
            lanes.release(busy, true);
        }
    }

    @Test
    void aStreamThatWasClosedWhileSilentBeginsAnew() {
        try (Lanes lanes = toys.lanes("level")) {
            Lane lane = lanes.acquire("microphone", false);
            step(lane, floats(8), "level");
            lanes.release(lane, false);
            lanes.closeSilent(ALWAYS_SILENT);
            Lane next = lanes.acquire("microphone", false);
            assertThat(step(next, floats(8), "level")).isEqualTo(4);
            lanes.release(next, true);
        }
    }

    @Test
    void theLaneOfAStepThatBrokeIsNotUsedAgain() {
        try (Lanes lanes = toys.lanes("switch")) {
            Lane broken = lanes.acquire(null, true);
            broken.cancel();
            refused(Kind.REOPEN, () -> step(broken, row(1), "scores"));
            lanes.release(broken, true);
            assertThat(toys.engine.openSessions()).isZero();

            Lane next = lanes.acquire(null, true);
            assertThat(next).isNotSameAs(broken);
            assertThat(step(next, row(3), "scores")).isEqualTo(3);
            lanes.release(next, true);
        }
    }

    @Test
    void aCancellationThatCameAfterTheStepDoesNotReachTheNextMessage() {
        try (Lanes lanes = toys.lanes("switch")) {
            Lane lane = lanes.acquire(null, true);
            step(lane, row(3), "scores");
            lane.cancel();
            lanes.release(lane, true);
            Lane next = lanes.acquire(null, true);
            assertThat(next).isSameAs(lane);
            assertThat(step(next, row(3), "scores")).isEqualTo(3);
            lanes.release(next, true);
        }
    }

    @Test
    void aSessionThatCannotBeResetIsClosed() {
        FaultyEngine faulty = faulty();
        try (Lanes lanes = toys.lanes("switch")) {
            Lane lane = lanes.acquire(null, true);
            faulty.onReset = new IllegalStateException("forced");
            lanes.release(lane, true);
            assertThat(toys.engine.openSessions()).isZero();
        }
    }

    @Test
    void aSessionThatCannotBeOpenedHoldsNoLease() {
        FaultyEngine faulty = faulty();
        try (Lanes lanes = toys.lanes("switch")) {
            lanes.release(lanes.acquire(null, true), true);
            Lane busy = lanes.acquire(null, true);
            faulty.onOpen = new IllegalStateException("forced");
            assertThatThrownBy(() -> lanes.acquire(null, true)).hasMessage("forced");
            assertThat(toys.host.serving()).singleElement().extracting("leases").isEqualTo(1);
            lanes.release(busy, true);
        }
    }

    private FaultyEngine faulty() {
        toys.plugins.remove(toys.engine);
        FaultyEngine faulty = new FaultyEngine(toys.engine);
        toys.plugins.add(faulty, "the test");
        return faulty;
    }

    @Test
    void anInputThatDoesNotFitIsRefusedAndTheLaneGoesOn() {
        try (Lanes lanes = toys.lanes("switch")) {
            Lane lane = lanes.acquire(null, true);
            assertThat(refused(Kind.INPUT, () -> step(lane, row(1, 2), "scores")))
                    .hasMessage(
                            "model switch@1 refused its input 'features': shape [1, 1] expected,"
                                    + " FLOAT32[1, 2] found");
            lanes.release(lane, true);
            Lane next = lanes.acquire(null, true);
            assertThat(next).isSameAs(lane);
            lanes.release(next, true);
        }
    }

    @Test
    void aMessageThatFailedLeavesNothingInTheDecider() {
        DeciderSettings settings = decider("1");
        List<Decision> decisions = new ArrayList<>();
        try (Lanes lanes = toys.lanes("switch")) {
            Lane lane = lanes.acquire(null, true);
            lane.steps().start(List.of(row(2), row(1, 2)));
            lane.steps().advance();
            lane.decider(settings).stage().push(lane.steps(), decisions::add);
            refused(Kind.INPUT, () -> lane.steps().advance());
            lanes.release(lane, true);

            Lane next = lanes.acquire(null, true);
            assertThat(next).isSameAs(lane);
            Stage<Steps, Decision> stage = next.decider(settings).stage();
            step(next, row(-0.5f), "scores");
            stage.push(next.steps(), decisions::add);
            stage.flush(decisions::add);
            lanes.release(next, true);
        }
        assertThat(decisions).extracting(Decision::name).containsExactly("on");
    }

    @Test
    void aMessageThatFailedLeavesNothingInTheExtractor() {
        ToyExtractor extractor = new ToyExtractor();
        FeatureSettings settings =
                new FeatureSettings(
                        extractor, lease -> Options.of("test", List.of(), Map.of(), Path.of("")));
        try (Lanes lanes = toys.lanes("level")) {
            Lane lane = lanes.acquire("microphone", false);
            lane.features(settings).take(floats(1, 2, 3, 4, 5), false, 0);
            lanes.release(lane, true);

            Lane next = lanes.acquire(null, true);
            assertThat(next).isSameAs(lane);
            next.features(settings).take(floats(7, 8, 9), true, 0);
            assertThat(next.features(settings).batch())
                    .extracting(value -> value.floats().get(0))
                    .containsExactly(7f, 8f, 9f);
            lanes.release(next, true);
        }
    }

    @Test
    void aBatchOfFeaturesHasNoMoreThanTheLatestResults() {
        FeatureSettings settings =
                new FeatureSettings(
                        new ToyExtractor(),
                        lease -> Options.of("test", List.of(), Map.of(), Path.of("")));
        try (Lanes lanes = toys.lanes("level")) {
            Lane lane = lanes.acquire(null, true);
            lane.features(settings).take(floats(7, 8, 9), true, 0);
            List<Tensor> batch = lane.features(settings).batch();
            assertThat(batch).hasSize(3);
            lane.features(settings).take(floats(1), false, 0);
            assertThat(batch).isEmpty();
            assertThatThrownBy(() -> batch.get(0)).isInstanceOf(IndexOutOfBoundsException.class);
            lanes.release(lane, true);
        }
    }

    @Test
    void closingClosesIdleLanesAtOnceAndTheOthersWhenTheyAreReleased() {
        Lanes lanes = toys.lanes("level");
        Lane busy = lanes.acquire(null, true);
        Lane stream = lanes.acquire("microphone", false);
        lanes.release(lanes.acquire("silent", false), false);
        lanes.release(lanes.acquire(null, true), true);
        assertThat(toys.engine.openSessions()).isEqualTo(4);

        lanes.close();
        assertThat(toys.engine.openSessions()).as("those in use").isEqualTo(2);
        lanes.release(busy, true);
        lanes.release(stream, false);
        assertThat(toys.engine.openSessions()).isZero();
        assertThat(toys.host.serving()).singleElement().extracting("leases").isEqualTo(0);
    }

    @Test
    void idleLanesOfAFormerVersionAreClosedWhenItIsReplaced() {
        try (Lanes lanes = toys.lanes("switch")) {
            Lane old = lanes.acquire(null, true);
            Lane busy = lanes.acquire(null, true);
            lanes.release(old, true);
            toys.host.replace(
                    toys.store.linear("switch", "2", "", new float[] {2, 0}, new float[] {-2, 0}));
            assertThat(toys.engine.openSessions()).as("the one in use").isOne();
            assertThat(step(busy, row(3), "scores")).isEqualTo(3);
            lanes.release(busy, true);
            assertThat(toys.engine.openSessions()).isZero();
            Lane fresh = lanes.acquire(null, true);
            assertThat(step(fresh, row(3), "scores")).isEqualTo(6);
            lanes.release(fresh, true);
        }
    }

    @Test
    void stepsThatAreOverAreRefused() {
        try (Lanes lanes = toys.lanes("switch")) {
            Lane lane = lanes.acquire(null, true);
            lane.steps().start(List.of(row(1), row(2)));
            lane.steps().advance();
            lanes.release(lane, true);
            assertThatThrownBy(() -> lane.steps().advance())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the steps of model switch@1 are over")
                    .hasMessageContaining("before any seda: or threads:");
        }
    }

    @Test
    void tokensAreRefusedByAModelThatTakesTensorsAndTheOtherWayRound() {
        toys.store.tokenSum("sum", "1", ToyStore.TOKENIZER);
        try (Lanes lanes = toys.lanes("switch");
                Lanes texts = toys.lanes("sum")) {
            Lane lane = lanes.acquire(null, true);
            assertThat(refused(Kind.SETUP, () -> lane.steps().start(new Tokens())))
                    .hasMessage(
                            "model switch@1 takes [features FLOAT32[1, 1]] and no tokens; put an"
                                    + " encoder before it that gives such tensors");
            lanes.release(lane, true);
            Lane text = texts.acquire(null, true);
            assertThat(refused(Kind.SETUP, () -> text.steps().start(List.of(row(1)))))
                    .hasMessageContaining("model sum@1 takes 2 tensors")
                    .hasMessageContaining("and one is given");
            texts.release(text, true);
        }
    }

    @Test
    void aTextIsEncodedAndCounted() {
        toys.store.tokenSum("sum", "1", ToyStore.TOKENIZER);
        try (Lanes lanes = toys.lanes("sum")) {
            Lane lane = lanes.acquire(null, true);
            lane.steps().start(lane.encode("AB", new EncoderSettings("toy-bytes", false)));
            lane.steps().advance();
            assertThat(lane.steps().output("scores").floats().get(0))
                    .isEqualTo(256 + 65 + 66 + 257);
            assertThat(lane.steps().output("scores").floats().get(1)).isEqualTo(4);
            assertThat(lane.steps().advance()).isFalse();
            lanes.release(lane, true);
        }
    }

    @Test
    void aTextThatIsTooLongIsRefusedAndTheNextOneIsEncoded() {
        toys.store.tokenSum(
                "sum", "1", "tokenizer: {plugin: toy-bytes, file: toy-bytes.txt, maxTokens: 4}\n");
        EncoderSettings settings = new EncoderSettings("toy-bytes", false);
        try (Lanes lanes = toys.lanes("sum")) {
            Lane lane = lanes.acquire(null, true);
            assertThat(refused(Kind.INPUT, () -> lane.encode("ABC", settings)))
                    .hasMessageContaining("5 tokens and the model takes 4");
            assertThat(lane.encode("AB", settings).ids()).containsExactly(256, 65, 66, 257);
            assertThat(lane.encode("ABC", new EncoderSettings("toy-bytes", true)).ids())
                    .containsExactly(256, 65, 66, 257);
            lanes.release(lane, true);
        }
    }

    @Test
    void aTokenizerThatDoesNotExistIsRefused() {
        toys.store.tokenSum("sum", "1", ToyStore.TOKENIZER);
        try (Lanes lanes = toys.lanes("sum")) {
            Lane lane = lanes.acquire(null, true);
            assertThat(
                            refused(
                                    Kind.SETUP,
                                    () -> lane.encode("x", new EncoderSettings("word", false))))
                    .hasMessage(
                            "there is no tokenizer 'word' for model sum@1; there are: toy-bytes");
            lanes.release(lane, true);
        }
    }

    @Test
    void noMemoryIsAllocatedForATextOnceTheLengthWasSeen() {
        toys.store.tokenSum("sum", "1", ToyStore.TOKENIZER);
        EncoderSettings settings = new EncoderSettings("toy-bytes", false);
        try (Lanes lanes = toys.lanes("sum")) {
            assertThat(
                            allocatedBytes(
                                    () -> {
                                        Lane lane = lanes.acquire(null, true);
                                        lane.steps().start(lane.encode("light on", settings));
                                        lane.steps().advance();
                                        lanes.release(lane, true);
                                    }))
                    .isZero();
        }
    }

    @Test
    void noMemoryIsAllocatedForATensor() {
        List<Tensor> batch = List.of(row(1), row(2));
        try (Lanes lanes = toys.lanes("switch")) {
            assertThat(
                            allocatedBytes(
                                    () -> {
                                        Lane lane = lanes.acquire(null, true);
                                        lane.steps().start(batch);
                                        lane.steps().advance();
                                        lane.steps().advance();
                                        lanes.release(lane, true);
                                    }))
                    .isZero();
        }
    }

    @Test
    void noMemoryIsAllocatedForASampleWithinAnUtterance() {
        FeatureSettings settings =
                new FeatureSettings(
                        new ToyExtractor(),
                        lease -> Options.of("test", List.of(), Map.of(), Path.of("")));
        Tensor four = floats(1, 2, 3, 4);
        try (Lanes lanes = toys.lanes("level")) {
            assertThat(
                            allocatedBytes(
                                    () -> {
                                        Lane lane = lanes.acquire("microphone", false);
                                        lane.features(settings).take(four, false, 0);
                                        lane.steps().start(lane.features(settings).batch());
                                        while (lane.steps().advance()) {
                                            lane.steps().output("level");
                                        }
                                        lanes.release(lane, false);
                                    }))
                    .isZero();
        }
    }

    /**
     * What this thread allocates in many rounds after many others: the least of a few tries, for
     * now and then the JVM allocates something of its own. What a round allocates shows in each
     * try.
     */
    private static long allocatedBytes(Runnable round) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 20_000; i++) {
            round.run();
        }
        long fewest = Long.MAX_VALUE;
        for (int tried = 0; tried < 5; tried++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1_000; i++) {
                round.run();
            }
            fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return fewest;
    }
}
