package dev.ganglion.sensor.text;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.sense.Sensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a file, or the matching files of a folder in the order of their names. */
final class TextFiles extends Reading {
    /**
     * What to read.
     *
     * @param path a file or a folder, absolute
     * @param include which files of a folder count, by their name; null for a single file
     * @param streamName what a file is called in samples and messages
     */
    record Source(Path path, @Nullable PathMatcher include, Function<Path, String> streamName) {
        /** {@return the files that are there now, by name} */
        List<Path> files() throws IOException {
            PathMatcher matcher = include;
            if (matcher == null) {
                return List.of(path);
            }
            try (Stream<Path> entries = Files.list(path)) {
                return entries.filter(file -> matcher.matches(file.getFileName()))
                        .filter(Files::isRegularFile)
                        .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                        .toList();
            }
        }
    }

    private final Source source;
    private final @Nullable FolderEvents events;
    private final Map<Path, Long> startAtBytes;
    private final Map<Path, Tail> tails = new HashMap<>();
    private @Nullable String complaint;

    /**
     * @param events what to wait for, or null to end when all is read
     * @param startAtBytes for files whose start is to be passed over, how long they were
     */
    TextFiles(
            Source source,
            @Nullable FolderEvents events,
            Map<Path, Long> startAtBytes,
            Sensor.Sink sink,
            int maximumLineBytes) {
        super(source.streamName().apply(source.path()), sink, maximumLineBytes);
        this.source = source;
        this.events = events;
        this.startAtBytes = startAtBytes;
    }

    @Override
    void read() throws InterruptedException {
        boolean some = true;
        while (!isClosed()) {
            some |= pass();
            if (some && !isClosed()) {
                sink.caughtUp();
            }
            if (events == null) {
                return;
            }
            events.await();
            some = false;
        }
    }

    private boolean pass() {
        List<Path> files;
        try {
            files = source.files();
        } catch (IOException unreadable) {
            complain(source.streamName().apply(source.path()), 0, unreadable);
            return false;
        }
        // A file that went and comes again is a new one.
        tails.keySet().retainAll(new HashSet<>(files));
        boolean some = false;
        boolean failed = false;
        for (Path file : files) {
            if (isClosed()) {
                return some;
            }
            Tail tail = tails.get(file);
            try {
                if (tail == null) {
                    tail = tail(file);
                }
                some |= tail.read(lines, events == null);
            } catch (IOException unreadable) {
                failed = true;
                complain(
                        source.streamName().apply(file),
                        tail == null ? 0 : tail.sequence(),
                        unreadable);
            }
        }
        if (!failed) {
            complaint = null;
        }
        return some;
    }

    private Tail tail(Path file) throws IOException {
        boolean keptOpen = events != null && source.include() == null;
        Tail tail = new Tail(file, source.streamName().apply(file), keptOpen, this::isClosed);
        tails.put(file, tail);
        Long bytes = startAtBytes.remove(file);
        if (bytes != null) {
            tail.passOver(bytes, lines);
        }
        return tail;
    }

    private void complain(String stream, long sequence, IOException cause) {
        String what = stream + ": cannot be read (" + cause + ")";
        if (what.equals(complaint)) {
            // Tried again at every look; said once.
            return;
        }
        complaint = what;
        sink.failed(
                stream,
                sequence,
                new GanglionException(
                        GanglionException.Kind.RETRY,
                        what
                                + (events == null
                                        ? "; make it readable and start again"
                                        : "; make it readable, it is tried again"),
                        cause));
    }

    @Override
    void wake() {
        if (events != null) {
            events.close();
        }
    }

    @Override
    void release() {
        for (Tail tail : tails.values()) {
            try {
                tail.close();
            } catch (IOException alreadyGone) {
                // It was only read; nothing can be lost.
                continue;
            }
        }
        wake();
    }
}
