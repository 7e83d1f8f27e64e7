package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.flow.Lane;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.model.Deployment;
import dev.ganglion.runtime.model.Lease;
import dev.ganglion.runtime.model.ReplacementGate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The current version is unloaded before the next one is loaded. */
class DrainFirstTest extends Switches {
    @AfterEach
    void neverTwoVersions() {
        assertThat(toys.engine.mostOpenModels()).isLessThanOrEqualTo(1);
    }

    private void drainFirst(ModelId next) {
        replace(next, "drainFirst", "true");
    }

    @Test
    void oneVersionAtMostIsInMemory() {
        firstServesAndSecondIsThere();
        try (Lanes lanes = toys.lanes("switch")) {
            for (int i = 0; i < 10; i++) {
                drainFirst(i % 2 == 0 ? SECOND : FIRST);
                assertThat(answer(lanes)).isEqualTo(i % 2 == 0 ? 2 : 1);
            }
        }
        assertThat(toys.engine.loads()).isEqualTo(11);
        assertThat(decided()).last().isEqualTo("model switch@1 serves on engine toy (by command)");
    }

    @Test
    void leasesThatAreAskedForMeanwhileWaitAndGetTheNextVersion() throws Exception {
        firstServesAndSecondIsThere();
        CountDownLatch atTheGate = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        toys.host.add(
                (next, model) -> {
                    atTheGate.countDown();
                    try {
                        assertThat(goOn.await(Toys.LIMIT.toMillis(), TimeUnit.MILLISECONDS))
                                .isTrue();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
        Toys.Work<Void> replacement =
                new Toys.Work<>(
                        () -> {
                            drainFirst(SECOND);
                            return null;
                        });
        assertThat(atTheGate.await(Toys.LIMIT.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        Toys.Work<ModelId> asked = new Toys.Work<>(this::served);
        asked.awaitWaiting();
        goOn.countDown();
        replacement.get();
        assertThat(asked.get()).isEqualTo(SECOND);
    }

    @Test
    void itWaitsForTheLeasesThatAreOut() throws Exception {
        firstServesAndSecondIsThere();
        try (Lanes lanes = toys.lanes("switch")) {
            Lane lane = lanes.acquire(null, true);
            Toys.Work<Void> replacement =
                    new Toys.Work<>(
                            () -> {
                                drainFirst(SECOND);
                                return null;
                            });
            await().atMost(Toys.LIMIT).until(() -> states().equals(List.of("switch@1 draining")));
            assertThat(Toys.step(lane, Toys.row(1), "scores")).isEqualTo(1);
            assertThat(toys.host.leases("switch")).hasSize(1);
            assertThat(replacement.isDone()).isFalse();
            lanes.release(lane, true);
            replacement.get();
            assertThat(answer(lanes)).isEqualTo(2);
        }
    }

    @Test
    void aLeaseThatIsNotGivenBackIsNamedAndItsVersionServesOn() {
        useInstead(new Toys(folder, 0));
        firstServesAndSecondIsThere();
        try (Lease held = toys.host.lease("switch", "route kitchen")) {
            assertThat(refused(Kind.RETRY, () -> drainFirst(SECOND)))
                    .hasMessage(
                            "model switch@1 cannot be unloaded first: after 0 ms it is still in use"
                                    + " by "
                                    + held
                                    + "; end those streams, or try again later");
            assertThat(held.isCurrent()).isTrue();
            assertThat(served()).isEqualTo(FIRST);
            assertThat(states()).containsExactly("switch@1 serving");
        }
        drainFirst(SECOND);
        assertThat(served()).isEqualTo(SECOND);
    }

    @Test
    void aNextVersionThatFailsBringsTheFormerOneBack() {
        firstServesAndSecondIsThere();
        toys.store.linear("switch", "3", "", new float[] {0, 0, 3});
        try (Lanes lanes = toys.lanes("switch")) {
            assertThat(answer(lanes)).isOne();
            assertThat(refused(Kind.SETUP, () -> drainFirst(THIRD)))
                    .hasMessageStartingWith("model switch@3 cannot serve instead of switch@1");
            assertThat(answer(lanes)).isOne();
            toys.host.add(refusing());
            assertThat(refused(Kind.SETUP, () -> drainFirst(SECOND))).hasMessage("not today");
            assertThat(answer(lanes)).isOne();
        }
        assertThat(decided())
                .last()
                .isEqualTo("model switch@2 does not serve (by command): not today");
        assertThat(refused(Kind.RETRY, () -> toys.host.rollback("switch")))
                .as("what came back is not before itself")
                .hasMessageContaining("none before the current one");
    }

    private static ReplacementGate refusing() {
        return (next, model) -> {
            throw new GanglionException(Kind.SETUP, "not today");
        };
    }

    @Test
    void aDamagedNextVersionIsRefusedBeforeAnythingIsUnloaded() {
        firstServesAndSecondIsThere();
        ToyStore.write(toys.store.folder(SECOND).resolve("switch-2.toy"), "half");
        refused(Kind.SETUP, () -> drainFirst(SECOND));
        assertThat(toys.engine.loads()).isOne();
    }

    @Test
    void whenTheFormerOneDoesNotComeBackEitherBothReasonsAreKept() {
        FaultyEngine faulty = new FaultyEngine("toy", toys.engine);
        toys.plugins.remove(toys.engine);
        toys.plugins.add(faulty, "the test");
        firstServesAndSecondIsThere();
        faulty.onLoad = new IllegalStateException("forced");
        GanglionException e = refused(Kind.SETUP, () -> drainFirst(SECOND));
        assertThat(e).hasMessageContaining("switch-2.toy of model switch@2");
        assertThat(e.getSuppressed())
                .singleElement()
                .asString()
                .contains("switch-1.toy of model switch@1");
        assertThat(states()).isEmpty();
        refused(Kind.SETUP, this::served);
        faulty.onLoad = null;
        assertThat(served()).isEqualTo(SECOND);
    }

    @Test
    void anEngineThatFailsBringsTheFormerOneBackOnItsOwn() {
        FaultyEngine other = new FaultyEngine("other", toys.engine);
        other.onLoad = new IllegalStateException("forced");
        toys.plugins.add(other, "the test");
        version(1);
        toys.host.configure("switch", new Deployment("", "", Map.of("drainFirst", "true")));
        assertThat(served()).isEqualTo(FIRST);
        refused(Kind.SETUP, () -> toys.host.engine("switch", "other"));
        assertThat(toys.host.serving())
                .singleElement()
                .extracting(each -> each.engine())
                .isEqualTo("toy");
    }

    @Test
    void aRollbackDrainsFirstWhereTheConfigurationSaysSo() {
        toys.host.configure("switch", new Deployment("", "", Map.of("drainFirst", "true")));
        version(1);
        assertThat(served()).isEqualTo(FIRST);
        awaitLook();
        version(2);
        replace(SECOND);
        assertThat(toys.host.rollback("switch").model()).isEqualTo(FIRST);
        assertThat(served()).isEqualTo(FIRST);
    }
}
