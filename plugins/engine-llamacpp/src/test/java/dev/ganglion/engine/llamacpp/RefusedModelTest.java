package dev.ganglion.engine.llamacpp;

import static dev.ganglion.engine.llamacpp.Fixtures.assertSetup;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Tensor.Type;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelPackage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What must not reach llama.cpp, and what it refuses itself, each from a good file. */
class RefusedModelTest {
    /** Where the first tensor's type would be found is not fixed; its name is. */
    private static final String FIRST_TENSOR = "token_embd.weight";

    @TempDir Path folder;
    private Path file;
    private byte[] whole;

    @BeforeEach
    void copy() throws IOException {
        Fixtures.assumeNatives();
        file = folder.resolve("model.gguf").toAbsolutePath();
        whole = Files.readAllBytes(Fixtures.homeLm().weightsFile());
    }

    private ModelPackage written() throws IOException {
        Files.write(file, whole);
        return Fixtures.packageOf(file);
    }

    private ByteBuffer bytes() {
        return ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** {@return where a text stands that is preceded by its length} */
    private int find(String text) {
        byte[] sought =
                ByteBuffer.allocate(8 + text.length())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(text.length())
                        .put(text.getBytes(StandardCharsets.UTF_8))
                        .array();
        for (int at = 0; at + sought.length <= whole.length; at++) {
            if (Arrays.equals(whole, at, at + sought.length, sought, 0, sought.length)) {
                return at + 8;
            }
        }
        throw new AssertionError("the file has no " + text);
    }

    private void replace(String key, String value, String by) {
        int at = find(key) + key.length() + 4 + 8;
        assertThat(new String(whole, at, value.length(), StandardCharsets.UTF_8)).isEqualTo(value);
        System.arraycopy(by.getBytes(StandardCharsets.UTF_8), 0, whole, at, value.length());
    }

    @Test
    void theUnchangedCopyIsLoaded() throws IOException {
        try (Model model = Fixtures.load(written());
                TokenSession session = (TokenSession) model.open()) {
            assertThat(Fixtures.greedy(session, new int[] {1, 3, 490}, 2)).hasSize(2);
        }
    }

    @Test
    void anUnknownArchitectureIsRefusedWithTheLibrarysReason() throws IOException {
        replace("general.architecture", "llama", "llxma");
        assertSetup(() -> Fixtures.load(written()))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("of the architecture 'llxma'")
                .hasMessageContaining("unknown model architecture: 'llxma'");
    }

    @Test
    void anUnknownTokenizerIsRefusedWithTheLibrarysReason() throws IOException {
        int key = find("tokenizer.ggml.model") + "tokenizer.ggml.model".length() + 4 + 8;
        whole[key] = 'X';
        assertSetup(() -> Fixtures.load(written()))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("unknown tokenizer: 'X");
    }

    @Test
    void aTensorThatTheArchitectureNeedsIsMissed() throws IOException {
        whole[find(FIRST_TENSOR)] = 'X';
        assertSetup(() -> Fixtures.load(written()))
                .hasMessageContaining("tensor 'token_embd.weight' not found");
    }

    @Test
    void aFileThatWasCutOffAnywhereIsRefusedBeforeItIsMapped() throws IOException {
        int data = find(FIRST_TENSOR);
        for (int length : new int[] {4, 7, 24, 30, 100, data - 3, data + 30, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertSetup(() -> GgufFile.of(Fixtures.packageOf(file)))
                    .hasMessageContaining(file + " was cut off: expected at least ")
                    .hasMessageContaining(", found " + length + ";");
        }
    }

    @Test
    void whatDoesNotBeginAsGgufIsRefused() throws IOException {
        whole[0] = 'X';
        assertSetup(() -> Fixtures.load(written()))
                .hasMessageContaining("does not begin with the letters GGUF");
        whole[0] = 'G';
        bytes().putInt(4, 1);
        assertSetup(() -> Fixtures.load(written()))
                .hasMessageContaining("has the GGUF version 1: expected 2 or 3");
        bytes().putInt(4, 0x03000000);
        assertSetup(() -> Fixtures.load(written())).hasMessageContaining("GGUF version 50331648");
    }

    @Test
    void countsThatLieAreRefused() throws IOException {
        for (int at : new int[] {8, 16, 24}) {
            long before = bytes().getLong(at);
            for (long lie : new long[] {Long.MAX_VALUE, -1, 1L << 40}) {
                bytes().putLong(at, lie);
                ModelPackage source = written();
                if (at == 24 || lie > 0) {
                    assertSetup(() -> GgufFile.of(source)).hasMessageContaining(file.toString());
                }
            }
            bytes().putLong(at, before);
        }
    }

    @Test
    void aTensorThatLiesAboutItselfIsRefused() throws IOException {
        int axes = find(FIRST_TENSOR) + FIRST_TENSOR.length();
        int firstSize = axes + 4;
        int type = firstSize + 8 * bytes().getInt(axes);
        int[] places = {axes, type, type};
        int[] lies = {9, 5, 43};
        String[] told = {"has 9 axes", "of the type 5, which llama.cpp 0.5.0", "of the type 43"};
        for (int i = 0; i < places.length; i++) {
            int before = bytes().getInt(places[i]);
            bytes().putInt(places[i], lies[i]);
            ModelPackage source = written();
            assertSetup(() -> Fixtures.load(source)).hasMessageContaining(told[i]);
            bytes().putInt(places[i], before);
        }
        bytes().putLong(firstSize, Long.MAX_VALUE);
        assertSetup(() -> Fixtures.load(written())).hasMessageContaining("larger than any file");
        bytes().putLong(firstSize, 256);
        bytes().putLong(type + 4, whole.length);
        assertSetup(() -> Fixtures.load(written())).hasMessageContaining("was cut off");
    }

    @Test
    void aCardThatSaysOtherTensorsIsRefused() throws IOException {
        ModelPackage source = written();
        TensorSpec wrong = TensorSpec.of("logits", Type.FLOAT32, "1", 2049);
        assertSetup(() -> Fixtures.load(source.withTensors(List.of(), List.of(wrong))))
                .hasMessageContaining("its card says output [logits FLOAT32[2049]")
                .hasMessageContaining("but it has logits FLOAT32[2048]");
        TensorSpec ids = TensorSpec.of("input_ids", Type.INT64, "1", 1, -1);
        assertSetup(() -> Fixtures.load(source.withTensors(List.of(ids), List.of())))
                .hasMessageContaining("a language model is fed with tokens");
    }

    @Test
    void moreTokensThanTheModelWasTrainedForAreRefusedByHowMany() throws IOException {
        ModelPackage source = written();
        assertSetup(() -> Fixtures.load(source.withOptions(Map.of("contextTokens", "200"))))
                .hasMessageContaining("trained for 160 tokens, found 200 in the option")
                .hasMessageContaining("40 too many");
        assertSetup(() -> Fixtures.load(Fixtures.withMaxTokens(source, 161)))
                .hasMessageContaining("in maxTokens of its card, 1 too many");
    }

    @ParameterizedTest
    @CsvSource({
        "threads, 0, a whole number from 1 to 256",
        "contextTokens, 0, a whole number from 1",
        "memory, disk, 'mapped, resident'",
        "embeddings, maybe, true or false"
    })
    void aValueThatDoesNotFitIsRefused(String name, String value, String expected)
            throws IOException {
        ModelPackage source = written().withOptions(Map.of(name, value));
        assertSetup(() -> Fixtures.load(source))
                .hasMessageContaining("'" + name + "' takes")
                .hasMessageContaining(expected);
    }

    @Test
    void aSecondLlamaInTheProcessIsRefusedByName() {
        Path own = Path.of("/natives/llamacpp-1");
        List<String> harmless =
                List.of("/natives/llamacpp-1/libggml-base.so", "/lib/libc.so.6", "/lib/libllamas");
        LlamaLibrary.refuseAnother(own, harmless);
        for (String other :
                List.of(
                        "/usr/lib/libllama.so.0",
                        "/natives/llamacpp-2/libggml-base.so",
                        "/natives/llamacpp-1/libggml-base.so (deleted)".replace("-1/", "-0/"))) {
            assertSetup(() -> LlamaLibrary.refuseAnother(own, List.of(harmless.get(0), other)))
                    .hasMessageContaining("not loaded from " + own)
                    .hasMessageContaining("in this process already: " + other + ";")
                    .hasMessageContaining("isolation: worker");
        }
    }
}
