package dev.ganglion.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxTest {
    @TempDir Path folder;

    private Path program(String script) throws IOException {
        Path program = Files.writeString(folder.resolve("bwrap"), "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void aSandboxThatDoesNotExistIsRefusedAndThoseThatDoAreListed() {
        assertThatThrownBy(() -> Sandbox.choose("tinfoil"))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("'tinfoil'")
                .hasMessageContaining("auto, landlock, bubblewrap or none");
    }

    @Test
    void theStrongestIsChosenAndSaysItsName() {
        String name = Sandbox.choose("auto").name();
        assertThat(name).matches("landlock \\(ABI [1-9][0-9]*\\)|bubblewrap|none");
        assertThat(Sandbox.choose("none").name()).isEqualTo("none");
    }

    @Test
    void bubblewrapIsNotUsedWhereTheKernelLetsItMakeNoNamespaces() throws IOException {
        program("exit 1");
        assertThat(Bubblewrap.find("/nowhere:" + folder)).isNull();
        assertThat(Bubblewrap.find(null)).isNull();
    }

    @Test
    void bubblewrapIsUsedWhereItWorks() throws IOException {
        program("exit 0");
        Sandbox found = Bubblewrap.find("/nowhere:" + folder);
        assertThat(found).isNotNull();
        assertThat(found.name()).isEqualTo("bubblewrap");
        assertThat(found.startsAnother()).isTrue();
    }

    @Test
    void bubblewrapIsToldWhatMayBeReadAndWritten() {
        ProcessBuilder builder = new ProcessBuilder("java", "Main").directory(folder.toFile());
        builder.environment().clear();
        builder.environment().put("LANG", "C");
        List<String> command =
                new Bubblewrap(Path.of("/usr/bin/bwrap"))
                        .command(
                                builder,
                                new Access(
                                        List.of(Path.of("/usr/lib")),
                                        List.of(Path.of("/models/m"), Path.of("/proc/cpuinfo")),
                                        List.of(folder)));
        String all = String.join(" ", command);
        assertThat(all)
                .startsWith("/usr/bin/bwrap --unshare-all --die-with-parent --clearenv")
                .contains(
                        "--setenv LANG C",
                        "--ro-bind-try /usr/lib /usr/lib",
                        "--ro-bind-try /models/m /models/m",
                        "--bind " + folder + " " + folder)
                .endsWith("--chdir " + folder + " -- java Main")
                .doesNotContain("/proc/cpuinfo");
    }

    @Test
    void aProgramThatIsNotThereIsSaidSo() {
        Sandbox sandbox = Sandbox.choose("auto");
        Access access = new Access(List.of(), List.of(), List.of(folder));
        assertThatThrownBy(() -> sandbox.start(new ProcessBuilder("/no/such/program"), access))
                .isInstanceOf(IOException.class);
    }
}
