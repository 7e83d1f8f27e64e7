package dev.ganglion.camel.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.encode.FeatureExtractor;
import dev.ganglion.api.encode.Segmenter;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.model.ModelStore;
import dev.ganglion.runtime.plugin.Plugins;
import dev.ganglion.runtime.wiring.RouteStep;
import dev.ganglion.testkit.toy.ToyExtractor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouteStepsTest {
    @TempDir Path folder;
    private final Plugins plugins = new Plugins();
    private ModelHost host;

    private static final class Halves implements Segmenter {
        @Override
        public String name() {
            return "halves";
        }

        @Override
        public List<Parameter> options() {
            return List.of(
                    Parameter.text("detector").withDefault("energy"),
                    Parameter.integer("silenceMillis", "ms", 1, 1000).withDefault("300"),
                    Parameter.integer("speechMillis", "ms", 1, 1000).withDefault("100"),
                    Parameter.integer("padMillis", "ms", 1, 1000));
        }

        @Override
        public TensorSpec input(Options options) {
            return TensorSpec.TEXT;
        }

        @Override
        public TensorSpec output(Options options) {
            return TensorSpec.TEXT;
        }

        @Override
        public Stage<Sample<Tensor>, Sample<Tensor>> open(
                Options options, Function<String, Session> models) {
            throw new UnsupportedOperationException("nobody opens it here");
        }
    }

    @BeforeEach
    void openHost() throws Exception {
        Path model = Files.createDirectories(folder.resolve("nlu/1"));
        Files.writeString(
                model.resolve("model.yaml"),
                """
                name: nlu
                version: "1"
                task: text-classification
                licence: Apache-2.0
                format: toy
                weights: nlu.toy
                files:
                  nlu.toy: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
                steps: {"encode:halves": {silenceMillis: 200, speechMillis: 50}}
                """);
        Files.createFile(model.resolve("nlu.toy"));
        plugins.add(new Halves(), "test");
        plugins.add(new ToyExtractor(), "test");
        host = new ModelHost(new ModelStore(folder), plugins, 1000);
    }

    @AfterEach
    void close() {
        host.close();
    }

    private RouteSteps steps(RouteStep... steps) {
        return new RouteSteps(List.of(steps), host);
    }

    private RouteStep step(String word, String name, Map<String, String> parameters) {
        return new RouteStep(word, name, parameters, folder);
    }

    @Test
    void anOptionIsWhatTheRouteSaysThenTheCardThenTheDefault() {
        RouteStep step = step("encode", "halves", Map.of("speechMillis", "70"));
        assertThat(
                        steps(step)
                                .numbers(
                                        step,
                                        Segmenter.class,
                                        name -> name.endsWith("Millis"),
                                        "nlu"))
                .isEqualTo(" (options: silenceMillis=200, speechMillis=70, padMillis)");
        assertThat(steps(step).numbers(step, Segmenter.class, "silenceMillis"::equals, "other"))
                .isEqualTo(" (options: silenceMillis=300)");
    }

    @Test
    void whatIsNoNumberOrNotWantedOrNotThereIsNoOption() {
        RouteStep step = step("encode", "halves", Map.of());
        assertThat(steps(step).numbers(step, Segmenter.class, "detector"::equals, "nlu")).isEmpty();
        assertThat(steps(step).numbers(step, Segmenter.class, name -> false, "nlu")).isEmpty();
        assertThat(steps(step).numbers(step, FeatureExtractor.class, name -> true, "nlu"))
                .isEmpty();
        assertThat(steps(step).numbers(null, Segmenter.class, name -> true, "nlu")).isEmpty();
    }

    @Test
    void whatFindsUtterancesIsNotBlamedForTheTimeInEncoders() {
        RouteSteps steps =
                steps(
                        step("sense", "audio", Map.of()),
                        step("encode", "halves", Map.of()),
                        step("encode", "toy-eleven", Map.of()),
                        step("encode", "other", Map.of()));
        assertThat(steps.named("encode")).isEqualTo("encode:toy-eleven and encode:other");
        assertThat(steps.of("encode", Segmenter.class)).hasToString("encode:halves");
        assertThat(steps.of("encode", FeatureExtractor.class)).hasToString("encode:toy-eleven");
    }

    @Test
    void aStepThatStandsInAnotherRouteHasItsWordAsName() {
        assertThat(steps().named("act")).isEqualTo("act:");
        assertThat(steps().first()).isNull();
        assertThat(steps().last()).isNull();
        assertThat(steps().of("act", Segmenter.class)).isNull();
    }

    @Test
    void aModelThatServesNobodyHasNoThreads() {
        assertThat(steps().threads(new ModelId("nlu", "1"))).isEmpty();
    }
}
