package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that run in a process of their own. */
class WorkerIT {
    private static final String COMMAND = "turn on the kitchen lights\n";

    @TempDir Path folder;
    private Path model;

    @BeforeEach
    void aModelInAWorker() throws IOException {
        model = Folders.copyModel(folder.resolve("models"), "nlu-micro", "nlu-micro");
        Path card = model.resolve("model.yaml");
        Files.writeString(
                card, Files.readString(card).replace("task:", "isolation: worker\ntask:"));
    }

    private Ganglion run(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("GANGLION_MODELS", folder.resolve("models").toString());
        return Ganglion.start(
                folder,
                all,
                "run",
                Ganglion.route("kitchen-commands"),
                "--set",
                "input=-",
                "--json");
    }

    private static void awaitDecisions(Ganglion run, int count) {
        run.awaitOut(
                count, line -> line.contains("\"decision\"") && line.contains("iot_hue_lighton"));
    }

    private static ProcessHandle worker(Ganglion run) {
        List<ProcessHandle> children =
                ProcessHandle.of(run.pid()).orElseThrow().descendants().toList();
        assertThat(children).as("worker processes").hasSize(1);
        return children.get(0);
    }

    private static List<String> libraries(ProcessHandle process) throws IOException {
        try (Stream<String> maps = Files.lines(Path.of("/proc/" + process.pid() + "/maps"))) {
            return maps.filter(line -> line.contains("libonnxruntime.so"))
                    .map(line -> line.substring(line.indexOf('/')))
                    .distinct()
                    .toList();
        }
    }

    @Test
    void aWorkerThatIsKilledIsReplacedAndTheRouteGoesOn() throws IOException {
        try (Ganglion run = run(Map.of())) {
            run.type(COMMAND);
            awaitDecisions(run, 1);
            ProcessHandle first = worker(run);
            assertThat(libraries(first)).as("the library is loaded in the worker").hasSize(1);
            assertThat(libraries(ProcessHandle.of(run.pid()).orElseThrow()))
                    .as("and not in the container")
                    .isEmpty();
            assertThat(Ganglion.run(folder, "model", "show", "nlu-micro").out())
                    .anyMatch(
                            line ->
                                    line.matches(
                                            ".*serves on engine onnxruntime, worker"
                                                    + " \\(sandbox: (landlock|bubblewrap|none).*"));
            first.destroyForcibly();
            first.onExit().join();
            run.type(COMMAND);
            awaitDecisions(run, 2);
            assertThat(worker(run).pid()).isNotEqualTo(first.pid());
            ProcessHandle second = worker(run);
            run.interrupt().exitStatus();
            second.onExit().join();
            assertThat(run.err()).noneMatch(line -> line.contains("Exception"));
        }
    }

    @Test
    void anotherVersionOfTheNativeLibraryRunsInAWorker() throws IOException {
        Path other = Path.of(System.getProperty("ganglion.other.onnxruntime")).toAbsolutePath();
        String options =
                "-Dganglion.worker.onnxruntime.classpath="
                        + other.resolve("onnxruntime.jar")
                        + " -Dganglion.worker.onnxruntime.natives="
                        + other.resolve("native");
        try (Ganglion run = run(Map.of("GANGLION_JAVA_OPTS", options))) {
            run.type(COMMAND);
            awaitDecisions(run, 1);
            assertThat(libraries(worker(run)))
                    .containsExactly(
                            other.resolve("native/linux-x86_64/onnxruntime/libonnxruntime.so")
                                    .toString());
        }
    }

    @Test
    void theConfigurationOfThisDeviceMovesAModelBetweenContainerAndWorkerWhileItServes()
            throws IOException {
        Path card = model.resolve("model.yaml");
        Files.writeString(card, Files.readString(card).replace("isolation: worker\n", ""));
        Path etc = Files.createDirectory(folder.resolve("etc"));
        try (Ganglion run = run(Map.of("GANGLION_ETC", etc.toString()))) {
            run.type(COMMAND);
            awaitDecisions(run, 1);
            ProcessHandle container = ProcessHandle.of(run.pid()).orElseThrow();
            assertThat(libraries(container)).hasSize(1);
            Path file = etc.resolve("dev.ganglion.model-nlu.cfg");
            Files.writeString(file, "name=nlu-micro\nisolation=worker\n");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> container.descendants().count() == 1);
            ProcessHandle worker = worker(run);
            run.type(COMMAND);
            awaitDecisions(run, 2);
            Files.delete(file);
            worker.onExit().join();
            run.type(COMMAND);
            awaitDecisions(run, 3);
            assertThat(run.err()).noneMatch(line -> line.startsWith("ganglion:"));
        }
    }

    @Test
    void aWorkerRunsInBubblewrapWhereItIsAskedFor() throws Exception {
        assumeTrue(bubblewrap(), "bwrap is not there, or may make no namespaces: skipped");
        String options = "-Dganglion.worker.sandbox=bubblewrap";
        try (Ganglion run = run(Map.of("GANGLION_JAVA_OPTS", options))) {
            run.type(COMMAND);
            awaitDecisions(run, 1);
            ProcessHandle outer = ProcessHandle.of(run.pid()).orElseThrow();
            assertThat(outer.descendants().map(each -> each.info().command().orElse("")))
                    .anyMatch(command -> command.endsWith("/bwrap"));
            List<ProcessHandle> all = outer.descendants().toList();
            all.get(all.size() - 1).destroyForcibly();
            all.get(0).onExit().join();
            run.type(COMMAND);
            awaitDecisions(run, 2);
        }
    }

    private static boolean bubblewrap() throws InterruptedException {
        try {
            return new ProcessBuilder("bwrap", "--unshare-all", "--ro-bind", "/", "/", "true")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    @Test
    void anUnknownIsolationIsRefusedWithThoseThatExist() throws IOException {
        Path card = model.resolve("model.yaml");
        Files.writeString(card, Files.readString(card).replace(": worker", ": elsewhere"));
        try (Ganglion run = run(Map.of())) {
            run.awaitErr(
                    line ->
                            line.contains(
                                    "model nlu-micro@1 asks for the isolation 'elsewhere'; there"
                                            + " are: in-process, worker"));
            assertThat(run.exitStatus()).isOne();
        }
    }
}
