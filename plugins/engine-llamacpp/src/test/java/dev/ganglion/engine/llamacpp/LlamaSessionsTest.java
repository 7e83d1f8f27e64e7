package dev.ganglion.engine.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.binding.CFunction;
import dev.ganglion.binding.CLibrary;
import dev.ganglion.binding.CType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LlamaSessionsTest {
    @TempDir static Path folder;

    private static final int[] PROMPT = {1, 3, 490, 340, 277, 759, 377, 4};
    private static final int TOKENS = 22;

    @BeforeAll
    static void nativesAreThere() {
        Fixtures.assumeNatives();
    }

    private static int[] greedy(Map<String, String> options) {
        try (Model model = Fixtures.load(Fixtures.homeLm().withOptions(options));
                TokenSession session = (TokenSession) model.open()) {
            return Fixtures.greedy(session, PROMPT, TOKENS);
        }
    }

    @ParameterizedTest
    @CsvSource({"threads, 2", "memory, resident", "contextTokens, 100"})
    void eachOptionIsTakenAndTheTokensStay(String name, String value) {
        assertThat(greedy(Map.of(name, value))).containsExactly(greedy(Map.of()));
    }

    @Test
    void theOptionOrTheCardOrTheFileSaysHowManyTokensFit() {
        ModelPackage source = Fixtures.homeLm();
        assertThat(capacity(source)).isEqualTo(160);
        assertThat(capacity(Fixtures.withMaxTokens(source, 30))).isEqualTo(30);
        ModelPackage both =
                Fixtures.withMaxTokens(source.withOptions(Map.of("contextTokens", "40")), 30);
        assertThat(capacity(both)).isEqualTo(40);
    }

    /** The memory of a stream that nobody asked for would be gigabytes. */
    @Test
    void ofAModelForLongTextsOnlyTheOptionTakesMoreThan4096() throws IOException {
        byte[] bytes = Files.readAllBytes(Fixtures.homeLm().weightsFile());
        byte[] key = "llama.context_length".getBytes(StandardCharsets.UTF_8);
        int at = 0;
        while (!Arrays.equals(bytes, at, at + key.length, key, 0, key.length)) {
            at++;
        }
        ByteBuffer value = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(value.getInt(at + key.length + 4)).isEqualTo(160);
        value.putInt(at + key.length + 4, 131_072);
        Path file = Files.write(folder.resolve("long.gguf"), bytes).toAbsolutePath();
        ModelPackage source = Fixtures.packageOf(file);
        assertThat(opened(source)).isEqualTo(4096);
        assertThat(opened(Fixtures.withMaxTokens(source, 8192))).isEqualTo(4096);
        assertThat(opened(Fixtures.withMaxTokens(source, 1000))).isEqualTo(1000);
        assertThat(opened(source.withOptions(Map.of("contextTokens", "5000")))).isEqualTo(5000);
        Fixtures.assertSetup(() -> opened(source.withOptions(Map.of("contextTokens", "131073"))))
                .hasMessageContaining("trained for 131072 tokens, found 131073");
    }

    private static int opened(ModelPackage source) {
        try (Model model = Fixtures.load(source);
                TokenSession session = (TokenSession) model.open()) {
            return session.capacity();
        }
    }

    private static int capacity(ModelPackage source) {
        try (Model model = Fixtures.load(source);
                TokenSession session = (TokenSession) model.open()) {
            int capacity = session.capacity();
            session.feed(new int[capacity], 0, capacity);
            assertThatThrownBy(() -> session.feed(new int[3], 0, 3))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused -> assertThat(refused.kind()).isEqualTo(Kind.INPUT))
                    .hasMessageContaining("3 too many");
            return capacity;
        }
    }

    @Test
    void feedsAndRewindsInAnyOrderGiveWhatTheTokensGive() {
        Random random = new Random(7);
        try (Model model = Fixtures.load(Fixtures.homeLm());
                TokenSession session = (TokenSession) model.open();
                TokenSession reference = (TokenSession) model.open()) {
            int[] fed = new int[session.capacity()];
            for (int round = 0; round < 60; round++) {
                if (random.nextInt(3) == 0) {
                    session.rewind(random.nextInt(session.position() + 1));
                }
                int most = random.nextInt(4) == 0 ? 140 : 5;
                int from = session.position();
                int count = Math.min(1 + random.nextInt(most), session.capacity() - from);
                for (int i = 0; i < count; i++) {
                    fed[from + i] = 6 + random.nextInt(2000);
                }
                session.feed(fed, from, from + count);
                assertThat(session.position()).isEqualTo(from + count);
                if (count > 0) {
                    reference.reset();
                    reference.feed(fed, 0, from + count);
                    float[] expected = floats(reference.logits());
                    assertThat(floats(session.logits()))
                            .usingComparatorWithPrecision(0.5f)
                            .containsExactly(expected);
                }
            }
        }
    }

    private static float[] floats(Tensor tensor) {
        float[] floats = new float[tensor.elements()];
        tensor.floats().get(0, floats);
        return floats;
    }

    @Test
    void logitsAreTheLibrarysOwnMemoryAndTheSameForEachToken() {
        try (Model model = Fixtures.load(Fixtures.homeLm());
                TokenSession session = (TokenSession) model.open()) {
            assertThatThrownBy(session::logits)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no token was fed");
            session.feed(PROMPT, 0, PROMPT.length);
            Tensor first = session.logits();
            session.feed(PROMPT, 1, 2);
            assertThat(session.logits()).isSameAs(first).isSameAs(session.output("logits"));
            session.rewind(3);
            assertThatThrownBy(session::logits).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> session.output("hidden"))
                    .hasMessageContaining("it has: logits");
            assertThatThrownBy(() -> session.input("input_ids", 1, 1))
                    .hasMessageContaining("fed with tokens");
        }
    }

    @Test
    void aCancelledStepEndsInTheMiddleAndForgetsWhatItBegan() {
        try (Model model = Fixtures.load(Fixtures.homeLm());
                TokenSession session = (TokenSession) model.open()) {
            LlamaModel loaded = (LlamaModel) model;
            StopFlag stop = new StopFlag(loaded.id());
            LlamaContext context = new LlamaContext(loaded, stop, 160, 128, false);
            for (int i = 0; i < 128; i++) {
                context.put(i, 6);
            }
            context.decode(128);
            // The flag alone: nothing in Java looks at it before the step.
            stop.cancel();
            assertThatThrownBy(() -> context.decode(20))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            ended -> assertThat(ended.kind()).isEqualTo(Kind.REOPEN))
                    .hasMessageContaining("was cancelled");
            stop.reset();
            context.forgetFrom(0);
            for (int i = 0; i < PROMPT.length; i++) {
                context.put(i, PROMPT[i]);
            }
            context.decode(PROMPT.length);
            session.feed(PROMPT, 0, PROMPT.length);
            Tensor found =
                    Tensor.over(
                            dev.ganglion.binding.CMemory.view(context.logits(), 4 * 2048),
                            Tensor.Type.FLOAT32,
                            2048);
            assertThat(floats(found)).containsExactly(floats(session.logits()));
            context.free();
        }
    }

    @Test
    void aModelThatWasClosedServesItsSessionsUntilTheyAreClosed() {
        Model model = Fixtures.load(Fixtures.homeLm());
        TokenSession session = (TokenSession) model.open();
        model.close();
        assertThat(Fixtures.greedy(session, PROMPT, TOKENS)).containsExactly(greedy(Map.of()));
        session.close();
    }

    @Test
    void memoryIsReportedWhereItIs() {
        long size = Fixtures.homeLm().weightsFile().toFile().length();
        try (Model mapped = Fixtures.load(Fixtures.homeLm());
                Model resident =
                        Fixtures.load(
                                Fixtures.homeLm().withOptions(Map.of("memory", "resident")))) {
            assertThat(mapped.mappedBytes()).isEqualTo(size);
            assertThat(mapped.allocatedBytes()).isZero();
            assertThat(resident.mappedBytes()).isZero();
            assertThat(resident.allocatedBytes()).isEqualTo(size);
        }
    }

    @Test
    void sizesOfTensorTypesAreThoseOfTheLibrary() {
        greedy(Map.of());
        CLibrary base = CLibrary.open(Fixtures.mapped("libggml-base.so"));
        CFunction elements = base.function("ggml_blck_size", CType.LONG, List.of(CType.INT));
        CFunction bytes = base.function("ggml_type_size", CType.LONG, List.of(CType.INT));
        for (int type = 0; type < GgufFile.TYPES.length; type++) {
            assertThat(new long[] {elements.call(type), bytes.call(type)})
                    .as("type " + type)
                    .containsExactly(Arrays.stream(GgufFile.TYPES[type]).asLongStream().toArray());
        }
    }

    @Test
    void nothingIsWrittenToStandardOutputOrError() throws Exception {
        ProcessBuilder child =
                new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xss512k",
                        "-Dganglion.root=" + System.getProperty("ganglion.root"),
                        "-Dganglion.var=" + System.getProperty("ganglion.var"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName());
        Process process = child.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(
                        said.lines()
                                .filter(
                                        line ->
                                                !line.contains("SLF4J")
                                                        && !line.contains("ALL-UNNAMED")))
                .containsExactly(Arrays.toString(greedy(Map.of())));
    }

    /** What a program does whose threads have the small stacks of the image. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            System.out.println(Arrays.toString(greedy(Map.of())));
        }
    }
}
