package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.floats;
import static dev.ganglion.runtime.Toys.refused;
import static dev.ganglion.runtime.Toys.row;
import static dev.ganglion.runtime.Toys.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.runtime.flow.DeciderSettings;
import dev.ganglion.runtime.flow.Lane;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.model.Lease;
import dev.ganglion.testkit.toy.ToyDecider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The interfaces, held against what is hardest to fit into them. */
class SpiGuestsTest {
    private static final int VOCABULARY = 64;

    @TempDir Path folder;
    private Toys toys;

    @BeforeEach
    void runtime() {
        toys = new Toys(folder);
    }

    @AfterEach
    void nothingWasUsedAfterItWasFreed() {
        toys.close();
        assertThat(toys.engine.usesAfterFree()).isZero();
    }

    @Test
    void aStatelessModelAnswersEachMessageByItself() {
        toys.store.linear("switch", "1", "", new float[] {2, 1});
        try (Lanes lanes = toys.lanes("switch")) {
            for (float value : new float[] {3, -1, 3, 0, 3}) {
                Lane lane = lanes.acquire(null, true);
                assertThat(step(lane, row(value), "scores")).isEqualTo(2 * value + 1);
                lanes.release(lane, true);
            }
        }
    }

    @Test
    void aStreamKeepsItsStateWithinAnUtteranceAndLosesItBetweenTwo() {
        toys.store.recurrent("level", "1", 0.5f);
        try (Lanes lanes = toys.lanes("level")) {
            for (int utterance = 0; utterance < 2; utterance++) {
                assertThat(sample(lanes, "microphone", 8, false)).isEqualTo(4);
                assertThat(sample(lanes, "microphone", 8, false)).isEqualTo(6);
                assertThat(sample(lanes, "microphone", 8, true)).isEqualTo(7);
            }
        }
    }

    @Test
    void twoStreamsDoNotHearEachOther() {
        toys.store.recurrent("level", "1", 0.5f);
        try (Lanes lanes = toys.lanes("level")) {
            assertThat(sample(lanes, "one", 8, false)).isEqualTo(4);
            assertThat(sample(lanes, "other", 80, false)).isEqualTo(40);
            assertThat(sample(lanes, "one", 8, true)).isEqualTo(6);
            assertThat(sample(lanes, "other", 80, true)).isEqualTo(60);
        }
    }

    private static float sample(Lanes lanes, String stream, float value, boolean last) {
        Lane lane = lanes.acquire(stream, last);
        float level = step(lane, floats(value), "level");
        lanes.release(lane, last);
        return level;
    }

    @Test
    void aReaderThatIsSureSavesTheStepsThatAreLeft() {
        toys.store.linear("switch", "1", ToyStore.LABELS, new float[] {1, 0}, new float[] {-1, 0});
        ToyDecider decider = new ToyDecider();
        DeciderSettings settings =
                new DeciderSettings(
                        decider,
                        lease ->
                                Options.of(
                                        "test", decider.options(), Map.of("above", "0.9"), folder));
        List<Decision> decisions = new ArrayList<>();
        try (Lanes lanes = toys.lanes("switch")) {
            Lane lane = lanes.acquire(null, true);
            Stage<Steps, Decision> stage = lane.decider(settings).stage();
            lane.steps().start(List.of(row(0), row(-5), row(5), row(5), row(5)));
            while (decisions.isEmpty() && lane.steps().advance()) {
                stage.push(lane.steps(), decisions::add);
            }
            stage.flush(decisions::add);
            assertThat(lane.steps().count()).isEqualTo(2);
            assertThat(lane.steps().saved()).isEqualTo(3);
            lanes.release(lane, true);
        }
        assertThat(decisions).extracting(Decision::name).containsExactly("on");
    }

    @Test
    void aGenerativeSessionIsCutBackAndGoesOnAsIfNothingHadBeenFed() {
        toys.store.tokens("story", "1", VOCABULARY, 32);
        try (Lease lease = toys.host.lease("story", "test");
                TokenSession session = (TokenSession) lease.model().open()) {
            int[] prompt = {5, 6, 7};
            session.feed(prompt, 0, prompt.length);
            List<Integer> first = generate(session, all(), 5);
            session.rewind(1);
            session.feed(prompt, 1, prompt.length);
            assertThat(session.position()).isEqualTo(3);
            assertThat(generate(session, all(), 5)).isEqualTo(first);
            session.reset();
            session.feed(new int[] {9}, 0, 1);
            assertThat(generate(session, all(), 5)).isNotEqualTo(first);
        }
    }

    @Test
    void aGrammarOverTheLogitsKeepsWhatIsGeneratedWithinIt() {
        toys.store.tokens("story", "1", VOCABULARY, 32);
        BitSet even = new BitSet();
        for (int id = 0; id < VOCABULARY; id += 2) {
            even.set(id);
        }
        try (Lease lease = toys.host.lease("story", "test");
                TokenSession session = (TokenSession) lease.model().open()) {
            session.feed(new int[] {5}, 0, 1);
            assertThat(generate(session, all(), 8)).anyMatch(id -> id % 2 == 1);
            session.rewind(1);
            session.feed(new int[0], 0, 0);
            assertThat(generate(session, even, 8)).hasSize(8).allMatch(id -> id % 2 == 0);
        }
    }

    @Test
    void moreTokensThanFitAreRefusedAndNothingWasFed() {
        toys.store.tokens("story", "1", VOCABULARY, 4);
        try (Lease lease = toys.host.lease("story", "test");
                TokenSession session = (TokenSession) lease.model().open()) {
            session.feed(new int[] {1, 2}, 0, 2);
            refused(Kind.INPUT, () -> session.feed(new int[] {3, 4, 5}, 0, 3));
            assertThat(session.position()).isEqualTo(2);
            assertThatThrownBy(() -> session.rewind(3))
                    .isInstanceOf(IllegalArgumentException.class);
            session.feed(new int[] {3, 4}, 0, 2);
            assertThat(session.position()).isEqualTo(session.capacity());
        }
    }

    private static BitSet all() {
        BitSet all = new BitSet();
        all.set(0, VOCABULARY);
        return all;
    }

    /** The likeliest token that the grammar allows, again and again; then nobody asks further. */
    private static List<Integer> generate(TokenSession session, BitSet allowed, int tokens) {
        List<Integer> ids = new ArrayList<>();
        int[] next = new int[1];
        while (ids.size() < tokens) {
            Tensor logits = session.logits();
            next[0] = allowed.nextSetBit(0);
            for (int id = next[0]; id >= 0; id = allowed.nextSetBit(id + 1)) {
                if (logits.floats().get(id) > logits.floats().get(next[0])) {
                    next[0] = id;
                }
            }
            ids.add(next[0]);
            session.feed(next, 0, 1);
        }
        return ids;
    }

    @Test
    void aLongFeedIsCancelledFromAnotherThreadAndSaysHowFarItCame() throws Exception {
        toys.store.tokens("story", "1", VOCABULARY, 32);
        try (Lease lease = toys.host.lease("story", "test");
                TokenSession session = (TokenSession) lease.model().open()) {
            toys.engine.tokenGate().hold();
            toys.engine.tokenGate().release(2);
            Toys.Work<Void> feed = work(() -> session.feed(new int[] {1, 2, 3, 4}, 0, 4));
            toys.engine.tokenGate().awaitWaiting(1);
            session.cancel();
            refused(Kind.REOPEN, feed::get);
            assertThat(session.position()).isEqualTo(2);
            refused(Kind.REOPEN, () -> session.feed(new int[] {1}, 0, 1));
            toys.engine.tokenGate().open();
            session.reset();
            session.feed(new int[] {1}, 0, 1);
            assertThat(session.position()).isEqualTo(1);
        }
    }

    @Test
    void aLongStepIsCancelledFromAnotherThreadAndTheSessionGoesOnAfterReset() throws Exception {
        toys.store.slow("slow", "1", 3);
        toys.engine.slowGate().open();
        try (Lease lease = toys.host.lease("slow", "test");
                Session session = lease.model().open()) {
            toys.engine.slowGate().hold();
            toys.engine.slowGate().release(1);
            session.input("value", 1).floats().put(0, 7);
            Toys.Work<Void> run = work(session::run);
            toys.engine.slowGate().awaitWaiting(1);
            session.cancel();
            refused(Kind.REOPEN, run::get);
            refused(Kind.REOPEN, session::run);
            toys.engine.slowGate().open();
            session.reset();
            session.run();
            assertThat(session.output("echo").floats().get(0)).isEqualTo(7);
        }
    }

    @Test
    void aCancelledLaneIsClosedAndTheNextMessageHasAnother() throws Exception {
        toys.store.slow("slow", "1", 3);
        toys.engine.slowGate().open();
        try (Lanes lanes = toys.lanes("slow")) {
            Lane lane = lanes.acquire(null, true);
            toys.engine.slowGate().hold();
            Toys.Work<Void> message = work(() -> step(lane, floats(7), "echo"));
            toys.engine.slowGate().awaitWaiting(1);
            lane.cancel();
            refused(Kind.REOPEN, message::get);
            lanes.release(lane, true);
            assertThat(toys.engine.openSessions()).isZero();
            toys.engine.slowGate().open();
            Lane next = lanes.acquire(null, true);
            assertThat(step(next, floats(7), "echo")).isEqualTo(7);
            lanes.release(next, true);
        }
    }

    private static Toys.Work<Void> work(Runnable runnable) {
        return new Toys.Work<>(
                () -> {
                    runnable.run();
                    return null;
                });
    }

    @Test
    void anUtteranceUnderWayEndsOnItsVersionAndTheNextOneBeginsOnTheNew() {
        toys.store.recurrent("level", "1", 0.5f);
        try (Lanes lanes = toys.lanes("level")) {
            assertThat(sample(lanes, "one", 8, false)).isEqualTo(4);
            toys.host.replace(toys.store.recurrent("level", "2", 0.75f));

            assertThat(sample(lanes, "other", 8, false)).as("a new utterance").isEqualTo(2);
            assertThat(sample(lanes, "one", 8, false)).as("under way").isEqualTo(6);
            assertThat(toys.engine.openModels()).isEqualTo(2);
            assertThat(sample(lanes, "one", 8, true)).as("its end").isEqualTo(7);
            assertThat(sample(lanes, "one", 8, true)).as("the next one").isEqualTo(2);
            await().atMost(Toys.LIMIT).until(() -> toys.engine.openModels() == 1);
            assertThat(sample(lanes, "other", 8, true)).isEqualTo(3.5f);
        }
    }

    @Test
    void aGenerationInFlightFinishesOnTheOldModel() {
        toys.store.tokens("story", "1", VOCABULARY, 32);
        Lease old = toys.host.lease("story", "test");
        TokenSession telling = (TokenSession) old.model().open();
        telling.feed(new int[] {5, 6}, 0, 2);
        List<Integer> whole = generate(telling, all(), 5);
        telling.rewind(1);
        telling.feed(new int[] {6}, 0, 1);
        List<Integer> told = new ArrayList<>(generate(telling, all(), 2));
        toys.host.replace(toys.store.tokens("story", "2", VOCABULARY, 16));
        told.addAll(generate(telling, all(), 3));
        assertThat(told).isEqualTo(whole);
        try (Lease next = toys.host.lease("story", "test");
                TokenSession another = (TokenSession) next.model().open()) {
            assertThat(another.capacity()).as("of the new one").isEqualTo(16);
        }
        assertThat(toys.engine.openModels()).isEqualTo(2);
        telling.close();
        old.close();
        await().atMost(Toys.LIMIT).until(() -> toys.engine.openModels() == 1);
    }

    @Test
    void aStepThatRunsWhileItsModelIsReplacedEndsWithTheOldAnswer() throws Exception {
        toys.store.slow("slow", "1", 1);
        toys.engine.slowGate().open();
        try (Lanes lanes = toys.lanes("slow")) {
            Lane lane = lanes.acquire(null, true);
            toys.engine.slowGate().hold();
            Toys.Work<Float> message = new Toys.Work<>(() -> step(lane, floats(7), "echo"));
            toys.engine.slowGate().awaitWaiting(1);
            // The next version passes no gate, so that its warm-up is not held.
            toys.host.replace(toys.store.slow("slow", "2", 0));
            assertThat(message.isDone()).isFalse();
            assertThat(toys.engine.openModels()).isEqualTo(2);
            toys.engine.slowGate().open();
            assertThat(message.get()).isEqualTo(7);
            assertThat(lane.lease().source().id().version()).isEqualTo("1");
            lanes.release(lane, true);
            await().atMost(Toys.LIMIT).until(() -> toys.engine.openModels() == 1);
        }
    }

    @Test
    void aModelServesOnWhenItsEngineGoesAndNoOtherIsLoaded() {
        toys.store.recurrent("level", "1", 0.5f);
        toys.store.recurrent("other", "1", 0.5f);
        try (Lanes lanes = toys.lanes("level");
                Lanes others = toys.lanes("other")) {
            assertThat(sample(lanes, "one", 8, false)).isEqualTo(4);
            toys.plugins.remove(toys.engine);
            assertThat(sample(lanes, "one", 8, true)).isEqualTo(6);
            assertThat(sample(lanes, "one", 8, true)).isEqualTo(4);
            assertThat(refused(Kind.SETUP, () -> others.acquire(null, true)))
                    .hasMessageContaining("no engine loads the format 'toy-recurrent'");
        }
    }
}
