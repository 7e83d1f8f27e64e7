package dev.ganglion.runtime.watch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls back when files of a folder were added, changed or removed and the folder has come to rest:
 * two looks in a row that see the same. A look costs one {@code stat} per file, and works on every
 * file system, which change notifications do not.
 */
public final class FolderWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FolderWatch.class);

    private record Stamp(long modifiedMillis, long sizeBytes) {}

    private final Path folder;
    private final int depth;
    private final Runnable changed;
    private final ScheduledExecutorService looks;
    private Map<Path, Stamp> reported;
    private Map<Path, Stamp> seen;

    /**
     * Starts to watch; what is there now is known and not reported.
     *
     * @param folder need not exist yet
     * @param depth how many levels count; 1 for the files of the folder itself
     * @param intervalMillis the time between two looks
     * @param changed called on the watch's own thread
     */
    public FolderWatch(Path folder, int depth, long intervalMillis, Runnable changed) {
        this.folder = folder;
        this.depth = depth;
        this.changed = changed;
        this.reported = look();
        this.seen = reported;
        looks =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread thread = new Thread(task, "watch " + folder.getFileName());
                            thread.setDaemon(true);
                            return thread;
                        });
        looks.scheduleWithFixedDelay(
                this::compare, intervalMillis, intervalMillis, TimeUnit.MILLISECONDS);
    }

    private void compare() {
        try {
            Map<Path, Stamp> now = look();
            boolean atRest = now.equals(seen);
            seen = now;
            if (atRest && !now.equals(reported)) {
                changed.run();
                reported = now;
            }
        } catch (RuntimeException | LinkageError e) {
            log.warn("looking at {} failed and is tried again", folder, e);
        }
    }

    private Map<Path, Stamp> look() {
        Map<Path, Stamp> stamps = new TreeMap<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.walk(folder, depth)) {
                files.forEach(
                        file -> {
                            try {
                                BasicFileAttributes attributes =
                                        Files.readAttributes(file, BasicFileAttributes.class);
                                if (attributes.isRegularFile()) {
                                    stamps.put(
                                            file,
                                            new Stamp(
                                                    attributes.lastModifiedTime().toMillis(),
                                                    attributes.size()));
                                }
                            } catch (IOException gone) {
                                log.trace("{} went while it was looked at", file, gone);
                            }
                        });
            } catch (IOException | UncheckedIOException e) {
                log.debug("{} cannot be listed", folder, e);
            }
        }
        return stamps;
    }

    /** Stops watching. */
    @Override
    public void close() {
        looks.shutdownNow();
    }
}
