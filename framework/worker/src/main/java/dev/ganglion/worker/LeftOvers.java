package dev.ganglion.worker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders whose process was killed before it could delete them. A process locks a file in each of
 * its folders, and the system unlocks it whatever happens; the number of the process alone would
 * not do, for containers that share a file system do not share those.
 */
final class LeftOvers {
    static final String LOCK_FILE = "lock";

    private static final Logger LOG = LoggerFactory.getLogger(LeftOvers.class);
    private static final Pattern NAME = Pattern.compile("ganglion-([0-9]{1,18})-[0-9]+");

    private LeftOvers() {}

    /** Deletes those in a folder. */
    static void delete(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> all = Files.list(folder)) {
            for (Path each : all.toList()) {
                Matcher name = NAME.matcher(String.valueOf(each.getFileName()));
                if (name.matches()
                        && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()
                        && isUnlocked(each.resolve(LOCK_FILE))) {
                    LOG.info("Deleting {}, which a killed process has left", each);
                    deleteTree(each);
                }
            }
        } catch (IOException unreadable) {
            LOG.debug("What was left in {} cannot be cleared away", folder, unreadable);
        }
    }

    private static boolean isUnlocked(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (IOException | OverlappingFileLockException held) {
            return false;
        }
    }

    /** Deletes a folder with all that is in it. */
    static void deleteTree(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                Files.deleteIfExists(each);
            }
        }
    }
}
