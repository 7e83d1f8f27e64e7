package dev.ganglion.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftOversTest {
    /** Above the highest number that Linux gives to a process. */
    private static final long NOBODY = 4_194_305;

    @TempDir Path folder;

    private Path folderOf(long pid) throws IOException {
        Path made = Files.createDirectories(folder.resolve("ganglion-" + pid + "-17"));
        Files.writeString(made.resolve(LeftOvers.LOCK_FILE), "");
        Files.writeString(Files.createDirectory(made.resolve("deep")).resolve("1-in-0"), "tensors");
        return made;
    }

    @Test
    void aFolderOfAProcessThatIsGoneIsDeleted() throws IOException {
        folderOf(NOBODY);
        LeftOvers.delete(folder);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFolderOfAProcessThatLivesIsLeftAlone() throws IOException {
        Path own = folderOf(ProcessHandle.current().pid());
        LeftOvers.delete(folder);
        assertThat(own.resolve("deep/1-in-0")).exists();
    }

    @Test
    void aFolderThatIsLockedIsLeftAloneWhoeverItIsThatLocksIt() throws IOException {
        Path foreign = folderOf(NOBODY);
        try (FileChannel held =
                FileChannel.open(foreign.resolve(LeftOvers.LOCK_FILE), StandardOpenOption.WRITE)) {
            held.lock();
            LeftOvers.delete(folder);
            assertThat(foreign).exists();
        }
    }

    @Test
    void otherFoldersAreLeftAlone() throws IOException {
        for (String name : new String[] {"ganglion", "ganglion-x-1", "models-4194305-1"}) {
            Files.writeString(
                    Files.createDirectory(folder.resolve(name)).resolve(LeftOvers.LOCK_FILE), "");
        }
        LeftOvers.delete(folder);
        LeftOvers.delete(folder.resolve("not-there"));
        assertThat(folder.toFile().list()).hasSize(3);
    }
}
