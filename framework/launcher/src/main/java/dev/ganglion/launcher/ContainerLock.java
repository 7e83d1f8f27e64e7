package dev.ganglion.launcher;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The right to be the container of a folder: a locked file that names the process. The kernel ends
 * the lock with its process, so that one which was killed is in nobody's way.
 */
final class ContainerLock implements AutoCloseable {
    static final String FILE = "container.lock";

    private static final int TRIES = 100;
    private static final int LONGEST_PID = 20;

    /** Another container holds the lock; the sentence names its process. */
    static final class HeldException extends IOException {
        private static final long serialVersionUID = 1;

        HeldException(Path folder, String process) {
            super(
                    "a container runs on "
                            + folder
                            + " already (process "
                            + (process.isEmpty() ? "unknown" : process)
                            + "); stop it, or give this one a folder of its own with GANGLION_VAR");
        }
    }

    private final Path file;
    private final FileChannel channel;

    private ContainerLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock without waiting for it.
     *
     * @param folder exists already
     * @throws HeldException when another container has it
     */
    static ContainerLock take(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        for (int i = 0; i < TRIES; i++) {
            ContainerLock lock = attempt(folder, file);
            if (lock != null) {
                return lock;
            }
        }
        throw new HeldException(folder, "");
    }

    /**
     * {@return the lock, or null when the container before removed the file meanwhile} That would
     * be a lock on a file that nobody else sees. The file is not opened again to look: closing it
     * would end this process's lock.
     */
    private static @Nullable ContainerLock attempt(Path folder, Path file) throws IOException {
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException leftOverOrHeld) {
            // The lock tells which.
        }
        Object before = key(file);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (NoSuchFileException removed) {
            return null;
        }
        boolean taken = false;
        try {
            if (!locked(channel)) {
                throw new HeldException(folder, process(channel));
            }
            if (before != null && Objects.equals(before, key(file))) {
                channel.truncate(0);
                channel.write(bytes(Long.toString(ProcessHandle.current().pid())), 0);
                taken = true;
                return new ContainerLock(file, channel);
            }
            return null;
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
    }

    private static @Nullable Object key(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException removed) {
            return null;
        }
    }

    private static String process(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(LONGEST_PID);
        channel.read(pid, 0);
        return new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Removes the file while it is locked, then gives the lock back. */
    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            Files.deleteIfExists(file);
            channel.close();
        }
    }
}
