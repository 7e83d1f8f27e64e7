package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.refused;
import static dev.ganglion.runtime.Toys.row;
import static dev.ganglion.runtime.Toys.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.flow.Lane;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.model.Lease;
import dev.ganglion.runtime.model.ModelHost;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelHostTest {
    private static final ModelId FIRST = new ModelId("switch", "1");
    private static final ModelId SECOND = new ModelId("switch", "2");

    @TempDir Path folder;
    private Toys toys;

    @BeforeEach
    void runtime() {
        toys = new Toys(folder);
    }

    @AfterEach
    void nothingIsLeft() {
        toys.close();
        assertThat(toys.engine.openModels()).isZero();
        assertThat(toys.engine.usesAfterFree()).isZero();
    }

    /** A model whose score is its version. */
    private ModelId version(int version) {
        return toys.store.linear("switch", "" + version, "", new float[] {0, version});
    }

    private void assertServes(ModelId id) {
        try (Lease lease = toys.host.lease(id.name(), "test")) {
            assertThat(lease.source().id()).isEqualTo(id);
        }
    }

    @Test
    void theNewestVersionIsLoadedWithTheFirstLeaseAndOnlyOnce() {
        version(1);
        version(2);
        version(10);
        assertThat(toys.engine.loads()).isZero();
        assertThat(toys.host.serving()).isEmpty();
        try (Lease one = toys.host.lease("switch", "one");
                Lease other = toys.host.lease("switch", "other")) {
            assertThat(one.source().id().version()).isEqualTo("10");
            assertThat(other.model()).isSameAs(one.model());
            assertThat(toys.engine.loads()).isOne();
            ModelHost.Serving only = toys.host.serving().get(0);
            assertThat(toys.host.serving()).hasSize(1);
            assertThat(only)
                    .isEqualTo(
                            new ModelHost.Serving(
                                    new ModelId("switch", "10"),
                                    "serving",
                                    "toy",
                                    "in-process",
                                    2,
                                    0,
                                    2 * Float.BYTES,
                                    only.sinceMillis()));
        }
        assertThat(toys.engine.openModels()).as("it stays loaded").isOne();
    }

    @Test
    void aCardWithoutTensorsIsCompletedByTheModel() {
        version(1);
        try (Lease lease = toys.host.lease("switch", "test")) {
            assertThat(lease.source().inputs()).isEqualTo(lease.model().inputs()).isNotEmpty();
            assertThat(lease.source().outputs()).isEqualTo(lease.model().outputs()).isNotEmpty();
        }
    }

    @Test
    void aCardThatGivesOnlyItsOutputsKeepsThemAndGetsTheInputs() {
        toys.store.linear(
                "switch",
                "1",
                "outputs: [{name: scores, type: FLOAT32, shape: [1, 1], unit: Cel}]\n",
                new float[] {0, 1});
        try (Lease lease = toys.host.lease("switch", "test")) {
            assertThat(lease.source().inputs()).isEqualTo(lease.model().inputs()).isNotEmpty();
            assertThat(lease.source().outputs()).extracting("unit").containsExactly("Cel");
        }
    }

    @Test
    void anUnknownModelIsRefusedWithThoseThatExist() {
        assertThat(refused(Kind.SETUP, () -> toys.host.lease("lamp", "test")))
                .hasMessage(
                        "there is no model 'lamp'; there is none in "
                                + folder.resolve("models").toAbsolutePath());
        version(1);
        toys.store.recurrent("level", "1", 0.5f);
        assertThat(refused(Kind.SETUP, () -> toys.host.lease("lamp", "test")))
                .hasMessage("there is no model 'lamp'; there are: level, switch");
        assertThat(refused(Kind.SETUP, () -> toys.host.replace(SECOND)))
                .hasMessageContaining("there is no model switch@2 in ")
                .hasMessageEndingWith("; its versions are: 1");
    }

    @Test
    void aDamagedFileIsRefusedAndAMendedOneServes() {
        version(1);
        Path weights = toys.store.folder(FIRST).resolve("switch-1.toy");
        String right = ToyStore.read(weights);
        String sum = ToyStore.sha256(weights);
        ToyStore.write(weights, right + "more");
        assertThat(refused(Kind.SETUP, () -> toys.host.lease("switch", "test")))
                .hasMessage(
                        "the file "
                                + weights
                                + " of model switch@1 is damaged: SHA-256 "
                                + sum
                                + " expected, "
                                + ToyStore.sha256(weights)
                                + " found; install the model again");
        ToyStore.write(weights, right);
        assertServes(FIRST);
    }

    @Test
    void aFormatThatNoEngineLoadsIsRefusedWithTheEnginesThatExist() {
        version(1);
        toys.store.edit(FIRST, "format: toy-linear", "format: onnx");
        assertThat(refused(Kind.SETUP, () -> toys.host.lease("switch", "test")))
                .hasMessage(
                        "no engine loads the format 'onnx' of model switch@1; of engines there"
                                + " are: token-sum, toy");
    }

    @Test
    void anOptionThatTheEngineDoesNotHaveIsRefused() {
        toys.store.linear("switch", "1", "options: '{\"threads\": 2}'\n", new float[] {0, 1});
        assertThat(refused(Kind.SETUP, () -> toys.host.lease("switch", "test")))
                .hasMessageContaining("engine toy for model switch@1 has no option 'threads'")
                .hasMessageContaining("it has: scale");
    }

    @Test
    void theCardsOptionsReachTheEngine() {
        toys.store.linear("switch", "1", "options: '{\"scale\": 3}'\n", new float[] {2, 1});
        try (Lanes lanes = toys.lanes("switch")) {
            Lane lane = lanes.acquire(null, true);
            assertThat(step(lane, row(1), "scores")).isEqualTo(9);
            lanes.release(lane, true);
        }
    }

    @Test
    void anEngineThatThrowsIsNamedWithItsCause() {
        version(1);
        FaultyEngine faulty = faulty();
        for (Throwable thrown :
                List.of(new IllegalStateException("forced"), new UnsatisfiedLinkError("forced"))) {
            faulty.onLoad = thrown;
            assertThat(refused(Kind.SETUP, () -> toys.host.lease("switch", "test")))
                    .hasMessageContaining("engine faulty could not load ")
                    .hasMessageContaining("switch-1.toy of model switch@1 (" + thrown + ")")
                    .hasCause(thrown);
        }
        faulty.onLoad = null;
        assertServes(FIRST);
    }

    private FaultyEngine faulty() {
        toys.plugins.remove(toys.engine);
        FaultyEngine faulty = new FaultyEngine(toys.engine);
        toys.plugins.add(faulty, "the test");
        return faulty;
    }

    @Test
    void aReplacementServesTheNextLeaseAndTheOldOneIsClosedWithItsLast() {
        List<String> told = new ArrayList<>();
        Runnable end = toys.host.onReplaced(told::add);
        version(1);
        Lease old = toys.host.lease("switch", "test");
        toys.host.replace(version(2));
        assertThat(told).containsExactly("switch");
        assertThat(old.isCurrent()).isFalse();
        assertServes(SECOND);
        assertThat(toys.host.serving()).extracting("id").containsExactly(SECOND, FIRST);
        assertThatCode(() -> old.model().open().close()).doesNotThrowAnyException();
        old.close();
        old.close();
        await().atMost(Toys.LIMIT).until(() -> toys.engine.openModels() == 1);
        end.run();
        toys.host.replace(FIRST);
        assertThat(told).containsExactly("switch");
        assertServes(FIRST);
    }

    @Test
    void threadsThatStepWhileTheModelIsReplacedGetOnlyAnswersOfTheVersionTheyHold()
            throws Exception {
        int threads = 4;
        int replacements = 50;
        int versions = 5;
        List<ModelId> ids = new ArrayList<>();
        for (int version = 1; version <= versions; version++) {
            ids.add(version(version));
        }
        assertServes(ids.get(versions - 1));
        AtomicBoolean done = new AtomicBoolean();
        Random random = new Random(20_240_601);
        try (Lanes lanes = toys.lanes("switch")) {
            List<Toys.Work<Integer>> works = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                works.add(
                        new Toys.Work<>(
                                () -> {
                                    int steps = 0;
                                    while (!done.get() || steps == 0) {
                                        Lane lane = lanes.acquire(null, true);
                                        String version = lane.lease().source().id().version();
                                        assertThat(step(lane, row(1), "scores"))
                                                .isEqualTo(Float.parseFloat(version));
                                        lanes.release(lane, true);
                                        steps++;
                                    }
                                    return steps;
                                }));
            }
            try {
                for (int i = 0; i < replacements; i++) {
                    toys.host.replace(ids.get(random.nextInt(versions)));
                }
            } finally {
                done.set(true);
            }
            for (Toys.Work<Integer> work : works) {
                assertThat(work.get()).isPositive();
            }
        }
        assertThat(toys.engine.loads()).isEqualTo(1 + replacements);
        assertThat(toys.engine.mostOpenModels()).isLessThanOrEqualTo(2);
        assertThat(toys.engine.openSessions()).isZero();
        await().atMost(Toys.LIMIT).until(() -> toys.engine.openModels() == 1);
        toys.host.close();
        assertThat(toys.engine.openModels()).isZero();
        assertThat(toys.engine.usesAfterFree()).isZero();
    }

    @Test
    void anotherShapeIsRefusedWithBothSidesAndTheOldOneServesOn() {
        version(1);
        assertServes(FIRST);
        toys.store.linear("switch", "2", "", new float[] {0, 0, 2});
        assertThat(refused(Kind.SETUP, () -> toys.host.replace(SECOND)))
                .hasMessage(
                        "model switch@2 cannot serve instead of switch@1: input 'features' shape"
                                + " [1, 1] expected, [1, 2] found; a version keeps its tensors,"
                                + " give another model another name");
        assertThat(toys.engine.openModels()).as("the refused one is closed at once").isOne();
        assertServes(FIRST);
    }

    @Test
    void anotherUnitIsRefused() {
        String tensors = "outputs: [{name: scores, type: FLOAT32, shape: [1, 1], unit: %s}]\n";
        toys.store.linear("switch", "1", tensors.formatted("Cel"), new float[] {0, 1});
        toys.store.linear("switch", "2", tensors.formatted("'[degF]'"), new float[] {0, 2});
        toys.host.replace(FIRST);
        assertThat(refused(Kind.SETUP, () -> toys.host.replace(SECOND)))
                .hasMessageContaining("output 'scores' unit 'Cel' expected, '[degF]' found");
        assertServes(FIRST);
    }

    @Test
    void aMissingTensorIsRefusedWithThoseThatExist() {
        version(1);
        assertServes(FIRST);
        toys.store.recurrent("switch", "2", 0.5f);
        assertThat(refused(Kind.SETUP, () -> toys.host.replace(SECOND)))
                .hasMessageContaining("input 'features' is missing; it has: [values FLOAT32[-1]]");
        assertServes(FIRST);
    }

    @Test
    void refusedVersionsInARowAreNeverInMemoryTogether() {
        version(1);
        assertServes(FIRST);
        toys.store.linear("switch", "2", "", new float[] {0, 0, 2});
        for (int i = 0; i < 20; i++) {
            refused(Kind.SETUP, () -> toys.host.replace(SECOND));
        }
        assertThat(toys.engine.mostOpenModels()).isEqualTo(2);
    }

    @Test
    void aVersionThatFailsItsWarmUpIsClosedAndTheOldOneServesOn() {
        version(1);
        version(2);
        FaultyEngine faulty = faulty();
        toys.host.replace(FIRST);
        faulty.onOpen = new IllegalStateException("forced");
        assertThat(refused(Kind.SETUP, () -> toys.host.replace(SECOND)))
                .hasMessage(
                        "model switch@2 failed its warm-up on engine faulty"
                                + " (java.lang.IllegalStateException: forced); it is not used")
                .hasCause(faulty.onOpen);
        faulty.onOpen = null;
        assertThat(toys.engine.openModels()).isOne();
        assertServes(FIRST);
    }

    @Test
    void aLeaseThatIsNotGivenBackHoldsUpTheReplacementAfterNextAndIsNamed() {
        toys.close();
        toys = new Toys(folder, 0);
        version(1);
        Lease leaked = toys.host.lease("switch", "route kitchen");
        toys.host.replace(version(2));
        ModelId third = version(3);
        assertThat(refused(Kind.RETRY, () -> toys.host.replace(third)))
                .hasMessage(
                        "model switch@3 cannot be loaded yet: the version before the current one,"
                                + " switch@1, is still in use after 0 ms by "
                                + leaked
                                + "; end those streams or try again later");
        assertThat(leaked.toString())
                .matches("route kitchen since [-0-9]+T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");
        assertServes(SECOND);
        leaked.close();
        await().atMost(Toys.LIMIT)
                .ignoreExceptionsMatching(
                        e -> e instanceof GanglionException known && known.kind() == Kind.RETRY)
                .untilAsserted(() -> toys.host.replace(third));
        assertServes(third);
    }

    @Test
    void aSecondReplacementAtTheSameTimeIsRefusedAndTheCurrentOneServesMeanwhile()
            throws Exception {
        toys.store.slow("slow", "1", 1);
        toys.engine.slowGate().open();
        ModelId first = new ModelId("slow", "1");
        toys.host.replace(first);
        toys.engine.slowGate().hold();
        ModelId next = toys.store.slow("slow", "2", 1);
        Toys.Work<Void> replacement =
                new Toys.Work<>(
                        () -> {
                            toys.host.replace(next);
                            return null;
                        });
        toys.engine.slowGate().awaitWaiting(1);
        assertThat(refused(Kind.RETRY, () -> toys.host.replace(next)))
                .hasMessage(
                        "model 'slow' is being loaded or replaced already; wait until that has"
                                + " ended");
        assertServes(first);
        toys.engine.slowGate().open();
        replacement.get();
        assertServes(next);
    }

    @Test
    void aTokenizerThatDoesNotFitItsModelIsFoundByTheProbe() {
        String probe =
                "tokenizer: {plugin: toy-bytes, file: toy-bytes.txt, probe: {text: AB, ids: %s}}\n";
        ModelId id = toys.store.tokenSum("sum", "1", probe.formatted("[256, 65, 67, 257]"));
        assertThat(refused(Kind.SETUP, () -> toys.host.lease("sum", "test")))
                .hasMessage(
                        "the tokenizer file "
                                + toys.store.folder(id).resolve("toy-bytes.txt")
                                + " does not fit model sum@1: 'AB' should become [256, 65, 67,"
                                + " 257], found [256, 65, 66, 257]; install the tokenizer that the"
                                + " model was trained with");
        toys.store.tokenSum("sum", "1", probe.formatted("[256, 65, 66, 257]"));
        assertServes(id);
    }

    @Test
    void aProbeWithoutItsTokenizerPluginIsRefused() {
        toys.store.tokenSum(
                "sum",
                "1",
                "tokenizer: {plugin: word, file: toy-bytes.txt, probe: {text: A, ids: [1]}}\n");
        assertThat(refused(Kind.SETUP, () -> toys.host.lease("sum", "test")))
                .hasMessage("there is no tokenizer 'word' for model sum@1; there are: toy-bytes");
    }

    @Test
    void aModelWithoutTokenizerFileHasNoVocabulary() {
        version(1);
        try (Lease lease = toys.host.lease("switch", "test")) {
            assertThat(refused(Kind.SETUP, () -> lease.vocabulary("toy-bytes")))
                    .hasMessageContaining("the model switch@1 has no tokenizer file in its card")
                    .hasMessageContaining("add 'tokenizer: {plugin: toy-bytes, file: ");
        }
    }

    @Test
    void aVocabularyIsReadOnceAndShared() {
        toys.store.tokenSum("sum", "1", ToyStore.TOKENIZER);
        try (Lease one = toys.host.lease("sum", "one");
                Lease other = toys.host.lease("sum", "other")) {
            assertThat(one.vocabulary("toy-bytes")).isSameAs(other.vocabulary("toy-bytes"));
        }
    }

    @Test
    void aLeaseThatIsOutWhenTheHostClosesKeepsItsModelUntilItIsGivenBack() {
        version(1);
        Lease late = toys.host.lease("switch", "test");
        toys.host.close();
        assertThatCode(() -> late.model().open().close()).doesNotThrowAnyException();
        assertThat(toys.engine.openModels()).isOne();
        late.close();
        assertThat(toys.engine.openModels()).isZero();
    }

    @Test
    void aClosedHostLoadsNothing() {
        version(1);
        toys.host.close();
        assertThat(refused(Kind.RETRY, () -> toys.host.lease("switch", "test")))
                .hasMessage(
                        "model 'switch' is not loaded, because the runtime is ending; start it"
                                + " again");
        refused(Kind.RETRY, () -> toys.host.replace(FIRST));
        assertThat(toys.engine.loads()).isZero();
    }
}
