package dev.ganglion.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading and closing, the same for models that are stepped and for models that are fed. */
abstract class EngineLoadContract extends PluginContract {
    /** {@return the engine under test} */
    protected abstract Engine engine();

    /** {@return a small model that it loads, with its card's tensors; always the same files} */
    protected abstract ModelPackage model();

    /**
     * {@return whether the engine can tell what a model takes and gives when its card does not say;
     * override where the format holds no names}
     */
    protected boolean readsTensorsFromTheFile() {
        return true;
    }

    /**
     * {@return how many bytes of heap one step may cost while the shapes stay; override with the
     * measured number where a library's binding allocates}
     */
    protected long allocatedBytesPerStep() {
        return 0;
    }

    @Override
    final Plugin plugin() {
        return engine();
    }

    /** Loads as the framework does. */
    final Model load(ModelPackage source) {
        Engine engine = engine();
        return Threads.onLargeStack(() -> engine.load(source, optionsOf(source.options())));
    }

    /** Does something with a session that makes it compute. */
    abstract void useOnce(Session session);

    @Test
    void theFormatOfItsModelIsDeclared() {
        assertThat(engine().formats()).contains(model().format());
    }

    @Test
    void itsArithmeticHasAName() {
        assertThat(engine().arithmetic()).isNotBlank();
    }

    @Test
    void loadRefusesAMissingFileNamingIt(@TempDir Path folder) throws IOException {
        ModelPackage source = copyTo(folder);
        Files.delete(source.weightsFile());
        assertRefused(source);
    }

    @Test
    void loadRefusesAnEmptyFileNamingIt(@TempDir Path folder) throws IOException {
        ModelPackage source = copyTo(folder);
        Files.write(source.weightsFile(), new byte[0]);
        assertRefused(source);
    }

    @Test
    void loadRefusesATruncatedFileNamingIt(@TempDir Path folder) throws IOException {
        ModelPackage source = copyTo(folder);
        byte[] whole = Files.readAllBytes(source.weightsFile());
        Files.write(source.weightsFile(), Arrays.copyOf(whole, whole.length / 2));
        assertRefused(source);
    }

    @Test
    void loadRefusesAFileOfAnotherFormatNamingIt(@TempDir Path folder) throws IOException {
        ModelPackage source = copyTo(folder);
        byte[] foreign =
                "these are not the weights of any model\n".getBytes(StandardCharsets.UTF_8);
        Files.write(source.weightsFile(), foreign);
        assertRefused(source);
    }

    @Test
    void afterARefusalTheEngineLoadsAGoodFile(@TempDir Path folder) throws IOException {
        ModelPackage source = copyTo(folder);
        byte[] whole = Files.readAllBytes(source.weightsFile());
        Files.write(source.weightsFile(), new byte[0]);
        assertRefused(source);
        Files.write(source.weightsFile(), whole);
        try (Model model = load(source);
                Session session = model.open()) {
            useOnce(session);
        }
    }

    @Test
    void theModelHasTheTensorsOfItsCard() {
        assumeGiven(!(model().inputs().isEmpty() && model().outputs().isEmpty()), "model's card");
        try (Model model = load(model())) {
            assertSame("inputs", model().inputs(), model.inputs(), true);
            assertSame("outputs", model().outputs(), model.outputs(), true);
        }
    }

    @Test
    void theModelSaysWhatItTakesAndGivesWhenTheCardDoesNot() {
        assumeGiven(readsTensorsFromTheFile(), "readsTensorsFromTheFile()");
        assumeGiven(!(model().inputs().isEmpty() && model().outputs().isEmpty()), "model's card");
        try (Model model = load(model().withTensors(List.of(), List.of()))) {
            assertSame("inputs", model().inputs(), model.inputs(), false);
            assertSame("outputs", model().outputs(), model.outputs(), false);
        }
    }

    @Test
    void memoryIsReportedAsZeroOrMore() {
        try (Model model = load(model())) {
            assertThat(model.mappedBytes()).isNotNegative();
            assertThat(model.allocatedBytes()).isNotNegative();
        }
    }

    @Test
    void closingOneModelLeavesAnotherOfTheSameFileWorking() {
        try (Model second = load(model());
                Session session = second.open()) {
            load(model()).close();
            useOnce(session);
        }
    }

    @Test
    void aModelMayBeClosedTwice() {
        Model model = load(model());
        model.close();
        model.close();
    }

    @Test
    void aClosedModelOpensNoSession() {
        Model model = load(model());
        model.close();
        assertThatThrownBy(model::open).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aSessionMayBeClosedTwice() {
        try (Model model = load(model())) {
            Session session = model.open();
            useOnce(session);
            session.close();
            session.close();
        }
    }

    @Test
    void aClosedSessionIgnoresCancelAndRefusesReset() {
        try (Model model = load(model())) {
            Session session = model.open();
            useOnce(session);
            session.close();
            session.cancel();
            assertThatThrownBy(session::reset).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void noThreadIsLeftAfterClose() {
        // Once before counting: a library may keep threads of its own from its first use on.
        loadUseAndClose();
        Set<Thread> before = Threads.alive();
        loadUseAndClose();
        assertThat(Threads.leftSince(before)).isEmpty();
    }

    private void loadUseAndClose() {
        try (Model model = load(model());
                Session session = model.open()) {
            useOnce(session);
        }
    }

    /**
     * The fewest bytes of heap that one call costs, on this thread: whatever else the JVM does now
     * and then does not count.
     */
    static long bytesPerCall(Runnable call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int calls = 50;
        long fewest = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < calls; i++) {
                call.run();
            }
            fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return fewest / calls;
    }

    private void assertRefused(ModelPackage source) {
        assertThatThrownBy(() -> load(source).close())
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(GanglionException.Kind.SETUP))
                .hasMessageContaining(source.weightsFile().toString());
    }

    private static void assertSame(
            String what, List<TensorSpec> card, List<TensorSpec> found, boolean withUnits) {
        assertThat(found)
                .as(what)
                .extracting(TensorSpec::name)
                .containsExactlyInAnyOrderElementsOf(card.stream().map(TensorSpec::name).toList());
        for (TensorSpec expected : card) {
            for (TensorSpec offered : found) {
                if (offered.name().equals(expected.name())) {
                    TensorSpec compared =
                            withUnits
                                    ? offered
                                    : new TensorSpec(
                                            offered.name(),
                                            offered.type(),
                                            offered.shape(),
                                            expected.unit());
                    assertThat(expected.mismatch(compared)).as(what + " " + expected).isNull();
                }
            }
        }
    }

    /** The same package over copies of its files. */
    final ModelPackage copyTo(Path folder) throws IOException {
        ModelPackage source = model();
        for (String file : source.files()) {
            Path target = folder.resolve(file);
            Path parent = target.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.copy(source.file(file), target);
        }
        return new ModelPackage(
                source.id(),
                source.task(),
                source.format(),
                folder.toAbsolutePath().normalize(),
                source.files(),
                source.weights(),
                source.inputs(),
                source.outputs(),
                source.state(),
                source.labels(),
                source.tokenizer(),
                source.vocabulary(),
                source.maxTokens(),
                source.options());
    }
}
