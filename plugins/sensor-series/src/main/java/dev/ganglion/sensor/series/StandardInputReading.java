package dev.ganglion.sensor.series;

import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** Reads rows from standard input until it ends. */
final class StandardInputReading extends Reading {
    static final String STREAM = "stdin";

    private static final int CHUNK_BYTES = 8192;

    private final StandardInput input;

    /**
     * @param input acquired; it is released when the reading ends
     */
    StandardInputReading(
            StandardInput input, Rows rows, Readings readings, CountDownLatch closing) {
        super(STREAM, rows, readings, closing);
        this.input = input;
    }

    @Override
    void read() throws InterruptedException {
        byte[] chunk = new byte[CHUNK_BYTES];
        rows.begin(STREAM);
        cutter.begin();
        try {
            while (true) {
                int count = input.read(chunk, this::isClosed);
                if (count == StandardInput.CLOSED) {
                    return;
                }
                if (count == StandardInput.END) {
                    break;
                }
                cutter.take(chunk, count);
                if (input.isEmpty() && !isClosed()) {
                    sink.caughtUp();
                }
            }
            cutter.finish();
        } catch (IOException broken) {
            fail(
                    GanglionException.Kind.REOPEN,
                    "standard input cannot be read any more ("
                            + broken.getMessage()
                            + "); start the program again",
                    broken);
        }
        readings.endOfSource();
        if (!isClosed()) {
            sink.caughtUp();
        }
    }

    @Override
    void wake() {
        input.wake();
    }

    @Override
    void release() {
        input.release();
    }
}
