package dev.ganglion.sensor.text;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.sense.Sensor;
import java.io.IOException;

/** Reads lines from standard input until it ends. */
final class StandardInputReading extends Reading {
    static final String STREAM = "stdin";

    private final StandardInput input;

    /**
     * @param input acquired; it is released when the reading ends
     */
    StandardInputReading(StandardInput input, Sensor.Sink sink, int maximumLineBytes) {
        super(STREAM, sink, maximumLineBytes);
        this.input = input;
    }

    @Override
    void read() throws InterruptedException {
        lines.begin(STREAM, 0, 1, false);
        try {
            while (true) {
                int bytes = input.read(lines.chunk().array(), this::isClosed);
                if (bytes == StandardInput.CLOSED) {
                    return;
                }
                if (bytes == StandardInput.END) {
                    break;
                }
                lines.take(bytes);
                if (input.isEmpty() && !isClosed()) {
                    sink.caughtUp();
                }
            }
        } catch (IOException broken) {
            sink.failed(
                    STREAM,
                    lines.line(),
                    new GanglionException(
                            GanglionException.Kind.REOPEN,
                            STREAM
                                    + ":"
                                    + lines.line()
                                    + ": standard input cannot be read any more ("
                                    + broken.getMessage()
                                    + "); start the program again",
                            broken));
        }
        lines.finish();
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
