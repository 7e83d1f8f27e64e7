package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ganglion doctor} says what is there, what is missing and why. */
class DoctorIT {
    @TempDir Path folder;

    @Test
    void aHealthyImageHasPluginsAndModelsAndNothingWrong() throws Exception {
        Ganglion doctor = Ganglion.run(folder, "doctor", "--json");
        assertThat(doctor.exitStatus()).as("%s", doctor.out()).isZero();
        assertThat(doctor.err()).isEmpty();
        assertThat(doctor.out()).hasSize(1);
        Map<String, Object> facts = JSON.std.mapFrom(doctor.out().get(0));
        assertThat(facts).containsEntry("problems", List.of());
        assertThat(facts).containsEntry("image", Ganglion.image().toString());
        assertThat(((List<?>) facts.get("models")).stream().map(String::valueOf))
                .contains("all-minilm-l6-v2@1", "kws-digits@1", "nlu-micro@1", "nlu-small@1");
        Map<?, ?> plugins = (Map<?, ?>) facts.get("plugins");
        assertThat(names(plugins, "sensor")).contains("audio", "series", "text");
        assertThat(names(plugins, "encoder")).contains("logmel", "window");
        assertThat(names(plugins, "segmenter")).contains("vad");
        assertThat(names(plugins, "tokenizer")).contains("wordpiece");
        assertThat(names(plugins, "engine")).contains("onnxruntime");
        assertThat(names(plugins, "decider")).contains("labels", "nearest", "slots", "threshold");
        assertThat(names(plugins, "actuator")).contains("home", "mqtt");
    }

    private static List<String> names(Map<?, ?> plugins, String kind) {
        return ((List<?>) plugins.get(kind)).stream().map(String::valueOf).toList();
    }

    @Test
    void brokenBundlesAreNamedForPeople() throws Exception {
        Path bundles = Files.createDirectory(folder.resolve("bundles"));
        Folders.drop(
                PluginJar.write(
                        folder,
                        "vendor.throwing",
                        "throwing",
                        "if (true) throw new IllegalStateException(\"no lamp\");"),
                bundles);
        Folders.drop(
                PluginJar.write(folder, "vendor.needing", "needing", "", "com.example.absent"),
                bundles);
        Ganglion doctor =
                Ganglion.run(folder, Map.of("GANGLION_BUNDLES", bundles.toString()), "doctor");
        assertThat(doctor.exitStatus()).isEqualTo(1);
        assertThat(doctor.out())
                .contains("Wrong:")
                .anyMatch(
                        line ->
                                line.startsWith("  - ")
                                        && line.contains("vendor.throwing 1.0.0")
                                        && line.contains("no lamp"))
                .anyMatch(
                        line ->
                                line.startsWith(
                                        "  - the bundle vendor.needing cannot be started: it needs the package"
                                                + " com.example.absent"))
                .anyMatch(line -> line.startsWith("actuator") && line.contains("home"));
    }
}
