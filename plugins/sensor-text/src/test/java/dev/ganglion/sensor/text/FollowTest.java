package dev.ganglion.sensor.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Options;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowTest {
    @TempDir Path folder;

    private final TextSensor sensor = new TextSensor();
    private final SinkLog sink = new SinkLog();
    private Path file;
    private AutoCloseable open;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("a.txt");
    }

    @AfterEach
    void close() throws Exception {
        if (open != null) {
            open.close();
        }
    }

    private void follow(String path, String... more) {
        Map<String, String> given = new HashMap<>(Map.of("path", path, "follow", "true"));
        for (int i = 0; i < more.length; i += 2) {
            given.put(more[i], more[i + 1]);
        }
        open = sensor.open(Options.of("sense:text", sensor.options(), given, folder), sink);
    }

    private static void append(Path to, String text) throws IOException {
        Files.writeString(to, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    void linesThatAreAppendedAreGiven() throws Exception {
        append(file, "one\n");
        follow("a.txt");
        assertThat(sink.next()).isEqualTo(file + ":1 one");
        assertThat(sink.next()).isEqualTo(SinkLog.CAUGHT_UP);
        append(file, "two\nthree\n");
        assertThat(sink.nextLine()).isEqualTo(file + ":2 two");
        assertThat(sink.nextLine()).isEqualTo(file + ":3 three");
    }

    @Test
    void aLineIsGivenOnlyWhenItsLineFeedIsThere() throws Exception {
        append(file, "o");
        follow("a.txt");
        assertThat(sink.next()).isEqualTo(SinkLog.CAUGHT_UP);
        append(file, "n");
        assertThat(sink.next()).isEqualTo(SinkLog.CAUGHT_UP);
        append(file, "e\n");
        assertThat(sink.nextLine()).isEqualTo(file + ":1 one");
    }

    @Test
    void aFileThatIsCutIsReadFromItsStartAgainAndTheSequenceGoesOnRising() throws Exception {
        append(file, "one\ntwo\n");
        follow("a.txt");
        assertThat(sink.nextLine()).isEqualTo(file + ":1 one");
        assertThat(sink.nextLine()).isEqualTo(file + ":2 two");
        assertThat(sink.next()).isEqualTo(SinkLog.CAUGHT_UP);
        try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
            cut.setLength(0);
        }
        assertThat(sink.next()).isEqualTo(SinkLog.CAUGHT_UP);
        append(file, "new\n");
        assertThat(sink.nextLine()).isEqualTo(file + ":3 new");
    }

    @Test
    void afterARotationTheRestOfTheOldFileAndThenTheNewOneAreGiven() throws Exception {
        append(file, "one\n");
        follow("a.txt");
        assertThat(sink.nextLine()).isEqualTo(file + ":1 one");
        Path old = Files.move(file, folder.resolve("a.txt.1"));
        append(old, "two\nthree without its line feed");
        append(file, "four\n");
        assertThat(sink.nextLine()).isEqualTo(file + ":2 two");
        assertThat(sink.nextLine()).isEqualTo(file + ":3 three without its line feed");
        assertThat(sink.nextLine()).isEqualTo(file + ":4 four");
        append(file, "five\n");
        assertThat(sink.nextLine()).isEqualTo(file + ":5 five");
    }

    @Test
    void aBadLineAfterARotationIsNamedByItsLineInTheNewFile() throws Exception {
        append(file, "one\n");
        follow("a.txt");
        assertThat(sink.nextLine()).isEqualTo(file + ":1 one");
        Path next = folder.resolve("next");
        Files.write(next, new byte[] {(byte) 0xFF, '\n'});
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(sink.nextLine()).isEqualTo(file + ":2 failed");
        assertThat(sink.failure(0)).hasMessageStartingWith(file + ":1: ");
    }

    @Test
    void fromEndGivesOnlyWhatComesAfterwardsWithItsLineNumber() throws Exception {
        append(file, "one\ntwo\nthr");
        follow("a.txt", "from", "end");
        append(file, "ee\nfour\n");
        assertThat(sink.nextLine()).isEqualTo(file + ":3 three");
        assertThat(sink.nextLine()).isEqualTo(file + ":4 four");
    }

    @Test
    void aTooLongLineIsRefusedOnceHoweverManyPiecesItComesIn() throws Exception {
        append(file, "abcdefgh");
        follow("a.txt", "maxLineBytes", "3");
        assertThat(sink.nextLine()).isEqualTo(file + ":1 failed");
        append(file, "ijklmnopqrst");
        append(file, "uv\nok\n");
        assertThat(sink.nextLine()).isEqualTo(file + ":2 ok");
    }

    @Test
    void aFolderGivesNewFilesAndNewLinesOfOldOnes() throws Exception {
        Path b = folder.resolve("b.txt");
        append(b, "b1\n");
        follow(".");
        assertThat(sink.nextLine()).isEqualTo(b + ":1 b1");
        append(file, "a1\n");
        assertThat(sink.nextLine()).isEqualTo(file + ":1 a1");
        append(b, "b2\n");
        assertThat(sink.nextLine()).isEqualTo(b + ":2 b2");
        append(folder.resolve("c.log"), "not included\n");
        append(file, "a2\n");
        assertThat(sink.nextLine()).isEqualTo(file + ":2 a2");
    }

    @Test
    void aFileOfAFolderThatWentAndCameAgainIsNew() throws Exception {
        append(file, "one\ntwo\n");
        follow(".");
        assertThat(sink.nextLine()).isEqualTo(file + ":1 one");
        assertThat(sink.nextLine()).isEqualTo(file + ":2 two");
        Files.delete(file);
        append(folder.resolve("b.txt"), "between\n");
        assertThat(sink.nextLine()).endsWith(":1 between");
        append(file, "uno\n");
        assertThat(sink.nextLine()).isEqualTo(file + ":1 uno");
    }

    @Test
    void fromEndOfAFolderPassesOverOldFilesOnly() throws Exception {
        append(file, "one\n");
        follow(".", "from", "end");
        Path b = folder.resolve("b.txt");
        append(b, "b1\n");
        assertThat(sink.nextLine()).isEqualTo(b + ":1 b1");
        append(file, "two\n");
        assertThat(sink.nextLine()).isEqualTo(file + ":2 two");
    }

    @Test
    void aFileThatVanishesIsWaitedFor() throws Exception {
        append(file, "one\n");
        follow("a.txt");
        assertThat(sink.nextLine()).isEqualTo(file + ":1 one");
        Files.delete(file);
        append(folder.resolve("other"), "wakes the sensor while the file is away\n");
        append(file, "two\n");
        assertThat(sink.nextLine()).isEqualTo(file + ":2 two");
    }

    @Test
    void closingEndsTheWaitAndGivesNothingMore() throws Exception {
        append(file, "one\n");
        follow("a.txt");
        assertThat(sink.nextLine()).isEqualTo(file + ":1 one");
        open.close();
        sink.now();
        append(file, "two\n");
        assertThat(sink.now()).isEmpty();
    }
}
