package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.floats;
import static dev.ganglion.runtime.Toys.refused;
import static dev.ganglion.runtime.Toys.row;
import static dev.ganglion.runtime.Toys.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.runtime.flow.Lane;
import dev.ganglion.runtime.flow.Lanes;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages whose session breaks, as when its worker ends. */
class RetryTest {
    @TempDir Path folder;
    private Toys toys;
    private FaultyEngine faulty;

    @BeforeEach
    void models() {
        toys = new Toys(folder);
        toys.plugins.remove(toys.engine);
        faulty = new FaultyEngine(toys.engine);
        toys.plugins.add(faulty, "the test");
        toys.store.linear("switch", "1", ToyStore.LABELS, new float[] {1, 0}, new float[] {-1, 0});
        toys.store.recurrent("level", "1", 0.5f);
    }

    @AfterEach
    void nothingIsLeft() {
        toys.close();
        assertThat(toys.engine.openSessions()).isZero();
        assertThat(toys.engine.usesAfterFree()).isZero();
    }

    @Test
    void aMessageWhoseSessionBreaksFailsUnlessTheRouteSaysRetry() {
        try (Lanes lanes = toys.lanes("switch")) {
            Lane lane = lanes.acquire(null, true);
            faulty.breaks.set(1);
            assertThat(refused(Kind.REOPEN, () -> step(lane, row(3), "scores")))
                    .hasMessage("forced end");
            assertThat(lane.steps().failed()).isTrue();
            lanes.release(lane, true);
        }
    }

    @Test
    void aMessageIsTriedOnceMoreOnAnotherSession() {
        try (Lanes lanes = toys.lanes("switch")) {
            Lane lane = lanes.acquire(null, true);
            lane.steps().retrying(true);
            faulty.breaks.set(1);
            assertThat(step(lane, row(3), "scores")).isEqualTo(3);
            assertThat(toys.engine.openSessions()).as("the broken one was closed").isOne();
            lanes.release(lane, true);
            Lane next = lanes.acquire(null, true);
            assertThat(next).isSameAs(lane);
            assertThat(step(next, row(4), "scores")).isEqualTo(4);
            lanes.release(next, true);
        }
    }

    @Test
    void aMessageIsNotTriedAThirdTime() {
        try (Lanes lanes = toys.lanes("switch")) {
            Lane lane = lanes.acquire(null, true);
            lane.steps().retrying(true);
            faulty.breaks.set(2);
            refused(Kind.REOPEN, () -> step(lane, row(3), "scores"));
            assertThat(faulty.breaks).hasValue(0);
            lanes.release(lane, true);
        }
    }

    @Test
    void aLaterSampleOfAnUtteranceIsNotTriedAgainBecauseItsStateIsLost() {
        try (Lanes lanes = toys.lanes("level")) {
            Lane lane = lanes.acquire("me", false);
            lane.steps().retrying(true);
            step(lane, floats(4), "level");
            lanes.release(lane, false);
            Lane same = lanes.acquire("me", false);
            assertThat(same).isSameAs(lane);
            faulty.breaks.set(1);
            refused(Kind.REOPEN, () -> step(same, floats(8), "level"));
            lanes.release(same, true);
        }
    }

    @Test
    void aCancelledMessageIsNotTriedAgain() {
        try (Lanes lanes = toys.lanes("switch")) {
            Lane lane = lanes.acquire(null, true);
            lane.steps().retrying(true);
            lane.cancel();
            refused(Kind.REOPEN, () -> step(lane, row(3), "scores"));
            assertThat(lane.steps().failed()).as("the model's fault").isFalse();
            lanes.release(lane, true);
        }
    }

    @Test
    void idleLanesWhoseSessionsEndedMeanwhileCostNoMessage() {
        try (Lanes lanes = toys.lanes("switch")) {
            Lane first = lanes.acquire(null, true);
            Lane second = lanes.acquire(null, true);
            lanes.release(first, true);
            lanes.release(second, true);
            faulty.outages.incrementAndGet();
            Lane fresh = lanes.acquire(null, true);
            assertThat(fresh).isNotSameAs(first).isNotSameAs(second);
            assertThat(step(fresh, row(3), "scores")).isEqualTo(3);
            assertThat(toys.engine.openSessions()).as("the idle ones were closed").isOne();
            lanes.release(fresh, true);
        }
    }
}
