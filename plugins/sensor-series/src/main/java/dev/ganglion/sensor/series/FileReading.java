package dev.ganglion.sensor.series;

import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/** Reads files one after the other, each as a stream of bytes from its start to its end. */
final class FileReading extends Reading {
    private static final int CHUNK_BYTES = 16_384;

    private final List<Path> files;
    private final Function<Path, String> streamName;

    FileReading(
            List<Path> files,
            Function<Path, String> streamName,
            Rows rows,
            Readings readings,
            CountDownLatch closing) {
        super(streamName.apply(files.get(0)), rows, readings, closing);
        this.files = files;
        this.streamName = streamName;
    }

    @Override
    void read() throws InterruptedException {
        byte[] chunk = new byte[CHUNK_BYTES];
        for (Path file : files) {
            if (isClosed()) {
                return;
            }
            source = streamName.apply(file);
            rows.begin(source);
            cutter.begin();
            try (InputStream in = Files.newInputStream(file)) {
                for (int count = in.read(chunk);
                        count >= 0 && !isClosed();
                        count = in.read(chunk)) {
                    cutter.take(chunk, count);
                }
                cutter.finish();
            } catch (IOException unreadable) {
                fail(
                        GanglionException.Kind.RETRY,
                        "the file cannot be read any further ("
                                + unreadable
                                + "); make it readable and start again",
                        unreadable);
            }
            readings.endOfSource();
        }
        if (!isClosed()) {
            sink.caughtUp();
        }
    }

    /**
     * Looks into a file whether the columns are there.
     *
     * @param rows made for this only
     * @throws GanglionException of kind SETUP when they are not
     */
    static void check(Path file, String name, Rows rows) throws IOException {
        FirstLine first = new FirstLine(rows);
        LineCutter cutter = new LineCutter(first);
        rows.begin(name);
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(chunk); count >= 0 && !first.seen; count = in.read(chunk)) {
                cutter.take(chunk, count);
            }
            cutter.finish();
        }
    }

    /** Lets through what says where the columns stand. */
    private static final class FirstLine implements LineCutter.Lines {
        private final Rows rows;
        private boolean seen;

        FirstLine(Rows rows) {
            this.rows = rows;
        }

        @Override
        public void line(long number, char[] text, int length) {
            seen = true;
            rows.layOutBy(text, length);
        }

        @Override
        public void unreadable(long number, String what) {
            seen = true;
        }

        @Override
        public boolean isClosed() {
            return seen;
        }
    }

    @Override
    void wake() {
        // A file never makes its reader wait; the wait for the pace ends by the latch.
    }

    @Override
    void release() {
        // Each file is closed when it was read.
    }
}
