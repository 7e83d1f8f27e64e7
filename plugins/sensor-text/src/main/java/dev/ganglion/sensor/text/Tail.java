package dev.ganglion.sensor.text;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How far one file has been read. It remembers the start of the first line that was not given yet,
 * so that no bytes have to be kept between two readings. One thread at a time.
 */
final class Tail implements AutoCloseable {
    private final Path path;
    private final String stream;
    private final boolean keptOpen;
    private final BooleanSupplier closed;

    private @Nullable FileChannel channel;
    private @Nullable Object fileKey;
    private long seenBytes = -1;
    private long position;
    private long line = 1;
    private long linesBefore;
    private boolean skipping;

    /**
     * @param keptOpen whether the file stays open between readings, so that its rest can be read
     *     after it was renamed
     */
    Tail(Path path, String stream, boolean keptOpen, BooleanSupplier closed) {
        this.path = path;
        this.stream = stream;
        this.keptOpen = keptOpen;
        this.closed = closed;
    }

    String stream() {
        return stream;
    }

    /** {@return the sequence of the line that comes next} */
    long sequence() {
        return linesBefore + line;
    }

    /**
     * Passes over the lines that lie wholly within the first bytes of the file, counting them.
     *
     * @param bytes how long the file was when it was decided to start at its end
     */
    void passOver(long bytes, LineReader buffers) throws IOException {
        FileChannel file = open();
        long at = 0;
        while (at < bytes && !closed.getAsBoolean()) {
            int count = file.read(buffers.chunk(), at);
            if (count <= 0) {
                break;
            }
            byte[] chunk = buffers.chunk().array();
            for (int i = 0; i < count && at + i < bytes; i++) {
                if (chunk[i] == '\n') {
                    line++;
                    position = at + i + 1;
                }
            }
            at += count;
        }
        seenBytes = position;
        if (!keptOpen) {
            close();
        }
    }

    /**
     * Gives the lines that are there and were not given yet.
     *
     * @param last whether a last line without its line feed counts as one
     * @return whether there was anything to read
     * @throws IOException when the file cannot be read; the next call tries again
     */
    boolean read(LineReader lines, boolean last) throws IOException {
        BasicFileAttributes now;
        try {
            now = Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException renamed) {
            if (last) {
                throw renamed;
            }
            // Who wrote to it may not know yet that it has another name.
            return channel != null && drain(channel, lines, false);
        }
        boolean replaced = fileKey != null && !Objects.equals(fileKey, now.fileKey());
        if (replaced) {
            if (channel != null) {
                drain(channel, lines, true);
            }
            close();
            startAgain();
        } else if (channel == null && now.size() == seenBytes) {
            return false;
        }
        FileChannel file = open();
        boolean some = drain(file, lines, last);
        if (!keptOpen) {
            close();
        }
        return some || replaced;
    }

    private FileChannel open() throws IOException {
        FileChannel file = channel;
        while (file == null) {
            Object before = keyOfPath();
            file = FileChannel.open(path, StandardOpenOption.READ);
            if (!Objects.equals(before, keyOfPath())) {
                // Replaced meanwhile: it is not known which of the two this is.
                file.close();
                file = null;
                continue;
            }
            fileKey = before;
            channel = file;
        }
        return file;
    }

    private @Nullable Object keyOfPath() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    private boolean drain(FileChannel file, LineReader lines, boolean last) throws IOException {
        long size = file.size();
        if (size < seenBytes) {
            startAgain();
        } else if (size == seenBytes && !last) {
            return false;
        }
        lines.begin(stream, linesBefore, line, skipping);
        long at = position;
        while (!closed.getAsBoolean()) {
            int count = file.read(lines.chunk(), at);
            if (count <= 0) {
                break;
            }
            at += count;
            lines.take(count);
        }
        if (last) {
            lines.finish();
        }
        position = at - lines.begunBytes();
        seenBytes = at;
        line = lines.line();
        skipping = lines.skipping();
        return true;
    }

    /** The sequence goes on rising although the lines are counted from 1 again. */
    private void startAgain() {
        linesBefore += line - 1 + (skipping ? 1 : 0);
        line = 1;
        position = 0;
        seenBytes = -1;
        skipping = false;
    }

    @Override
    public void close() throws IOException {
        FileChannel file = channel;
        channel = null;
        if (file != null) {
            file.close();
        }
    }
}
