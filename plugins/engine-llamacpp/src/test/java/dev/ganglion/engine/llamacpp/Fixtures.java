package dev.ganglion.engine.llamacpp;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.binding.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The models of the tests, and how they are loaded. */
final class Fixtures {
    static final LlamaCppEngine ENGINE = new LlamaCppEngine();

    /** What java.lang.foreign allocates to pass a struct by value; JNA's way needs nothing. */
    static final long ALLOCATED_BYTES = Runtime.version().feature() < 22 ? 0 : 128;

    private Fixtures() {}

    /** Skips where the build could not fetch the natives. */
    static void assumeNatives() {
        String resource =
                "dev/ganglion/natives/llamacpp/"
                        + Machine.here().platform().replace('-', '_')
                        + "/CONTENT";
        assumeTrue(
                Fixtures.class.getClassLoader().getResource(resource) != null,
                "skipped: the build left llama.cpp's natives out, see bundles/wrap-llamacpp");
    }

    /** The model that ships. */
    static ModelPackage homeLm() {
        return packageOf(
                Path.of(
                        System.getProperty("ganglion.root"),
                        "bundles/models/home-lm-llamacpp/1/home-lm-Q8_0.gguf"));
    }

    static ModelPackage packageOf(Path file) {
        return ModelPackage.of(new ModelId("tiny", "1"), "gguf", file);
    }

    static ModelPackage withMaxTokens(ModelPackage source, int maxTokens) {
        return new ModelPackage(
                source.id(),
                source.task(),
                source.format(),
                source.folder(),
                source.files(),
                source.weights(),
                source.inputs(),
                source.outputs(),
                source.state(),
                source.labels(),
                source.tokenizer(),
                source.vocabulary(),
                maxTokens,
                source.options());
    }

    static Model load(ModelPackage source) {
        return ENGINE.load(
                source, Options.of("tiny@1", ENGINE.options(), source.options(), source.folder()));
    }

    static int likeliest(Tensor logits) {
        int best = 0;
        for (int id = 1; id < logits.elements(); id++) {
            best = logits.floats().get(id) > logits.floats().get(best) ? id : best;
        }
        return best;
    }

    static int[] greedy(TokenSession session, int[] prompt, int tokens) {
        session.feed(prompt, 0, prompt.length);
        int[] ids = new int[tokens];
        for (int i = 0; i < tokens; i++) {
            ids[i] = likeliest(session.logits());
            session.feed(ids, i, i + 1);
        }
        return ids;
    }

    static AbstractThrowableAssert<?, ? extends Throwable> assertSetup(ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused ->
                                org.assertj.core.api.Assertions.assertThat(refused.kind())
                                        .isEqualTo(Kind.SETUP))
                .hasMessageNotContaining("\n");
    }

    static Path shared(String name) {
        Path file = Path.of(System.getProperty("ganglion.shared.data", "absent")).resolve(name);
        assumeTrue(Files.exists(file), "skipped: " + name + " is not under -Dganglion.shared.data");
        return file;
    }

    /** {@return the mapped file of this name} */
    static Path mapped(String name) {
        try (java.util.stream.Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.endsWith("/" + name))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Map<String, Object> golden(String name) {
        try {
            return JSON.std.mapFrom(Files.readString(shared("golden/" + name + ".json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    static <T> T at(Object tree, Object... path) {
        Object found = tree;
        for (Object step : path) {
            found =
                    step instanceof Integer index
                            ? ((List<Object>) found).get(index)
                            : ((Map<String, Object>) found).get(step);
        }
        return (T) found;
    }

    static int[] ids(List<Number> numbers) {
        return numbers.stream().mapToInt(Number::intValue).toArray();
    }
}
