package dev.ganglion.worker;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two folders of one worker, which nobody else may enter: its working folder, and the one that
 * it shares with this process, in memory where the system has such a place.
 */
final class WorkerFolders {
    /** What the name of each folder starts with; the process that made it comes next. */
    static final String PREFIX = "ganglion-" + ProcessHandle.current().pid() + "-";

    static final Path MEMORY = Path.of("/dev/shm");

    private static final Logger LOG = LoggerFactory.getLogger(WorkerFolders.class);
    private static final int MAX_SOCKET_BYTES = 107;
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path own;
    private final Path shared;
    private final List<FileChannel> locks;
    private final ByteBuffer beat;

    private WorkerFolders(Path own, Path shared) throws IOException {
        this.own = own;
        this.shared = shared;
        locks = List.of(lock(own), lock(shared));
        Path file = Files.write(shared.resolve("beat"), new byte[Integer.BYTES]);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            beat =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, Integer.BYTES)
                            .order(ByteOrder.nativeOrder());
        }
    }

    /** Keeps other processes from taking the folder for one that was left. */
    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        folder.resolve(LeftOvers.LOCK_FILE),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE);
        channel.lock();
        return channel;
    }

    /**
     * Makes both folders.
     *
     * @param folder where the working folder is made, and the other one too where the system has no
     *     file system in memory
     */
    static WorkerFolders create(Path folder) throws IOException {
        boolean inMemory = Files.isDirectory(MEMORY) && Files.isWritable(MEMORY);
        return create(folder, inMemory ? MEMORY : folder);
    }

    static WorkerFolders create(Path ofOwn, Path ofShared) throws IOException {
        Files.createDirectories(ofOwn);
        Path own = Files.createTempDirectory(ofOwn, PREFIX, PRIVATE).toRealPath();
        Path shared = Files.createTempDirectory(ofShared, PREFIX, PRIVATE).toRealPath();
        WorkerFolders folders = new WorkerFolders(own, shared);
        String socket = folders.socket().toString();
        if (socket.getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_BYTES) {
            folders.delete();
            throw new GanglionException(
                    Kind.SETUP,
                    "a worker's socket needs a path of at most "
                            + MAX_SOCKET_BYTES
                            + " bytes, found "
                            + socket
                            + "; point ganglion.var at a folder with a shorter path");
        }
        return folders;
    }

    Path own() {
        return own;
    }

    Path shared() {
        return shared;
    }

    Path socket() {
        return shared.resolve("socket");
    }

    Path crashFile() {
        return own.resolve(JavaProcess.CRASH_FILE);
    }

    /** {@return how many signs of life the worker has given; 0 before it runs} */
    int beat() {
        return beat.getInt(0);
    }

    void delete() {
        for (FileChannel lock : locks) {
            try {
                lock.close();
            } catch (IOException harmless) {
                LOG.debug("A lock on a worker's folder could not be given up", harmless);
            }
        }
        for (Path folder : List.of(own, shared)) {
            try {
                LeftOvers.deleteTree(folder);
            } catch (IOException left) {
                LOG.warn("The worker's folder {} could not be deleted; delete it", folder, left);
            }
        }
    }
}
