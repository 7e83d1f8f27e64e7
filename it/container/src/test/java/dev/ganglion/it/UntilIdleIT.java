package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --until-idle} ends what would run on, and its exit status says whether all went well. */
class UntilIdleIT {
    private static final String[] STEPS = {"encode:wordpiece", "infer:nlu-micro", "decide:slots"};

    @TempDir Path folder;

    private Ganglion run() {
        return Ganglion.run(
                folder, "run", folder.resolve("route").toString(), "--until-idle", "--json");
    }

    @Test
    void aFollowingRouteEndsAfterAllLines() throws IOException {
        Folders.route(
                folder.resolve("route"), "following", "sense:text?path=in.txt&follow=true", STEPS);
        Files.copy(
                Path.of(Ganglion.route("kitchen-commands"), "commands.txt"),
                folder.resolve("route/in.txt"));
        Ganglion run = run();
        assertThat(run.exitStatus()).as("%s", run.err()).isZero();
        assertThat(run.json()).hasSize(43);
        assertThat(run.json().get(42)).containsEntry("decisions", 42).containsEntry("failed", 0);
    }

    @Test
    void aLineThatFailedIsInTheExitStatus() {
        Folders.route(
                folder.resolve("route"), "following", "sense:text?path=in.txt&follow=true", STEPS);
        Folders.write(
                folder.resolve("route/in.txt"),
                "turn on the light\n" + "light ".repeat(100) + "\nlights off\n");
        Ganglion run = run();
        assertThat(run.exitStatus()).isEqualTo(1);
        assertThat(run.json())
                .hasSize(3)
                .last()
                .satisfies(
                        line ->
                                assertThat(line)
                                        .containsEntry("decisions", 2)
                                        .containsEntry("failed", 1));
    }

    @Test
    void aListeningRouteEndsToo() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Path bundles = Files.createDirectory(folder.resolve("bundles"));
        Folders.drop(Folders.httpComponent(), bundles);
        Ganglion run =
                Ganglion.run(
                        folder,
                        Map.of("GANGLION_BUNDLES", bundles.toString()),
                        "run",
                        Ganglion.route("http-commands"),
                        "--until-idle",
                        "--json",
                        "--set",
                        "port=" + port);
        assertThat(run.exitStatus()).as("%s", run.err()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.json())
                .singleElement()
                .satisfies(line -> assertThat(line).containsEntry("type", "summary"));
    }

    @Test
    void aWaitingRouteEndsWithWhatItWaitsFor() {
        Folders.route(
                folder.resolve("route"),
                "waiting",
                "sense:text?path=-",
                "encode:wordpiece",
                "infer:nowhere",
                "decide:slots");
        Ganglion run = run();
        assertThat(run.exitStatus()).isEqualTo(1);
        assertThat(run.err())
                .singleElement()
                .satisfies(
                        line ->
                                assertThat(line)
                                        .contains(
                                                "route.camel.yaml waits for the model 'nowhere' of infer:nowhere")
                                        .contains("of models there are: ", "nlu-micro, nlu-small"));
    }
}
