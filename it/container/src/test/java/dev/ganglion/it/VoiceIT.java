package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Speech through the shipped route. */
class VoiceIT {
    private static final double POINT = 0.01;
    private static final double PUBLISHED = 0.943;

    @TempDir Path folder;

    @BeforeEach
    void whoListensIsThere() {
        Path weights = Ganglion.image().resolve("models/moonshine-tiny/1/encoder_model.onnx");
        assumeTrue(
                Files.exists(weights.getParent()),
                "moonshine-tiny was left out of this build: npm could not fetch it");
    }

    private Map<String, Map<String, Object>> heard(Path clips, String... placeholders) {
        List<String> command =
                new java.util.ArrayList<>(
                        List.of(
                                "run",
                                Ganglion.route("voice-home"),
                                "--json",
                                "--set",
                                "input=" + clips));
        for (String placeholder : placeholders) {
            command.addAll(List.of("--set", placeholder));
        }
        Ganglion run = Ganglion.run(folder, command.toArray(String[]::new));
        assertThat(run.exitStatus()).as("%s", run.err()).isZero();
        Map<String, Map<String, Object>> heard = new HashMap<>();
        for (Map<String, Object> line : run.json()) {
            if ("decision".equals(line.get("type"))) {
                Path clip = Path.of(String.valueOf(line.get("source")));
                heard.putIfAbsent(clip.getFileName().toString(), line);
            }
        }
        return heard;
    }

    /** What the clip means was understood: one of the intents, with the details that matter. */
    private static boolean isRight(Map<?, ?> gold, Map<String, Object> decision) {
        if (decision == null) {
            return false;
        }
        Map<?, ?> action = (Map<?, ?>) decision.get("action");
        if (!((List<?>) gold.get("intents")).contains(action.get("intent"))) {
            return false;
        }
        for (Map.Entry<?, ?> each : ((Map<?, ?>) gold.get("req")).entrySet()) {
            if (!String.valueOf(each.getValue())
                    .equalsIgnoreCase(String.valueOf(action.get(each.getKey())))) {
                return false;
            }
        }
        return true;
    }

    @Test
    void syntheticVoicesAreUnderstoodAsWellAsWasPublished() throws IOException {
        Path clips = Path.of(System.getProperty("ganglion.shared.data"), "data", "voice");
        assumeTrue(Files.exists(clips), clips + " is not here; the accuracy is not measured");
        Path synthetic = Files.createDirectory(folder.resolve("clips"));
        Map<String, Map<?, ?>> gold = new HashMap<>();
        for (Object each : JSON.std.listFrom(Files.readString(clips.resolve("index.json")))) {
            Map<?, ?> one = (Map<?, ?>) each;
            String file = String.valueOf(one.get("file"));
            if ("tts".equals(one.get("kind"))) {
                Files.copy(clips.resolve(file), synthetic.resolve(file));
                gold.put(file, (Map<?, ?>) one.get("gold"));
            }
        }
        for (String stages : List.of("home-lm", "all")) {
            Map<String, Map<String, Object>> heard = heard(synthetic, "stages=" + stages);
            long right =
                    gold.entrySet().stream()
                            .filter(each -> isRight(each.getValue(), heard.get(each.getKey())))
                            .count();
            double share = (double) right / gold.size();
            System.out.printf(
                    Locale.ROOT,
                    "voice, synthetic clips, stages=%s: %d of %d understood (%.1f %%)%n",
                    stages,
                    right,
                    gold.size(),
                    100 * share);
            assertThat(share).as(stages).isGreaterThanOrEqualTo(PUBLISHED - POINT);
        }
    }

    @Test
    void theAnswerIsSpokenIntoAFolder() throws IOException {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/espeak-ng")),
                "espeak-ng is not installed; nothing is spoken");
        Path clips = Files.createDirectory(folder.resolve("clips"));
        String clip = "01-turn-on-the-kitchen-lights.wav";
        Files.copy(Path.of(Ganglion.route("voice-home"), "clips", clip), clips.resolve(clip));
        Path spoken = Files.createDirectory(folder.resolve("spoken"));
        Map<String, Object> decision = heard(clips, "speak=" + spoken).get(clip);
        assertThat(decision)
                .containsEntry("text", "Turn on the kitchen lights.")
                .containsEntry("reply", "Turning on the lights in the kitchen.");
        try (var files = Files.list(spoken)) {
            assertThat(files.filter(file -> file.toString().endsWith(".wav")).toList())
                    .singleElement()
                    .satisfies(file -> assertThat(Files.size(file)).isGreaterThan(20_000));
        }
    }
}
