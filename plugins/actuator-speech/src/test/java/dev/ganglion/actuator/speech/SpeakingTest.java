package dev.ganglion.actuator.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program in espeak-ng's place that speaks until it is told to stop, or has its troubles. */
class SpeakingTest {
    private static final long LIMIT_SECONDS = 20;

    private static final String WRITE_FILE =
            "while [ $# -gt 1 ]; do [ $1 = -w ] && echo x > \"$2\"; shift; done\n";

    @TempDir Path folder;

    @AfterEach
    void release() throws IOException {
        if (!Files.exists(folder.resolve("go"))) {
            Files.createFile(folder.resolve("go"));
        }
    }

    private SpeechActuator program(String body) throws IOException {
        Path program = folder.resolve("espeak-ng");
        Files.writeString(program, "#!/bin/sh\ncd '" + folder + "'\ntext=$(cat)\n" + body + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return new SpeechActuator(folder.toString());
    }

    /** Speaks each text for ever, or until there is a file called go. */
    private SpeechActuator endless() throws IOException {
        return program(
                "[ -z \"$text\" ] && exit 0\n"
                        + "echo \"$text\" >> begun\n"
                        + "echo $$ > pid\n"
                        + "while [ ! -e go ]; do /bin/sleep 0.02; done\n"
                        + "echo \"$text\" >> ended");
    }

    private List<String> lines(String file) {
        try {
            Path path = folder.resolve(file);
            return Files.exists(path) ? Files.readAllLines(path) : List.of();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        CompletableFuture<Void> done =
                CompletableFuture.runAsync(
                        () -> {
                            while (!condition.getAsBoolean()) {
                                Thread.yield();
                            }
                        });
        try {
            done.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException never) {
            throw new AssertionError(what, never);
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private boolean isProgramAlive() {
        long pid = Long.parseLong(lines("pid").get(0));
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    @Test
    void textsWaitForEachOtherAndTheLastWordsAreLetOut() throws Exception {
        try (Actuator.Device device = Speech.open(endless())) {
            Speech.say(device, "one");
            await("one begins", () -> lines("begun").contains("one"));
            for (String text : new String[] {"two", "three", "four", "five"}) {
                Speech.say(device, text);
            }
            assertThatThrownBy(() -> Speech.say(device, "six"))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused ->
                                    assertThat(refused.kind())
                                            .isEqualTo(GanglionException.Kind.RETRY))
                    .hasMessageContaining("4 texts wait");
            assertThat(lines("begun")).containsExactly("one");
            Files.createFile(folder.resolve("go"));
        }
        assertThat(lines("ended")).containsExactly("one", "two", "three", "four", "five");
    }

    @Test
    void aTextInterruptsTheOneBeforeIfItIsToldTo() throws Exception {
        try (Actuator.Device device = Speech.open(endless(), "busy=interrupt")) {
            Speech.say(device, "one");
            await("one begins", () -> lines("begun").contains("one"));
            Speech.say(device, "two");
            await("two begins", () -> lines("begun").contains("two"));
            Files.createFile(folder.resolve("go"));
        }
        assertThat(lines("ended")).containsExactly("two");
    }

    @Test
    void aTextIsRefusedWhileAnotherIsSpokenIfItIsToldTo() throws Exception {
        try (Actuator.Device device = Speech.open(endless(), "busy=refuse")) {
            Speech.say(device, "one");
            assertThatThrownBy(() -> Speech.say(device, "two"))
                    .isInstanceOf(GanglionException.class)
                    .hasMessageContaining("another text is being spoken");
            Files.createFile(folder.resolve("go"));
        }
        assertThat(lines("ended")).containsExactly("one");
    }

    @Test
    void theSafeStateIsSilence() throws Exception {
        try (Actuator.Device device = Speech.open(endless())) {
            Speech.say(device, "one");
            Speech.say(device, "two");
            await("one begins", () -> !lines("pid").isEmpty());
            device.makeSafe();
            await("the program ends", () -> !isProgramAlive());
            Files.createFile(folder.resolve("go"));
            Speech.say(device, "three");
        }
        assertThat(lines("ended")).containsExactly("three");
    }

    @Test
    void silenceEndsAFileThatIsBeingWrittenAndLeavesNone() throws Exception {
        Path to = folder.resolve("to");
        try (Actuator.Device device = Speech.open(endless(), "to=" + to)) {
            CompletableFuture<Void> saying =
                    CompletableFuture.runAsync(() -> Speech.say(device, "one"));
            await("one begins", () -> !lines("pid").isEmpty());
            device.makeSafe();
            assertThatThrownBy(() -> saying.get(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .hasMessageContaining("silenced");
            assertThat(to).isEmptyDirectory();
        }
    }

    @Test
    void aProgramThatHangsIsStopped() throws Exception {
        try (Actuator.Device device =
                Speech.open(endless(), "to=" + folder.resolve("to"), "timeoutMillis=300")) {
            assertThatThrownBy(() -> Speech.say(device, "one"))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            late -> assertThat(late.kind()).isEqualTo(GanglionException.Kind.RETRY))
                    .hasMessageContaining("still busy with one text after 300 ms");
            if (!lines("pid").isEmpty()) {
                await("the program ends", () -> !isProgramAlive());
            }
        }
    }

    @Test
    @Timeout(60)
    void moreThanAPipeHoldsIsSaidOnBothWaysAndTheTextIsSpoken() throws Exception {
        SpeechActuator talkative =
                program("head -c 500000 /dev/zero\nhead -c 500000 /dev/zero >&2\n" + WRITE_FILE);
        Path to = folder.resolve("to");
        try (Actuator.Device device = Speech.open(talkative, "to=" + to)) {
            Speech.say(device, "one");
        }
        assertThat(to.resolve("speech-000001.wav")).exists();
    }

    @Test
    @Timeout(60)
    void aProgramThatLeavesAnotherBehindIsNotWaitedFor() throws Exception {
        SpeechActuator parent =
                program(
                        "(while [ ! -e go ]; do /bin/sleep 0.02; done; echo x > over) &\n"
                                + "[ \"$text\" = bad ] && echo 'Error: out of breath' >&2\n"
                                + WRITE_FILE);
        try (Actuator.Device device = Speech.open(parent, "to=" + folder.resolve("to"))) {
            Speech.say(device, "one");
            assertThatThrownBy(() -> Speech.say(device, "bad"))
                    .hasMessageContaining("said 'Error: out of breath'");
        }
        assertThat(folder.resolve("over")).as("it still ran").doesNotExist();
        Files.createFile(folder.resolve("go"));
        await("it ends", () -> Files.exists(folder.resolve("over")));
    }

    @Test
    @Timeout(60)
    void aProgramThatDoesNotReadIsStoppedInTime() throws Exception {
        Path program = folder.resolve("espeak-ng");
        Files.writeString(
                program,
                "#!/bin/sh\ncase \"$*\" in *-q*) exit 0;; esac\nexec /bin/sleep 600 < /dev/null\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        try (Actuator.Device device =
                Speech.open(
                        new SpeechActuator(folder.toString()),
                        "to=" + folder.resolve("to"),
                        "maxCharacters=10000",
                        "timeoutMillis=300")) {
            String most = "a\u20ac ".repeat(3_333);
            assertThatThrownBy(() -> Speech.say(device, most))
                    .hasMessageContaining("still busy with one text after 300 ms");
        }
    }

    @Test
    @Timeout(60)
    void aProgramThatComplainsWithoutEndIsStopped() throws Exception {
        SpeechActuator loud =
                program("[ -z \"$text\" ] && exit 0\nwhile :; do echo 'error: again'; done >&2");
        try (Actuator.Device device = Speech.open(loud, "to=" + folder.resolve("to"))) {
            assertThatThrownBy(() -> Speech.say(device, "one"))
                    .isInstanceOf(GanglionException.class)
                    .hasMessageContaining("complained without an end (error: again)");
        }
    }

    @Test
    void aStoppedThreadStopsTheProgram() throws Exception {
        try (Actuator.Device device = Speech.open(endless(), "to=" + folder.resolve("to"))) {
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Thread thread =
                    new Thread(
                            () -> {
                                try {
                                    Speech.say(device, "one");
                                } catch (GanglionException stopped) {
                                    thrown.complete(stopped);
                                }
                            });
            thread.start();
            await("one begins", () -> !lines("pid").isEmpty());
            thread.interrupt();
            assertThat(thrown.get(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .hasMessageContaining("the thread was stopped");
            await("the program ends", () -> !isProgramAlive());
        }
    }

    @Test
    void aMissingSoundDeviceIsFoundOutAtTheStartThoughTheProgramEndsWell() throws Exception {
        SpeechActuator deaf =
                program("echo 'ALSA lib pcm.c' >&2; echo 'error: No such file or directory' >&2");
        assertThatThrownBy(() -> Speech.open(deaf))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(GanglionException.Kind.SETUP))
                .hasMessageContaining("'error: No such file or directory'")
                .hasMessageContaining("to=none where there is no sound device");
    }

    @Test
    void aProgramThatWritesNothingIsAFailure() throws Exception {
        try (Actuator.Device device =
                Speech.open(program("exit 0"), "to=" + folder.resolve("to"))) {
            assertThatThrownBy(() -> Speech.say(device, "one"))
                    .isInstanceOf(GanglionException.class)
                    .hasMessageContaining("a WAV file was expected");
        }
    }

    @Test
    void aProgramThatFailsIsQuotedAndTheNextTextIsSpoken() throws Exception {
        Path to = folder.resolve("to");
        SpeechActuator moody =
                program(
                        "[ \"$text\" = bad ] && echo 'Error: out of breath' >&2 && exit 3\n"
                                + WRITE_FILE
                                + "exit 0");
        try (Actuator.Device device = Speech.open(moody, "to=" + to)) {
            assertThatThrownBy(() -> Speech.say(device, "bad"))
                    .hasMessageContaining("code 3 and said 'Error: out of breath'");
            Speech.say(device, "good");
        }
        assertThat(to.resolve("speech-000001.wav")).exists();
    }
}
