package dev.ganglion.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ContainerLockTest {
    @TempDir Path folder;

    /** Another process that holds the lock until it is ended. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            try (ContainerLock lock = ContainerLock.take(Path.of(arguments[0]))) {
                System.out.println(lock);
                System.in.read();
            }
        }
    }

    private Process holder() throws IOException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Holder.class.getName(),
                                folder.toString())
                        .redirectError(Redirect.INHERIT)
                        .start();
        assertThat(process.inputReader().readLine()).as("what the other process says").isNotNull();
        return process;
    }

    private String refusal(long pid) {
        return "a container runs on "
                + folder
                + " already (process "
                + pid
                + "); stop it, or give this one a folder of its own with GANGLION_VAR";
    }

    @Test
    void anotherProcessIsRefusedWithTheOneThatHoldsIt() throws Exception {
        Process holder = holder();
        try {
            assertThatThrownBy(() -> ContainerLock.take(folder))
                    .isInstanceOf(IOException.class)
                    .hasMessage(refusal(holder.pid()));
        } finally {
            holder.destroyForcibly().waitFor();
        }
    }

    @Test
    void whoWasKilledIsInNobodysWay() throws Exception {
        Process holder = holder();
        holder.destroyForcibly().waitFor();
        Path file = folder.resolve("container.lock");
        assertThat(file).hasContent(Long.toString(holder.pid()));
        ContainerLock lock = ContainerLock.take(folder);
        assertThat(file).hasContent(Long.toString(ProcessHandle.current().pid()));
        lock.close();
    }

    @Test
    void aSecondOneInTheSameProcessIsRefused() throws IOException {
        try (ContainerLock lock = ContainerLock.take(folder)) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> ContainerLock.take(folder))
                    .hasMessage(refusal(ProcessHandle.current().pid()));
        }
    }

    @Test
    void whenItWasGivenBackTheFileIsGoneAndTheNextOneTakesIt() throws Exception {
        Process holder = holder();
        holder.getOutputStream().close();
        assertThat(holder.waitFor()).isZero();
        assertThat(folder.resolve("container.lock")).doesNotExist();
        ContainerLock lock = ContainerLock.take(folder);
        lock.close();
        lock.close();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void withoutItsFolderThereIsNone() {
        assertThatThrownBy(() -> ContainerLock.take(folder.resolve("absent")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("absent");
    }

    @Test
    void anEmptyLeftOverIsNoContainer() throws IOException {
        Files.createFile(folder.resolve("container.lock"));
        try (ContainerLock lock = ContainerLock.take(folder)) {
            assertThat(lock).isNotNull();
        }
    }
}
