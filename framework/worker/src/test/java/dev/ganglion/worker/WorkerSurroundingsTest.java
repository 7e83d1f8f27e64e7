package dev.ganglion.worker;

import static dev.ganglion.worker.Workers.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ganglion.api.infer.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker is given, and what it is kept from. */
class WorkerSurroundingsTest {
    @TempDir Path folder;

    private String told(WorkerModel model, int what) {
        try (model;
                Session session = model.open()) {
            return String.valueOf(catchThrowable(() -> run(session, "what", what)).getMessage());
        }
    }

    @Test
    void optionsArriveInTheirTypesAndPathsAsWhatTheyMeantHere() throws IOException {
        Path file = Files.writeString(folder.resolve("words.txt"), "words");
        try (Workers workers = new Workers(folder)) {
            String told =
                    told(
                            workers.probe(
                                    "port",
                                    "7",
                                    "loud",
                                    "false",
                                    "note",
                                    "a, b",
                                    "file",
                                    "words.txt"),
                            ProbeEngine.TELL_OPTIONS);
            assertThat(told)
                    .contains("scale=2.5", "port=7", "loud=false", "note=a, b", "load=well")
                    .endsWith(" " + file.toAbsolutePath());
        }
    }

    @Test
    void theEnvironmentIsEmptyButForWhatLibrariesMustKnow() {
        assertThat(System.getenv()).containsKey("PATH");
        try (Workers workers = new Workers(folder)) {
            String told = told(workers.probe(), ProbeEngine.TELL_ENVIRONMENT);
            assertThat(told)
                    .contains(
                            "ORT_DISABLE_TELEMETRY=1",
                            "OPT_OUT_TRACKING=true",
                            "MALLOC_ARENA_MAX=1",
                            "} " + folder.toAbsolutePath())
                    .doesNotContain("PATH=", "HOME=", "USER=");
        }
    }

    @Test
    void classesOfTheConfiguredClassPathWin() throws IOException {
        Path source = folder.resolve("Marker.java");
        Files.writeString(
                source,
                Files.readString(
                                Path.of("src/test/java/dev/ganglion/worker/Marker.java")
                                        .toAbsolutePath())
                        .replace("of the container", "of the worker"));
        Path classes = Files.createDirectory(folder.resolve("classes"));
        assertThat(
                        ToolProvider.getSystemJavaCompiler()
                                .run(null, null, null, "-d", classes.toString(), source.toString()))
                .isZero();
        try (Workers usual = new Workers(folder);
                Workers other = new Workers(folder, "worker.probe.classpath", classes.toString())) {
            assertThat(told(usual.probe(), ProbeEngine.TELL_MARKER))
                    .isEqualTo("the version of the container");
            assertThat(told(other.probe(), ProbeEngine.TELL_MARKER))
                    .isEqualTo("the version of the worker");
        }
    }

    @Test
    void aSandboxedWorkerHasNoNetwork() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Workers workers = new Workers(folder)) {
            WorkerModel model = workers.probe("port", Integer.toString(server.getLocalPort()));
            String told = told(model, ProbeEngine.TRY_PORT);
            if (model.sandbox().equals("none")) {
                assertThat(told).isEqualTo("TCP connected true, UDP bound true");
            } else {
                assertThat(told).contains("TCP refused", "UDP refused");
            }
        }
    }

    @Test
    void aSandboxedWorkerReadsAndWritesNothingButItsOwn() throws IOException {
        Path foreign = Files.createTempFile("ganglion-foreign", ".txt");
        try (Workers workers = new Workers(folder)) {
            for (Path file : List.of(foreign, Path.of("/etc/passwd"))) {
                if (file.startsWith("/etc") && Files.isWritable(file)) {
                    // Where there is no sandbox and all may be written, this must not be tried.
                    WorkerModel model = workers.probe();
                    model.close();
                    if (model.sandbox().equals("none")) {
                        continue;
                    }
                }
                WorkerModel model = workers.probe("note", file.toString());
                String told = told(model, ProbeEngine.TRY_FILES);
                if (model.sandbox().equals("none")) {
                    assertThat(told).contains("read allowed", "list allowed", "own allowed");
                } else {
                    assertThat(told)
                            .isEqualTo(
                                    "read refused; list refused; write refused; run refused; own"
                                            + " allowed; ");
                }
            }
            assertThat(foreign).isEmptyFile();
        } finally {
            Files.delete(foreign);
        }
    }

    @Test
    void withoutASandboxTheSameIsAllowedSoThatTheProbeProvesSomething() throws IOException {
        Path foreign = Files.createTempFile("ganglion-foreign", ".txt");
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Workers workers = new Workers(folder, "worker.sandbox", "none")) {
            WorkerModel model =
                    workers.probe(
                            "note",
                            foreign.toString(),
                            "port",
                            Integer.toString(server.getLocalPort()));
            assertThat(model.sandbox()).isEqualTo("none");
            try (Session session = model.open()) {
                assertThat(catchThrowable(() -> run(session, "what", ProbeEngine.TRY_FILES)))
                        .hasMessage(
                                "read allowed; list allowed; write allowed; run allowed; own"
                                        + " allowed; ");
            }
            assertThat(told(model, ProbeEngine.TRY_PORT))
                    .isEqualTo("TCP connected true, UDP bound true");
        } finally {
            Files.delete(foreign);
        }
    }

    @Test
    void thisProcessKeepsItsRights() throws IOException {
        try (Workers workers = new Workers(folder)) {
            workers.probe();
            assertThat(Files.readString(Path.of("/etc/passwd"))).isNotEmpty();
            try (ServerSocket server = new ServerSocket(0)) {
                assertThat(server.isBound()).isTrue();
            }
        }
    }
}
