package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.runtime.flow.Lane;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.model.Deployment;
import dev.ganglion.runtime.model.Isolation;
import dev.ganglion.runtime.model.Lease;
import dev.ganglion.runtime.model.ModelHost;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The same version on another engine or in another place, by command or because engines change. */
class EngineReplacementTest extends Switches {
    private FaultyEngine engine(String name) {
        return new FaultyEngine(name, toys.engine);
    }

    @Test
    void aCommandServesTheSameVersionWithAnotherEngine() {
        toys.plugins.add(engine("other"), "the test");
        version(1);
        try (Lanes lanes = toys.lanes("switch")) {
            assertThat(answer(lanes)).isOne();
            assertThat(servingEngine()).isEqualTo("toy");
            assertThat(toys.host.engine("switch", "other"))
                    .isEqualTo(
                            new ModelHost.Replaced(
                                    FIRST, FIRST, "model switch@1 serves instead of switch@1"));
            assertThat(servingEngine()).isEqualTo("other");
            assertThat(answer(lanes)).isOne();
        }
        assertThat(decided())
                .last()
                .isEqualTo(
                        "model switch@1 serves instead of switch@1 on engine other, in-process"
                                + " (engine other was asked for by command)");
    }

    @Test
    void theNextVersionIsServedByTheEngineThatWasAskedFor() {
        toys.plugins.add(engine("other"), "the test");
        firstServesAndSecondIsThere();
        toys.host.engine("switch", "other");
        replace(SECOND);
        assertThat(servingEngine()).isEqualTo("other");
        assertThat(toys.host.rollback("switch").model()).isEqualTo(FIRST);
        assertThat(servingEngine()).isEqualTo("other");
    }

    @Test
    void anotherEngineIsNoVersionToGoBackTo() {
        toys.plugins.add(engine("other"), "the test");
        firstServesAndSecondIsThere();
        replace(SECOND);
        toys.host.engine("switch", "other");
        assertThat(toys.host.rollback("switch").model()).isEqualTo(FIRST);
    }

    @Test
    void anUnknownEngineIsRefusedWithThoseThatExistAndForgotten() {
        toys.plugins.add(engine("other"), "the test");
        firstServesAndSecondIsThere();
        assertThat(refused(Kind.SETUP, () -> toys.host.engine("switch", "best")))
                .hasMessage(
                        "there is no engine 'best' for model switch@1; there are: other, token-sum,"
                                + " toy");
        assertThat(decided())
                .last()
                .asString()
                .startsWith(
                        "model switch@1 does not serve (engine best was asked for by command): ");
        replace(SECOND);
        assertThat(servingEngine()).isEqualTo("toy");
    }

    @Test
    void anEngineOfAnotherFormatIsRefusedWithItsFormats() {
        version(1);
        assertThat(served()).isEqualTo(FIRST);
        assertThat(refused(Kind.SETUP, () -> toys.host.engine("switch", "token-sum")))
                .hasMessage(
                        "engine token-sum does not load the format 'toy-linear' of model switch@1;"
                                + " it loads: token-sum");
        assertThat(servingEngine()).isEqualTo("toy");
    }

    @Test
    void anEngineForAModelThatIsNotThereIsRefused() {
        version(1);
        assertThat(refused(Kind.SETUP, () -> toys.host.engine("lamp", "toy")))
                .hasMessage("there is no model 'lamp'; there are: switch");
    }

    @Test
    void aModelServesOnWithoutItsEngineAndMovesWhenAnotherInstanceComes() {
        version(1);
        try (Lanes lanes = toys.lanes("switch")) {
            assertThat(answer(lanes)).isOne();
            toys.plugins.remove(toys.engine);
            awaitLook();
            for (int i = 0; i < 5; i++) {
                assertThat(answer(lanes)).isOne();
            }
            assertThat(toys.engine.loads()).isOne();

            toys.plugins.add(engine("toy"), "the test");
            awaitDecided("(its engine was replaced)");
            assertThat(answer(lanes)).isOne();
            assertThat(toys.engine.loads()).isEqualTo(2);
        }
    }

    @Test
    void anEngineMayBeReplacedAgainAndAgainUnderAStream() {
        version(1);
        Engine now = toys.engine;
        try (Lanes lanes = toys.lanes("switch")) {
            for (int i = 1; i <= 5; i++) {
                Lane lane = lanes.acquire("microphone", false);
                toys.plugins.remove(now);
                now = engine("toy");
                toys.plugins.add(now, "the test");
                int moves = i;
                await().atMost(Toys.LIMIT).until(() -> said("its engine was replaced") == moves);
                assertThat(lane.lease().isCurrent()).isFalse();
                assertThat(Toys.step(lane, Toys.row(1), "scores")).isEqualTo(1);
                lanes.release(lane, true);
                assertThat(answer(lanes)).isOne();
            }
        }
        assertThat(toys.engine.loads()).isEqualTo(6);
    }

    private long said(String part) {
        return decided().stream().filter(each -> each.contains(part)).count();
    }

    @Test
    void whatWaitedForALeaseIsLoadedAnewWhenItIsGivenBack() {
        useInstead(new Toys(folder, 0));
        firstServesAndSecondIsThere();
        Lease held = toys.host.lease("switch", "a leaking route");
        replace(SECOND);
        toys.plugins.remove(toys.engine);
        toys.plugins.add(engine("toy"), "the test");
        awaitDecided("switch@1, is still in use after 0 ms by a leaking route");
        assertThat(toys.engine.loads()).isEqualTo(2);
        held.close();
        awaitDecided("model switch@2 serves instead of switch@2 on engine toy, in-process (its");
    }

    @Test
    void anEngineThatCannotLoadTheModelLeavesItOnTheOneThatIsGone() {
        version(1);
        assertThat(served()).isEqualTo(FIRST);
        FaultyEngine broken = engine("toy");
        broken.onLoad = new IllegalStateException("forced");
        toys.plugins.remove(toys.engine);
        toys.plugins.add(broken, "the test");
        awaitDecided("does not serve (its engine was replaced): engine toy could not load ");
        assertThat(served()).isEqualTo(FIRST);
        assertThat(toys.engine.openModels()).isOne();
    }

    @Test
    void aNewerVersionThatCameWithTheEngineIsTakenAfterIt() {
        version(1);
        assertThat(served()).isEqualTo(FIRST);
        toys.plugins.remove(toys.engine);
        awaitLook();
        version(2);
        toys.plugins.add(engine("toy"), "the test");
        awaitDecided("model switch@2 serves instead of switch@1 (it was installed)");
    }

    /** Runs models where they are and counts them. */
    private static final class Boxed implements Isolation {
        final AtomicInteger loads = new AtomicInteger();

        @Override
        public String name() {
            return "boxed";
        }

        @Override
        public Model load(Engine engine, ModelPackage source, Options options) {
            loads.incrementAndGet();
            return engine.load(source, options);
        }
    }

    @Test
    void aConfigurationMovesTheModelToAnotherPlaceAndBack() {
        Boxed boxed = new Boxed();
        toys.host.add(boxed);
        version(1);
        assertThat(served()).isEqualTo(FIRST);
        toys.host.configure("switch", new Deployment("", "boxed", Map.of()));
        awaitDecided(
                "model switch@1 serves instead of switch@1 on engine toy, boxed (its deployment"
                        + " asks for engine toy, boxed)");
        assertThat(boxed.loads.get()).isOne();
        assertThat(toys.host.serving().get(0).isolation()).isEqualTo("boxed");
        toys.host.configure("switch", Deployment.NONE);
        awaitDecided("on engine toy, in-process (its deployment asks for engine toy, in-process)");
        assertThat(boxed.loads.get()).isOne();
    }

    @Test
    void aPlaceThatIsNotThereIsSaidWithThoseThatAreAndTakenWhenItComes() {
        version(1);
        assertThat(served()).isEqualTo(FIRST);
        toys.host.configure("switch", new Deployment("", "boxed", Map.of()));
        awaitDecided(
                "model switch@1 does not serve (its deployment asks for engine toy, boxed): model"
                        + " switch@1 asks for the isolation 'boxed'; there are: in-process");
        assertThat(served()).isEqualTo(FIRST);
        Boxed boxed = new Boxed();
        toys.host.add(boxed);
        await().atMost(Toys.LIMIT).until(() -> boxed.loads.get() == 1);
        awaitDecided("on engine toy, boxed");
    }

    @Test
    void aModelWhosePlaceIsGoneIsNotLoadedThere() {
        Boxed boxed = new Boxed();
        toys.host.add(boxed);
        toys.host.remove(boxed);
        toys.store.linear("switch", "1", "isolation: boxed\n", new float[] {0, 1});
        assertThat(refused(Kind.SETUP, this::served))
                .hasMessage("model switch@1 asks for the isolation 'boxed'; there are: in-process");
        toys.host.add(boxed);
        assertThat(served()).isEqualTo(FIRST);
    }

    @Test
    void theCardsEngineIsUsedUnlessTheConfigurationSaysAnother() {
        toys.plugins.add(engine("other"), "the test");
        toys.store.linear("switch", "1", "engine: other\n", new float[] {0, 1});
        assertThat(served()).isEqualTo(FIRST);
        assertThat(servingEngine()).isEqualTo("other");
        toys.host.configure("switch", new Deployment("toy", "", Map.of()));
        awaitDecided("(its deployment asks for engine toy, in-process)");
        assertThat(servingEngine()).isEqualTo("toy");
    }
}
