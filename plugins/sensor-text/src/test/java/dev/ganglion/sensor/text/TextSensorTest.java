package dev.ganglion.sensor.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextSensorTest {
    @TempDir Path folder;

    private final TextSensor sensor = new TextSensor();
    private final SinkLog sink = new SinkLog();

    private Options options(Map<String, String> given) {
        return Options.of("sense:text", sensor.options(), given, folder);
    }

    private AutoCloseable open(String path) {
        return sensor.open(options(Map.of("path", path)), sink);
    }

    private AutoCloseable open(Map<String, String> given) {
        return sensor.open(options(given), sink);
    }

    private static void refused(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        e -> assertThat(e.kind()).isEqualTo(GanglionException.Kind.SETUP))
                .hasMessageStartingWith("sense:text: ")
                .hasMessageContainingAll(parts);
    }

    @Test
    void aFileIsGivenLineByLineAndEnds() throws Exception {
        Path file = Files.writeString(folder.resolve("a.txt"), "one\n\nthree");
        try (AutoCloseable open = open("a.txt")) {
            assertThat(sink.untilEnded())
                    .containsExactly(file + ":1 one", file + ":3 three", SinkLog.CAUGHT_UP);
        }
    }

    @Test
    void aFileBelowTheWorkingFolderIsNamedFromThere() throws Exception {
        Path here = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "named");
        Files.writeString(here.resolve("a.txt"), "one\n");
        Options relative =
                Options.of("sense:text", sensor.options(), Map.of("path", "a.txt"), here);
        try (AutoCloseable open = sensor.open(relative, sink)) {
            assertThat(sink.next())
                    .isEqualTo(
                            Path.of("target", here.getFileName().toString(), "a.txt") + ":1 one");
            sink.untilEnded();
        }
        try (AutoCloseable open = open(here.resolve("a.txt").toString())) {
            assertThat(sink.next()).isEqualTo(here.resolve("a.txt") + ":1 one");
        }
    }

    @Test
    void samplesEndAnUtteranceAndCarryTheTimeAtWhichTheyWereComplete() throws Exception {
        Files.writeString(folder.resolve("a.txt"), "one\n");
        long before = System.nanoTime();
        AtomicReference<Sample<?>> seen = new AtomicReference<>();
        CountDownLatch ended = new CountDownLatch(1);
        try (AutoCloseable open =
                sensor.open(
                        options(Map.of("path", "a.txt")),
                        new ForwardingSink(sink) {
                            @Override
                            public void put(Sample<?> sample) {
                                seen.set(sample);
                            }

                            @Override
                            public void ended() {
                                ended.countDown();
                            }
                        })) {
            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(seen.get().last()).isTrue();
        assertThat(seen.get().capturedNanos()).isBetween(before, System.nanoTime());
        assertThat(seen.get().value()).isInstanceOf(CharSequence.class);
    }

    @Test
    void theFilesOfAFolderAreGivenInTheOrderOfTheirNames() throws Exception {
        Files.writeString(folder.resolve("b.txt"), "second");
        Files.writeString(folder.resolve("a.txt"), "first");
        Files.writeString(folder.resolve("c.log"), "not included");
        Files.createDirectory(folder.resolve("d.txt"));
        try (AutoCloseable open = open(".")) {
            assertThat(sink.untilEnded())
                    .containsExactly(
                            folder.resolve("a.txt") + ":1 first",
                            folder.resolve("b.txt") + ":1 second",
                            SinkLog.CAUGHT_UP);
        }
    }

    @Test
    void anInvalidLineFailsByFileAndLineAndTheNextGoesOn() throws Exception {
        Path file = folder.resolve("a.txt");
        Files.write(file, new byte[] {'a', '\n', (byte) 0xE9, '\n', 'c', '\n'});
        try (AutoCloseable open = open("a.txt")) {
            assertThat(sink.untilEnded())
                    .startsWith(file + ":1 a", file + ":2 failed", file + ":3 c");
        }
        assertThat(sink.failure(0)).hasMessageContaining(file + ":2").hasMessageContaining("E9");
    }

    @Test
    void aMissingFileIsRefusedWithItsPlaceAndWhatIsThere() throws Exception {
        Files.createFile(folder.resolve("b.txt"));
        refused(
                () -> open("a.txt"),
                "'a.txt'",
                folder.resolve("a.txt").toString(),
                "the folder has b.txt");
    }

    @Test
    void atMostFiveFilesAreListed() throws Exception {
        for (int i = 1; i <= 7; i++) {
            Files.createFile(folder.resolve(i + ".txt"));
        }
        refused(() -> open("a.txt"), "has 1.txt, 2.txt, 3.txt, 4.txt, 5.txt and 2 more");
    }

    @Test
    void aMissingFolderIsRefused() {
        refused(() -> open("none/a.txt"), "its folder is not there either");
    }

    @Test
    void aFolderWithoutAMatchingFileIsRefusedUnlessItIsFollowed() throws Exception {
        Files.createFile(folder.resolve("a.log"));
        refused(() -> open("."), "include=*.txt", "a.log");
        open(Map.of("path", ".", "follow", "true")).close();
    }

    @Test
    void aPipeIsRefusedWithTheWayToReadIt() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        refused(() -> open("pipe"), "neither a file nor a folder", "path=-");
    }

    @Test
    void aFileWithoutRightsIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("a.txt"), "secret");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "the administrator may read everything");
        refused(() -> open("a.txt"), file.toString(), "the right to read it");
        refused(() -> open("."), file.toString(), "the right to read it");
    }

    @Test
    void fromEndWithoutFollowIsRefused() throws Exception {
        Files.createFile(folder.resolve("a.txt"));
        refused(() -> open(Map.of("path", "a.txt", "from", "end")), "follow=true");
    }

    @Test
    void fromEndOfStandardInputIsRefused() {
        refused(() -> open(Map.of("path", "-", "from", "end")), "standard input");
    }

    @Test
    void aGlobThatIsNoneIsRefused() {
        refused(() -> open(Map.of("path", ".", "include", "{a")), "include", "{a");
    }

    @Test
    void theLongestLineIsAnOption() throws Exception {
        Path file = Files.writeString(folder.resolve("a.txt"), "abcd\nabc\n");
        try (AutoCloseable open = open(Map.of("path", "a.txt", "maxLineBytes", "3"))) {
            assertThat(sink.untilEnded()).startsWith(file + ":1 failed", file + ":2 abc");
        }
    }

    @Test
    void closingWaitsForTheLineUnderWayAndNothingComesAfterwards() throws Exception {
        Files.writeString(folder.resolve("a.txt"), "one\ntwo\n");
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AutoCloseable open =
                sensor.open(
                        options(Map.of("path", "a.txt")),
                        new ForwardingSink(sink) {
                            @Override
                            public void put(Sample<?> sample) {
                                inside.countDown();
                                await(goOn);
                                super.put(sample);
                            }
                        });
        await(inside);
        CountDownLatch closed = new CountDownLatch(1);
        Thread closer =
                new Thread(
                        () -> {
                            close(open);
                            closed.countDown();
                        });
        closer.start();
        while (closer.getState() != Thread.State.WAITING) {
            assertThat(closed.getCount()).as("it waits").isEqualTo(1);
            Thread.onSpinWait();
        }
        goOn.countDown();
        await(closed);
        assertThat(sink.now()).hasSize(1).allMatch(call -> call.endsWith(":1 one"));
        open.close();
    }

    @Test
    void theSinkItselfMayClose() throws Exception {
        Files.writeString(folder.resolve("a.txt"), "one\ntwo\n");
        AtomicReference<AutoCloseable> open = new AtomicReference<>();
        CountDownLatch opened = new CountDownLatch(1);
        open.set(
                sensor.open(
                        options(Map.of("path", "a.txt")),
                        new ForwardingSink(sink) {
                            @Override
                            public void put(Sample<?> sample) {
                                await(opened);
                                super.put(sample);
                                TextSensorTest.close(open.get());
                            }
                        }));
        opened.countDown();
        assertThat(sink.next()).endsWith(":1 one");
        for (Thread thread : threads()) {
            thread.join();
        }
        assertThat(sink.now()).isEmpty();
    }

    @Test
    void aSinkThatThrowsEndsTheReadingAndIsTold() throws Exception {
        Path file = Files.writeString(folder.resolve("a.txt"), "one\ntwo\n");
        IllegalStateException thrown = new IllegalStateException("the route is gone");
        try (AutoCloseable open =
                sensor.open(
                        options(Map.of("path", "a.txt")),
                        new ForwardingSink(sink) {
                            @Override
                            public void put(Sample<?> sample) {
                                throw thrown;
                            }
                        })) {
            assertThat(sink.untilEnded()).containsExactly(file + ":1 failed");
        }
        assertThat(sink.failure(0)).hasMessageContaining("the route is gone").hasCause(thrown);
    }

    @Test
    void noThreadIsLeftAfterClosing() throws Exception {
        Path file = Files.writeString(folder.resolve("a.txt"), "one\n");
        AutoCloseable open = open(Map.of("path", "a.txt", "follow", "true"));
        assertThat(sink.next()).isEqualTo(file + ":1 one");
        assertThat(threads()).hasSize(1).allMatch(Thread::isDaemon);
        open.close();
        assertThat(threads()).isEmpty();
        open.close();
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("ganglion sense:text"))
                .toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void close(AutoCloseable open) {
        try {
            open.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
