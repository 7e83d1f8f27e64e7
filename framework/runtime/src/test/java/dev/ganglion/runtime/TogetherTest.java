package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.floats;
import static dev.ganglion.runtime.Toys.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.flow.Lane;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.flow.Together;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** First steps of messages of several streams, made at once. */
class TogetherTest {
    private static final int STREAMS = 9;

    @TempDir Path folder;
    private Toys toys;
    private FaultyEngine faulty;
    private final Together together = new Together();

    @BeforeEach
    void models() {
        toys = new Toys(folder);
        toys.plugins.remove(toys.engine);
        faulty = new FaultyEngine(toys.engine);
        toys.plugins.add(faulty, "the test");
        toys.store.recurrent("level", "1", 0.5f);
        toys.store.linear("switch", "1", ToyStore.LABELS, new float[] {1, 0}, new float[] {-1, 0});
    }

    @AfterEach
    void nothingIsLeft() {
        toys.close();
        assertThat(toys.engine.openSessions()).isZero();
        assertThat(toys.engine.usesAfterFree()).isZero();
    }

    private static Lane started(Lanes lanes, String stream, boolean last, Tensor... tensors) {
        Lane lane = lanes.acquire(stream, last);
        lane.steps().start(List.of(tensors));
        return lane;
    }

    private static float next(Lane lane) {
        assertThat(lane.steps().advance()).isTrue();
        return lane.steps().output("level").floats().get(0);
    }

    /** Two streams in their second sample, with the levels 4 and 8 after it, gathered. */
    private List<Lane> twoGathered(Lanes lanes) {
        List<Lane> both = new ArrayList<>();
        for (String stream : List.of("one", "two")) {
            float value = stream.equals("one") ? 4 : 8;
            Lane lane = started(lanes, stream, false, floats(value));
            next(lane);
            lanes.release(lane, false);
            Lane again = started(lanes, stream, true, floats(1.5f * value));
            assertThat(together.add(again.steps())).isTrue();
            both.add(again);
        }
        return both;
    }

    @Test
    void theStepsOfSeveralStreamsAreMadeAtOnceAndReadOneByOne() {
        try (Lanes lanes = toys.lanes("level")) {
            List<Lane> both = twoGathered(lanes);
            together.run();
            assertThat(toys.engine.together()).containsExactly(2);
            assertThat(both).extracting(lane -> lane.steps().count()).containsOnly(0);
            assertThat(next(both.get(1))).isEqualTo(8);
            assertThat(next(both.get(0))).isEqualTo(4);
            for (Lane lane : both) {
                assertThat(lane.steps().count()).isOne();
                assertThat(lane.steps().advance()).isFalse();
                assertThat(lane.steps().spent()).isEqualTo(2);
                lanes.release(lane, true);
            }
            together.run();
            assertThat(toys.engine.together()).as("nothing is gathered any more").hasSize(1);
        }
    }

    @Test
    void whoIsGatheredMayWriteItsTensorAnewBeforeTheStepIsMade() {
        try (Lanes lanes = toys.lanes("level")) {
            Tensor reused = floats(2);
            Lane one = started(lanes, "one", false, reused);
            together.add(one.steps());
            reused.floats().put(0, 6);
            Lane two = started(lanes, "two", false, reused);
            together.add(two.steps());
            reused.floats().put(0, 99);
            together.run();
            assertThat(next(one)).isEqualTo(1);
            assertThat(next(two)).isEqualTo(3);
            lanes.release(one, true);
            lanes.release(two, true);
        }
    }

    @Test
    void theTimeIsSharedByAll() {
        try (Lanes lanes = toys.lanes("level")) {
            List<Lane> both = twoGathered(lanes);
            together.run();
            assertThat(both.get(0).steps().inferNanos())
                    .isPositive()
                    .isEqualTo(both.get(1).steps().inferNanos());
            both.forEach(lane -> lanes.release(lane, true));
        }
    }

    @Test
    void ofSeveralStepsOfAMessageTheFirstIsMadeTogether() {
        try (Lanes lanes = toys.lanes("level")) {
            Lane one = started(lanes, "one", false, floats(8), floats(0), floats(0));
            Lane two = started(lanes, "two", false, floats(4), floats(4));
            assertThat(together.add(one.steps()) && together.add(two.steps())).isTrue();
            together.run();
            assertThat(List.of(next(one), next(one), next(one))).containsExactly(4f, 2f, 1f);
            assertThat(List.of(next(two), next(two))).containsExactly(2f, 3f);
            assertThat(toys.engine.together()).containsExactly(2);
            lanes.release(one, true);
            lanes.release(two, true);
        }
    }

    @Test
    void whoIsAloneMakesItsStepAlone() {
        try (Lanes lanes = toys.lanes("level")) {
            Lane one = started(lanes, "one", false, floats(8));
            assertThat(together.add(one.steps())).isTrue();
            together.run();
            assertThat(toys.engine.together()).isEmpty();
            assertThat(next(one)).isEqualTo(4);
            lanes.release(one, true);
        }
    }

    @Test
    void aMessageWithoutTensorsOrWithAWrongOneIsLeftToItself() {
        try (Lanes lanes = toys.lanes("level")) {
            Lane none = started(lanes, "none", false);
            Lane wrong = started(lanes, "wrong", false, Toys.row(1, 2));
            assertThat(together.add(none.steps())).isFalse();
            assertThat(together.add(wrong.steps())).isFalse();
            assertThat(none.steps().advance()).isFalse();
            assertThat(refused(Kind.INPUT, () -> wrong.steps().advance()))
                    .hasMessageContaining("refused its input 'values'");
            lanes.release(none, true);
            lanes.release(wrong, true);
        }
    }

    @Test
    void anUtteranceThatIsDecidedMakesNoFurtherStep() {
        try (Lanes lanes = toys.lanes("level")) {
            Lane one = started(lanes, "one", false, floats(8));
            one.utterance().decided(1);
            assertThat(together.add(one.steps())).isFalse();
            lanes.release(one, true);
        }
    }

    @Test
    void aStepThatNobodyReadIsStillSpent() {
        try (Lanes lanes = toys.lanes("level")) {
            List<Lane> both = twoGathered(lanes);
            together.run();
            lanes.release(both.get(0), false);
            assertThat(both.get(0).steps().spent()).isEqualTo(2);
            Lane again = started(lanes, "one", true, floats(4));
            assertThat(next(again)).isEqualTo(4);
            lanes.release(again, true);
            lanes.release(both.get(1), true);
        }
    }

    @Test
    void aFailureFailsEachOfThemAndTheirLanesAreNotUsedAgain() {
        try (Lanes lanes = toys.lanes("level")) {
            Lane other = started(lanes, "other", false, floats(8));
            next(other);
            lanes.release(other, false);
            List<Lane> both = twoGathered(lanes);
            faulty.onRunTogether = new GanglionException(Kind.REOPEN, "forced end");
            together.run();
            for (Lane lane : both) {
                assertThat(lane.steps().failed()).as("also when nobody reads it").isTrue();
                assertThat(refused(Kind.REOPEN, () -> lane.steps().advance()))
                        .hasMessage(
                                "model level@1 failed in a step of 2 streams at once (forced end);"
                                        + " without batch= on infer: each of them fails by itself")
                        .hasCause(faulty.onRunTogether);
                lanes.release(lane, true);
            }
            assertThat(toys.engine.openSessions()).as("those of the batch are gone").isOne();
            faulty.onRunTogether = null;
            Lane again = started(lanes, "other", true, floats(8));
            assertThat(next(again)).isEqualTo(6);
            lanes.release(again, true);
        }
    }

    @Test
    void aFailureThatIsNoneOfOursFailsEachOfThemToo() {
        try (Lanes lanes = toys.lanes("level")) {
            List<Lane> both = twoGathered(lanes);
            faulty.onRunTogether = new IllegalStateException("an engine's bug");
            together.run();
            for (Lane lane : both) {
                refused(Kind.REOPEN, () -> lane.steps().advance());
                lanes.release(lane, true);
            }
            assertThat(toys.engine.openSessions()).isZero();
        }
    }

    @Test
    void withRetryOnlyTheFirstSampleOfAnUtteranceIsTriedOnceMoreAlone() {
        try (Lanes lanes = toys.lanes("level")) {
            Lane later = started(lanes, "later", false, floats(4));
            next(later);
            lanes.release(later, false);
            faulty.onRunTogether = new GanglionException(Kind.REOPEN, "forced end");
            List<Lane> both = new ArrayList<>();
            for (String stream : List.of("first", "later")) {
                Lane lane = started(lanes, stream, false, floats(6));
                lane.steps().retrying(true);
                assertThat(together.add(lane.steps())).isTrue();
                both.add(lane);
            }
            together.run();
            assertThat(next(both.get(0))).isEqualTo(3);
            assertThat(both.get(0).steps().failed()).isFalse();
            refused(Kind.REOPEN, () -> both.get(1).steps().advance());
            lanes.release(both.get(0), true);
            lanes.release(both.get(1), true);
            assertThat(toys.engine.openSessions()).as("the one tried again is idle").isOne();
        }
    }

    @Test
    void aCancelledOneIsLeftToItself() {
        try (Lanes lanes = toys.lanes("level")) {
            Lane one = started(lanes, "one", false, floats(8));
            one.cancel();
            assertThat(together.add(one.steps())).isFalse();
            refused(Kind.REOPEN, () -> one.steps().advance());
            lanes.release(one, true);
        }
    }

    @Test
    void aShadowFollowsStepsMadeTogether() {
        toys.host.lease("level", "test").close();
        ModelId second = toys.store.recurrent("level", "2", 0.25f);
        Map<String, String> shadow =
                Map.of(
                        "strategy", "shadow",
                        "probationSeconds", "0",
                        "maxLatencyRatio", "0",
                        "probationMessages", "4");
        // The host may be looking at its models just now, in the background.
        Awaitility.await()
                .atMost(Toys.LIMIT)
                .ignoreExceptionsMatching(
                        e -> e instanceof GanglionException known && known.kind() == Kind.RETRY)
                .until(() -> toys.host.replace(second, shadow) != null);
        try (Lanes lanes = toys.lanes("level")) {
            List<Lane> both = twoGathered(lanes);
            together.run();
            for (Lane lane : both) {
                next(lane);
                for (int i = 0; i < 2; i++) {
                    lane.lease().ended(lane.steps().inferNanos(), false);
                }
                lanes.release(lane, true);
            }
            await().atMost(Toys.LIMIT)
                    .untilAsserted(
                            () ->
                                    assertThat(toys.host.decided("level"))
                                            .last()
                                            .asString()
                                            .contains("of 4 steps 4 came out differently"));
        }
    }

    /**
     * Streams that speak and pause as they like, end their utterances, and are taken over by other
     * versions in between: together they get what each gets from lanes of its own.
     */
    @Test
    void togetherOrAloneTheResultsAreTheSame() {
        Random random = new Random(7);
        String[] versions = {"1", "2", "3"};
        toys.store.recurrent("level", "2", 0.25f);
        toys.store.recurrent("level", "3", 0.75f);
        toys.host.replace(new ModelId("level", "1"));
        try (Lanes lanes = toys.lanes("level");
                Lanes reference = toys.lanes("level")) {
            for (int round = 0; round < 400; round++) {
                if (round % 50 == 25) {
                    // The version before the last must not be in use when one more comes.
                    for (String stream : streams(random, STREAMS)) {
                        end(lanes, stream);
                        end(reference, stream);
                    }
                } else if (round % 50 == 49) {
                    // Utterances of the current version are under way, and go on with it.
                    toys.host.replace(new ModelId("level", versions[round / 50 % 3]));
                }
                Map<String, Lane> present = new LinkedHashMap<>();
                Map<String, Float> expected = new HashMap<>();
                Map<String, Boolean> lasts = new HashMap<>();
                for (String stream : streams(random, random.nextInt(STREAMS + 1))) {
                    Tensor value = floats(random.nextFloat());
                    boolean last = random.nextInt(4) == 0;
                    Lane alone = started(reference, stream, last, value);
                    expected.put(stream, next(alone));
                    reference.release(alone, last);
                    Lane lane = started(lanes, stream, last, value);
                    if (random.nextInt(10) > 0) {
                        together.add(lane.steps());
                    }
                    present.put(stream, lane);
                    lasts.put(stream, last);
                }
                together.run();
                present.forEach(
                        (stream, lane) -> {
                            assertThat(next(lane)).as(stream).isEqualTo(expected.get(stream));
                            lanes.release(lane, lasts.get(stream));
                        });
            }
        }
        assertThat(toys.engine.together()).hasSizeGreaterThan(200).contains(2, STREAMS);
    }

    private static List<String> streams(Random random, int count) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            all.add("stream " + i);
        }
        Collections.shuffle(all, random);
        return all.subList(0, count);
    }

    private static void end(Lanes lanes, String stream) {
        lanes.release(lanes.acquire(stream, true), true);
    }
}
