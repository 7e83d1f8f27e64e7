package dev.ganglion.sensor.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class StandardInputTest {
    private final SinkLog sink = new SinkLog();
    private final Typed typed = new Typed();
    private final TextSensor sensor = new TextSensor(typed);

    /** Somebody who types: reads block until more was typed, and cannot be interrupted. */
    private static final class Typed extends InputStream {
        private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
        private final CountDownLatch waitedFor = new CountDownLatch(1);

        void type(String text) {
            texts.add(text);
        }

        @Override
        public int read() {
            throw new AssertionError("read by blocks");
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            waitedFor.countDown();
            while (true) {
                try {
                    String text = texts.take();
                    if (text.equals("break")) {
                        throw new IOException("the terminal hung up");
                    }
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    System.arraycopy(bytes, 0, into, from, bytes.length);
                    return bytes.length == 0 ? -1 : bytes.length;
                } catch (InterruptedException deaf) {
                    Thread.interrupted();
                }
            }
        }
    }

    private AutoCloseable open(TextSensor of) {
        return of.open(
                Options.of("sense:text", of.options(), Map.of("path", "-"), Path.of("")), sink);
    }

    @Test
    void linesComeAsTheyAreTyped() throws Exception {
        try (AutoCloseable open = open(sensor)) {
            typed.type("one\ntw");
            assertThat(sink.next()).isEqualTo("stdin:1 one");
            assertThat(sink.next()).isEqualTo(SinkLog.CAUGHT_UP);
            typed.type("o\n");
            assertThat(sink.nextLine()).isEqualTo("stdin:2 two");
            typed.type("three");
            typed.type("");
            assertThat(sink.nextLine()).isEqualTo("stdin:3 three");
            assertThat(sink.nextLine()).isEqualTo(SinkLog.ENDED);
        }
    }

    @Test
    void anInputThatHasEndedEndsAtOnceWhenItIsOpenedAgain() throws Exception {
        TextSensor once =
                new TextSensor(new ByteArrayInputStream("one".getBytes(StandardCharsets.UTF_8)));
        try (AutoCloseable open = open(once)) {
            assertThat(sink.untilEnded()).contains("stdin:1 one");
        }
        try (AutoCloseable open = open(once)) {
            assertThat(sink.untilEnded()).containsExactly(SinkLog.CAUGHT_UP);
        }
    }

    @Test
    void closingDoesNotWaitForALineAndWhatIsTypedLaterGoesToTheNextReader() throws Exception {
        AutoCloseable first = open(sensor);
        typed.waitedFor.await();
        first.close();
        first.close();
        typed.type("for the next\n");
        try (AutoCloseable second = open(sensor)) {
            assertThat(sink.nextLine()).isEqualTo("stdin:1 for the next");
        }
    }

    @Test
    void onlyTheThreadThatReadsTheInputIsLeftAndItIsADaemon() throws Exception {
        AutoCloseable open = open(sensor);
        typed.waitedFor.await();
        open.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("ganglion sense:text stdin"))
                .anyMatch(thread -> thread.getName().equals("ganglion standard input"))
                .filteredOn(thread -> thread.getName().startsWith("ganglion"))
                .allMatch(Thread::isDaemon);
    }

    @Test
    void aSecondReaderIsRefusedAsLongAsTheFirstReads() throws Exception {
        try (AutoCloseable first = open(sensor)) {
            assertThatThrownBy(() -> open(sensor))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            e -> assertThat(e.kind()).isEqualTo(GanglionException.Kind.SETUP))
                    .hasMessageContaining("already read by another route");
        }
    }

    @Test
    void anInputThatBreaksFailsAndEnds() throws Exception {
        try (AutoCloseable open = open(sensor)) {
            typed.type("one\n");
            typed.type("break");
            assertThat(sink.nextLine()).isEqualTo("stdin:1 one");
            assertThat(sink.nextLine()).isEqualTo("stdin:2 failed");
            assertThat(sink.nextLine()).isEqualTo(SinkLog.ENDED);
        }
        assertThat(sink.failure(0))
                .hasMessageContaining("the terminal hung up")
                .hasCauseInstanceOf(IOException.class);
    }
}
