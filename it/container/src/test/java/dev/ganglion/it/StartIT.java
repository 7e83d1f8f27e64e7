package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The container as a service. */
class StartIT {
    @TempDir Path folder;

    @Test
    void theRoutesOfAFolderRunUntilTheyAreStopped() throws IOException {
        Path routes = Files.createDirectory(folder.resolve("routes"));
        Path good = routes.resolve("good.camel.yaml");
        Files.writeString(
                good,
                """
                - route:
                    from:
                      uri: sense:text?path=-
                      steps:
                        - to: encode:wordpiece
                        - to: infer:nlu-micro
                        - to: decide:slots
                """);
        Path bad = routes.resolve("bad.camel.yaml");
        Files.writeString(bad, Files.readString(good).replace("nlu-micro", "nlu-macro"));
        try (Ganglion start = Ganglion.start(folder, "start", "--routes", routes.toString())) {
            start.awaitErr(line -> line.equals("ganglion: " + good + " is running"));
            start.awaitErr(
                    line ->
                            line.startsWith("ganglion: " + bad + " waits for the model 'nlu-macro'")
                                    && line.contains("nlu-small"));
            start.awaitErr(line -> line.contains("started on the routes of " + routes));
            start.interrupt().exitStatus();
            assertThat(start.out()).isEmpty();
        }
    }
}
