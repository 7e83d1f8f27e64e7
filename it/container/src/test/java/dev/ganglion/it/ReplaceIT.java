package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models and plug-ins replaced in a container while its route runs. */
class ReplaceIT {
    private static final String COMMAND = "turn on the kitchen lights\n";

    @TempDir Path folder;
    private Path models;
    private Path bundles;

    @BeforeEach
    void aModelOfOurOwn() throws IOException {
        models = folder.resolve("models");
        bundles = Files.createDirectory(folder.resolve("bundles"));
        Folders.copyModel(models, "nlu-micro", "nlu-micro");
    }

    private Ganglion run() {
        return Ganglion.start(
                folder,
                Map.of(
                        "GANGLION_MODELS",
                        models.toString(),
                        "GANGLION_BUNDLES",
                        bundles.toString()),
                "run",
                Ganglion.route("kitchen-commands"),
                "--set",
                "input=-",
                "--json");
    }

    private static void awaitDecision(Ganglion run, int count, String model) {
        String line = run.awaitOut(count, each -> each.contains("\"decision\""));
        assertThat(line).contains("\"model\":\"" + model + "\"").contains("\"light_on\"");
    }

    private String answer(String... words) {
        Ganglion asked = Ganglion.run(folder, words);
        assertThat(asked.exitStatus()).as(String.join(" ", words) + asked.err()).isZero();
        return String.join("\n", asked.out());
    }

    private String refusal(String... words) {
        Ganglion asked = Ganglion.run(folder, words);
        assertThat(asked.exitStatus()).isOne();
        assertThat(asked.out()).isEmpty();
        return String.join("\n", asked.err());
    }

    /** Copies version 1 as another one: under a hidden name first, as an installer should. */
    private Path install(String version) throws IOException {
        Path model = models.resolve("nlu-micro");
        Path hidden = Files.createDirectory(model.resolve("." + version));
        try (Stream<Path> files = Files.list(model.resolve("1"))) {
            for (Path file : files.toList()) {
                Files.copy(file, hidden.resolve(file.getFileName()));
            }
        }
        Path card = hidden.resolve("model.yaml");
        Files.writeString(
                card,
                Files.readString(card)
                        .replaceFirst("version: \"?1\"?", "version: \"" + version + "\""));
        return Files.move(hidden, model.resolve(version), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aVersionThatIsDroppedIsTakenAndTheCommandGoesBack() throws IOException {
        try (Ganglion run = run()) {
            run.type(COMMAND);
            awaitDecision(run, 1, "nlu-micro@1");
            install("2");
            awaitServing("2");
            run.type(COMMAND);
            awaitDecision(run, 2, "nlu-micro@2");
            assertThat(answer("model", "rollback", "nlu-micro"))
                    .contains("model nlu-micro@1 serves instead of nlu-micro@2");
            run.type(COMMAND);
            awaitDecision(run, 3, "nlu-micro@1");
            assertThat(answer("model", "show", "nlu-micro"))
                    .contains("it was installed")
                    .contains("rolled back by command");
        }
    }

    private void awaitServing(String version) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () ->
                                assertThat(answer("model", "show", "nlu-micro", "--json"))
                                        .contains(
                                                "\"version\":\""
                                                        + version
                                                        + "\",\"state\":\"serving\""));
    }

    @Test
    void whatCannotServeIsRefusedAndTheCurrentVersionGoesOn() throws IOException {
        try (Ganglion run = run()) {
            run.type(COMMAND);
            awaitDecision(run, 1, "nlu-micro@1");
            assertThat(refusal("model", "swap", "nlu-micro", "7"))
                    .contains("there is no model nlu-micro@7 in ")
                    .contains("its versions are: 1");
            Path weights = weights(install("0"));
            byte[] bytes = Files.readAllBytes(weights);
            bytes[bytes.length / 2] ^= 1;
            Files.write(weights, bytes);
            assertThat(refusal("model", "swap", "nlu-micro", "0"))
                    .contains(weights + " of model nlu-micro@0 is damaged");
            assertThat(refusal("model", "engine", "nlu-micro", "abacus"))
                    .contains("there is no engine 'abacus'")
                    .contains("onnxruntime");
            assertThat(refusal("model", "swap", "nlu-micro", "1", "--strategy", "russian"))
                    .contains("immediate, blue-green, canary, shadow");
            run.type(COMMAND);
            awaitDecision(run, 2, "nlu-micro@1");
        }
    }

    private static Path weights(Path version) throws IOException {
        try (Stream<Path> files = Files.list(version)) {
            return files.filter(file -> file.toString().endsWith(".onnx"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
