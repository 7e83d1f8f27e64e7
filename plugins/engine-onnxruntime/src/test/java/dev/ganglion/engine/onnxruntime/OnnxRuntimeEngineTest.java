package dev.ganglion.engine.onnxruntime;

import static dev.ganglion.engine.onnxruntime.Fixtures.assertSetup;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxRuntimeEngineTest {
    @Test
    void itsArithmeticIsThatOfTheLibrary() {
        String version = NativeLibrary.environment().getVersion();
        assertThat("onnxruntime-" + version).startsWith(Fixtures.ENGINE.arithmetic() + ".");
    }

    @ParameterizedTest
    @CsvSource({
        "intraOpThreads, 2",
        "interOpThreads, 2",
        "spinning, true",
        "arena, false",
        "memoryPattern, false",
        "optimizationLevel, none",
        "optimizationLevel, basic",
        "optimizationLevel, extended",
        "prepacking, false",
        "preciseInt8, false",
        "memory, resident",
        "contextTokens, 100"
    })
    void eachOptionIsTakenAndTheResultStays(String name, String value) {
        float usual = background(Map.of());
        assertThat(usual).isGreaterThan(0.9f);
        // Other optimisations round differently.
        assertThat(background(Map.of(name, value)))
                .isEqualTo(usual, org.assertj.core.data.Offset.offset(0.01f));
    }

    private static float background(Map<String, String> options) {
        try (Model model = Fixtures.load(Fixtures.kwsDigits().withOptions(options));
                Session session = model.open()) {
            for (int i = 0; i < 64; i++) {
                session.input("frame", 1, 64).floats().put(i, -1.263102f);
            }
            session.run();
            return session.output("probs").floats().get(10);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "intraOpThreads, 0, a whole number from 1 to 256",
        "interOpThreads, many, a whole number from 1 to 256",
        "spinning, sometimes, true or false",
        "optimizationLevel, max, 'none, basic, extended, all'",
        "memory, disk, 'resident, mapped'",
        "contextTokens, 0, a whole number from 1"
    })
    void aValueThatDoesNotFitIsRefused(String name, String value, String expected) {
        assertSetup(() -> Fixtures.load(Fixtures.kwsDigits().withOptions(Map.of(name, value))))
                .hasMessageContaining("'" + name + "' takes")
                .hasMessageContaining(expected);
    }
}
