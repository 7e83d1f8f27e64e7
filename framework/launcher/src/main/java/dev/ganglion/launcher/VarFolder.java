package dev.ganglion.launcher;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one folder that is written to. Each process has a cache of its own there; of those that run
 * routes there is one at a time.
 */
final class VarFolder implements AutoCloseable {
    /** What bundles unpack at a start, and as much again for those that are dropped. */
    private static final long CACHE_BYTES = 20_000_000;

    private final Path folder;
    private final Path cache;
    private final boolean exclusive;
    private @Nullable ContainerLock lock;

    /**
     * Nothing is written yet.
     *
     * @param exclusive whether to be the only such process on this folder
     */
    VarFolder(Path folder, boolean exclusive) {
        this.folder = folder;
        this.cache = folder.resolve("cache-" + ProcessHandle.current().pid());
        this.exclusive = exclusive;
    }

    Path path() {
        return folder;
    }

    Path cache() {
        return cache;
    }

    boolean exclusive() {
        return exclusive;
    }

    /**
     * Makes what this process writes to, and removes what processes that were killed left behind.
     *
     * @throws IOException with a sentence when another container runs on the folder, it cannot be
     *     written, or its disk is full
     */
    synchronized void open() throws IOException {
        try {
            Files.createDirectories(folder);
            if (exclusive) {
                lock = ContainerLock.take(folder);
            }
            removeLeftOvers();
            Files.createDirectories(cache);
        } catch (ContainerLock.HeldException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(
                    "the folder "
                            + folder
                            + " cannot be written ("
                            + e
                            + "); make room or give the user of this process the right to write there,"
                            + " or name another with GANGLION_VAR",
                    e);
        }
        refuseFullDisk();
    }

    private void refuseFullDisk() throws IOException {
        FileStore store = Files.getFileStore(cache);
        long freeBytes = store.getUsableSpace();
        if (store.getTotalSpace() > 0 && freeBytes < CACHE_BYTES) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "the disk of the folder %s is full: %.1f MB are free and starting takes"
                                    + " %.0f MB; make room there, or name another folder with"
                                    + " GANGLION_VAR",
                            folder,
                            freeBytes / 1e6,
                            CACHE_BYTES / 1e6));
        }
    }

    /**
     * A process that was killed could not remove its cache; whoever comes next does, if that
     * process is gone.
     */
    private void removeLeftOvers() throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            for (Path child : children.toList()) {
                String name = String.valueOf(child.getFileName());
                if (name.matches("cache-\\d+")
                        && ProcessHandle.of(Long.parseLong(name.substring("cache-".length())))
                                .isEmpty()) {
                    delete(child);
                }
            }
        }
        if (exclusive) {
            Files.deleteIfExists(folder.resolve(ControlSocket.FILE));
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @Nullable IOException failure) throws IOException {
                        Files.deleteIfExists(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /** Removes what was written for this process alone. */
    @Override
    public synchronized void close() throws IOException {
        try (ContainerLock held = lock) {
            lock = null;
            if (Files.exists(cache)) {
                delete(cache);
            }
        }
    }
}
