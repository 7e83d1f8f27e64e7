package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people read who ask for help. */
class HelpIT {
    @TempDir Path folder;

    private String help(String... arguments) {
        Ganglion command = Ganglion.run(folder, arguments);
        assertThat(command.exitStatus()).as("%s", command.err()).isZero();
        assertThat(command.err()).isEmpty();
        assertThat(command.out()).allMatch(line -> line.length() <= 80);
        return String.join("\n", command.out());
    }

    @Test
    void theCommandListsItsSubcommandsAndAnExample() {
        assertThat(help("--help"))
                .contains(
                        "run ",
                        "start ",
                        "doctor ",
                        "encode ",
                        "routes/kitchen-commands",
                        "For example:");
    }

    @Test
    void runExplainsItsOptionsAndExitStatus() {
        assertThat(help("run", "--help"))
                .contains("ROUTES", "--set=KEY=VALUE", "--until-idle", "--json", "Exit status");
    }

    @Test
    void startDoctorAndEncodeExplainThemselves() {
        assertThat(help("start", "--help"))
                .contains("--routes=FOLDER", "routes/", "models/", "bundles/");
        assertThat(help("doctor", "--help")).contains("--json", "Exit status");
        assertThat(help("encode", "--help")).contains("MODEL", "nlu-micro", "standard input");
    }

    @Test
    void withoutACommandTheHelpIsShownAndTheStatusSaysSo() {
        Ganglion command = Ganglion.run(folder);
        assertThat(command.exitStatus()).isEqualTo(2);
        assertThat(command.out()).anyMatch(line -> line.startsWith("Usage: ganglion"));
        assertThat(List.copyOf(command.err())).isEmpty();
    }
}
