package dev.ganglion.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VarFolderTest {
    @TempDir Path parent;

    private Path folder() {
        return parent.resolve("var");
    }

    @Test
    void whatWasWrittenForOneProcessIsGoneAtItsEnd() throws IOException {
        try (VarFolder folder = new VarFolder(folder(), true)) {
            folder.open();
            Files.writeString(folder.cache().resolve("a"), "b");
        }
        assertThat(folder()).isEmptyDirectory();
    }

    @Test
    void aSecondContainerIsRefused() throws IOException {
        try (VarFolder first = new VarFolder(folder(), true);
                VarFolder second = new VarFolder(folder(), true)) {
            first.open();
            assertThatThrownBy(second::open)
                    .hasMessageStartingWith("a container runs on " + folder() + " already (");
        }
    }

    @Test
    void whoRunsNoRoutesGoesBesideAContainer() throws IOException {
        try (VarFolder container = new VarFolder(folder(), true);
                VarFolder doctor = new VarFolder(folder(), false)) {
            container.open();
            Files.createFile(folder().resolve("control.sock"));
            doctor.open();
            assertThat(folder().resolve("control.sock")).exists();
        }
    }

    @Test
    void whatAKilledContainerLeftIsRemoved() throws IOException {
        Path cache = Files.createDirectories(folder().resolve("cache-" + Integer.MAX_VALUE));
        Files.writeString(cache.resolve("a"), "b");
        Files.createFile(folder().resolve("control.sock"));
        Path foreign = Files.createDirectory(folder().resolve("cache-of-somebody"));
        try (VarFolder folder = new VarFolder(folder(), true)) {
            folder.open();
            assertThat(cache).doesNotExist();
            assertThat(folder().resolve("control.sock")).doesNotExist();
            assertThat(foreign).exists();
        }
    }

    @Test
    void whatCannotBeAFolderIsRefusedWithWhatToDo() throws IOException {
        Files.createFile(folder());
        try (VarFolder folder = new VarFolder(folder(), true)) {
            assertThatThrownBy(folder::open)
                    .hasMessageStartingWith("the folder " + folder() + " cannot be written (")
                    .hasMessageEndingWith("or name another with GANGLION_VAR");
        }
    }

    @Test
    void whatWasNeverOpenedIsClosedWithoutHarm() throws IOException {
        new VarFolder(folder(), true).close();
        assertThat(folder()).doesNotExist();
    }
}
