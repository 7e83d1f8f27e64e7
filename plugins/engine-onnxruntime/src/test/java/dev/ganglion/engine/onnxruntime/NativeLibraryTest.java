package dev.ganglion.engine.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
    @TempDir Path home;

    @Test
    void telemetryThatIsOffIsNoReasonToRefuse() {
        assertThat(NativeLibrary.telemetryRefusal("1")).isNull();
    }

    @Test
    void telemetryThatIsNotOffIsRefusedWithTheRemedy() {
        assertThat(NativeLibrary.telemetryRefusal(null))
                .contains("ORT_DISABLE_TELEMETRY=1, found none")
                .contains("start the process again");
        for (String value : new String[] {"", "0", "true", "false", " 1"}) {
            assertThat(NativeLibrary.telemetryRefusal(value)).contains("found '" + value + "'");
        }
    }

    @Test
    void platformsWithNativesAreNotRefused() {
        assertThat(NativeLibrary.platformRefusal("Linux", "amd64", false)).isNull();
        assertThat(NativeLibrary.platformRefusal("Linux", "aarch64", false)).isNull();
        assertThat(NativeLibrary.platformRefusal("Mac OS X", "aarch64", false)).isNull();
        assertThat(NativeLibrary.platformRefusal("Windows 11", "amd64", false)).isNull();
    }

    @Test
    void platformsWithoutNativesAreRefusedByName() {
        assertThat(NativeLibrary.platformRefusal("Linux", "amd64", true))
                .contains("linux-x86_64 with musl");
        assertThat(NativeLibrary.platformRefusal("Linux", "arm", false)).contains("linux-arm;");
        assertThat(NativeLibrary.platformRefusal("Linux", "riscv64", false))
                .contains("linux-riscv64");
        assertThat(NativeLibrary.platformRefusal("Mac OS X", "x86_64", false))
                .contains("mac-x86_64");
        assertThat(NativeLibrary.platformRefusal("AIX", "ppc64", false)).contains("aix-ppc64");
    }

    @Test
    void theFolderOfTheImageIsFoundByPlatform() throws IOException {
        for (String platform : new String[] {"linux-x86_64", "linux-aarch64"}) {
            Files.createDirectories(home.resolve(platform).resolve("onnxruntime"));
        }
        String natives = home.toString();
        assertThat(NativeLibrary.nativeFolder(null, natives, "Linux", "amd64"))
                .isEqualTo(home.resolve("linux-x86_64/onnxruntime").toAbsolutePath().toString());
        assertThat(NativeLibrary.nativeFolder(null, natives, "Linux", "aarch64"))
                .endsWith("linux-aarch64/onnxruntime");
    }

    @Test
    void aPathThatIsGivenWinsAndNothingIsInvented() {
        String natives = home.toString();
        assertThat(NativeLibrary.nativeFolder("/given", natives, "Linux", "amd64"))
                .isEqualTo("/given");
        assertThat(NativeLibrary.nativeFolder(null, natives, "Linux", "amd64")).isNull();
        assertThat(NativeLibrary.nativeFolder(null, null, "Linux", "amd64")).isNull();
    }

    /** What the child processes do: one inference, then say whether the library is there. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws IOException {
            try (Model model = Fixtures.load(Fixtures.kwsDigits());
                    Session session = model.open()) {
                session.input("frame", 1, 64);
                session.run();
                System.out.println("computed " + session.output("probs"));
            } catch (GanglionException e) {
                System.out.println("refused " + e.kind() + " " + e.getMessage());
            }
            try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
                System.out.println(
                        maps.anyMatch(line -> line.contains("libonnxruntime"))
                                ? "library loaded"
                                : "library not loaded");
            }
            System.exit(0);
        }
    }

    private String child(Map<String, String> environment, String... options)
            throws IOException, InterruptedException {
        assumeTrue(
                Files.exists(Path.of("/proc/self/maps")),
                "skipped: a child process tells what it loaded by /proc, which is not here");
        Path output = Files.createTempFile(home.getParent(), "child", ".txt");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add("-Duser.home=" + home);
        command.addAll(List.of(options));
        command.add(Child.class.getName());
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().remove("ORT_DISABLE_TELEMETRY");
        builder.environment().remove("XDG_CACHE_HOME");
        builder.environment().put("HOME", home.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the child ended").isTrue();
        String said = Files.readString(output);
        Files.delete(output);
        return said;
    }

    private List<Path> inHome() throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(file -> !file.equals(home)).toList();
        }
    }

    @Test
    void withoutTheVariableNothingNativeIsLoaded() throws IOException, InterruptedException {
        String said = child(Map.of());
        assertThat(said)
                .contains("refused SETUP ONNX Runtime is not loaded")
                .contains("ORT_DISABLE_TELEMETRY=1")
                .contains("library not loaded");
        assertThat(inHome()).isEmpty();
    }

    @Test
    void anInferenceWritesNothingIntoTheHomeFolder() throws IOException, InterruptedException {
        String said = child(Map.of("ORT_DISABLE_TELEMETRY", "1"));
        assertThat(said).contains("computed FLOAT32[1, 11]").contains("library loaded");
        assertThat(inHome()).isEmpty();
    }

    @Test
    void aFolderWithoutTheLibraryIsRefusedInOneSentence() throws IOException, InterruptedException {
        Path empty = Files.createDirectory(home.resolve("natives"));
        String said =
                child(Map.of("ORT_DISABLE_TELEMETRY", "1"), "-Donnxruntime.native.path=" + empty);
        assertThat(said)
                .contains("refused SETUP ONNX Runtime cannot be loaded from " + empty)
                .contains("-Donnxruntime.native.path=<folder>")
                .contains("library not loaded");
    }

    @Test
    void theFolderOfTheImageIsUsed() throws IOException, InterruptedException {
        Path natives = home.resolve("natives");
        String arch = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch64";
        Path folder =
                Files.createDirectories(natives.resolve("linux-" + arch).resolve("onnxruntime"));
        for (String file : new String[] {"libonnxruntime.so", "libonnxruntime4j_jni.so"}) {
            Files.writeString(folder.resolve(file), "no library");
        }
        String said = child(Map.of("ORT_DISABLE_TELEMETRY", "1"), "-Dganglion.natives=" + natives);
        assertThat(said).contains("refused SETUP ONNX Runtime cannot be loaded from " + folder);
    }
}
