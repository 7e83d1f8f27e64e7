package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The owner's word against each shipped route. */
class EnvelopeIT {
    @TempDir Path folder;
    private Path etc;

    @BeforeEach
    void etc() throws IOException {
        etc = Files.createDirectory(folder.resolve("etc"));
    }

    private void owner(String rules) {
        Folders.write(etc.resolve("envelope.yaml"), rules);
    }

    private Ganglion run(String... command) {
        return Ganglion.run(folder, Map.of("GANGLION_ETC", etc.toString()), command);
    }

    private static boolean isState(String line) {
        return line.startsWith("{\"room\"") || line.startsWith("{\"device\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kitchen-commands",
                "keyword-relay",
                "machine-health",
                "assistant",
                "voice-home"
            })
    void whatTheOwnerForbidsNoRouteDoes(String route) {
        if (route.equals("voice-home")) {
            Ganglion.assumeFetched("models/moonshine-tiny");
        }
        owner("actuators: {home: {target: [home], deny: [{action: \"*\"}]}}\n");
        Ganglion run = run("run", Ganglion.route(route), "--json");
        List<Map<String, Object>> lines = run.json();
        Map<String, Object> summary = lines.get(lines.size() - 1);
        assertThat(summary).as("%s", run.err()).containsEntry("actions", 0);
        assertThat(((Number) summary.get("decisions")).intValue()).isPositive();
        assertThat(run.err()).as("nothing in the home changed").noneMatch(EnvelopeIT::isState);
        Ganglion audit = run("audit", "--verify");
        assertThat(audit.exitStatus()).as("%s", audit.err()).isZero();
        assertThat(run("audit", "--json").out())
                .filteredOn(line -> line.contains("\"outcome\":\"performed\""))
                .as("but the answers of voice-home, which are said")
                .allMatch(line -> line.contains("\"actuator\":\"speech\""));
    }

    @Test
    void aFileThatSaysWhatCannotBeStopsAllActionsRatherThanNone() {
        owner("actuators: {home: {denny: [light_on]}}\n");
        Ganglion run = run("run", Ganglion.route("kitchen-commands"), "--json");
        assertThat(run.err()).noneMatch(EnvelopeIT::isState);
        assertThat(String.join("\n", run.err()) + run.out()).contains("denny");
    }

    @Test
    void aDryRunIsJudgedAndLoggedAndNothingIsDone() {
        owner("actuators: {home: {target: [home], dryRun: true}}\n");
        Ganglion run = run("run", Ganglion.route("kitchen-commands"), "--json");
        assertThat(run.err()).noneMatch(EnvelopeIT::isState);
        assertThat(String.join("\n", run("audit").out())).contains("dry-run");
    }
}
