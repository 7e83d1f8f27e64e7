package dev.ganglion.sensor.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fazecast.jSerialComm.SerialPort;
import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From where the native library is loaded, and that nothing of it is left: in child processes. */
class SerialLibraryTest {
    private static final String LIBRARY = "libjSerialComm.so";

    @TempDir Path folder;

    private Path temporary;
    private Path home;

    @BeforeEach
    void folders() throws IOException {
        assumeTrue(
                Files.exists(Path.of("/proc/self/maps")),
                "skipped: a child process tells what it loaded by /proc, which is not here");
        temporary = Files.createDirectory(folder.resolve("tmp"));
        home = Files.createDirectory(folder.resolve("home"));
    }

    /** What the child processes do: load the library, then say from where it was. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws IOException {
            try {
                SerialLibrary.load("sense:series");
                System.out.println("loaded " + SerialPort.getVersion());
            } catch (GanglionException e) {
                System.out.println("refused " + e.kind() + " " + e.getMessage());
            }
            try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
                maps.filter(line -> line.contains("jSerialComm") && line.contains(".so"))
                        .forEach(line -> System.out.println("mapped " + line));
            }
        }
    }

    private String child(String... options) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add("-Duser.home=" + home);
        command.add("-Djava.io.tmpdir=" + temporary);
        command.addAll(List.of(options));
        command.add(Child.class.getName());
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the child ended").isTrue();
        return Files.readString(output);
    }

    private List<Path> left() throws IOException {
        List<Path> left = new ArrayList<>();
        for (Path place : new Path[] {temporary, home}) {
            try (Stream<Path> files = Files.walk(place)) {
                files.filter(Files::isRegularFile).forEach(left::add);
            }
        }
        return left;
    }

    private Path image(byte[] library) throws IOException {
        String arch = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch64";
        Path natives = folder.resolve("natives");
        Path place =
                Files.createDirectories(natives.resolve("linux-" + arch).resolve("jserialcomm"));
        Files.write(place.resolve(LIBRARY), library);
        return place;
    }

    private static byte[] library() throws IOException {
        String arch = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "armv8_64";
        try (InputStream in =
                SerialPort.class.getResourceAsStream("/Linux/" + arch + "/" + LIBRARY)) {
            assumeTrue(in != null, "skipped: there is no library for this machine");
            return in.readAllBytes();
        }
    }

    @Test
    void withoutAnImageItIsCopiedToAFolderOfItsOwnThatIsDeletedAtOnce() throws Exception {
        assertThat(child())
                .contains("loaded 2.11.2")
                .contains(temporary + "/ganglion-natives")
                .contains("(deleted)");
        assertThat(left()).isEmpty();
    }

    @Test
    void whatLiesUnderTheNameThatEverybodyKnowsIsNotLoaded() throws Exception {
        Path known = temporary.resolve("jSerialComm/2.11.2");
        Files.createDirectories(known);
        Files.write(known.resolve(LIBRARY), library());
        assertThat(child()).contains("loaded 2.11.2").doesNotContain(known.toString());
    }

    @Test
    void theLibraryOfTheImageIsLoadedAndNothingIsCopied() throws Exception {
        Path place = image(library());
        assertThat(child("-Dganglion.natives=" + folder.resolve("natives")))
                .contains("loaded 2.11.2")
                .contains(place.resolve(LIBRARY).toString())
                .doesNotContain("(deleted)");
        assertThat(left()).isEmpty();
    }

    @Test
    void aFolderThatTheUserNamesWins() throws Exception {
        Files.write(folder.resolve(LIBRARY), library());
        image(new byte[] {1});
        assertThat(
                        child(
                                "-Dganglion.natives=" + folder.resolve("natives"),
                                "-DjSerialComm.library.path=" + folder))
                .contains(folder.resolve(LIBRARY).toString());
    }

    @Test
    void aFileThatIsNoLibraryIsPassedOver() throws Exception {
        image("no library".getBytes(StandardCharsets.UTF_8));
        assertThat(child("-Dganglion.natives=" + folder.resolve("natives")))
                .contains("loaded 2.11.2")
                .contains(temporary + "/ganglion-natives");
        assertThat(left()).isEmpty();
    }

    @Test
    void aPlatformWithoutALibraryIsRefusedInOneSentence() throws Exception {
        assertThat(child("-Dos.name=FreeBSD"))
                .contains("refused SETUP sense:series: jSerialComm's native library cannot be")
                .contains("for freebsd-")
                .contains("start the process again")
                .doesNotContain("mapped");
        assertThat(left()).isEmpty();
    }
}
