package dev.ganglion.binding;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of files that came out of a jar. Whoever sees it sees all of it, also after the power
 * went: it is written beside, forced to the disk, and then moved.
 */
final class Unpacked {
    /**
     * What it consists of.
     *
     * @param sha256 in lower-case hexadecimal digits
     */
    record File(String name, String sha256) {}

    /** Where the bytes come from. */
    @FunctionalInterface
    interface Source {
        byte[] bytes(File file) throws IOException;
    }

    private static final String PART = ".part";

    /** The name of a folder that is being unpacked, of any library. */
    private static final Pattern UNFINISHED = Pattern.compile(".+-[0-9a-f]{16}\\.part\\d+");

    /** Nobody takes this long to unpack: who began it is gone. */
    private static final Duration STALE = Duration.ofDays(1);

    /**
     * The sizes of the files in their order, in folders whose content this process has compared.
     */
    private static final Map<Path, List<Long>> COMPARED = new ConcurrentHashMap<>();

    private final Path folder;
    private final List<File> files;

    /**
     * A folder that may be there.
     *
     * @param folder absolute, named by its content
     */
    Unpacked(Path folder, List<File> files) {
        this.folder = folder;
        this.files = files;
    }

    /**
     * {@return the folder, unpacking it unless it is there and whole}
     *
     * <p>Contents are compared once per process, from then on sizes.
     */
    Path ready(Source source) throws IOException {
        Path parent = folder.getParent();
        if (parent == null) {
            throw new IOException("a folder cannot be made at " + folder);
        }
        if (COMPARED.get(folder) == null) {
            deleteStale(parent);
        }
        if (!isWhole()) {
            unpack(parent, source);
        }
        return folder;
    }

    private void unpack(Path parent, Source source) throws IOException {
        Files.createDirectories(parent);
        Path part = Files.createTempDirectory(parent, folder.getFileName() + PART);
        try {
            for (File file : files) {
                write(part.resolve(file.name()), source.bytes(file));
            }
            force(part);
            if (Files.exists(folder) && !isWhole()) {
                delete(folder);
            }
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
            COMPARED.put(folder, sizes());
        } catch (FileSystemException e) {
            // Another process may have been faster, with the same bytes.
            if (!isWhole()) {
                throw e;
            }
        } finally {
            delete(part);
        }
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    /** The names in a folder are on the disk only when the folder itself is. */
    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private boolean isWhole() throws IOException {
        for (File file : files) {
            if (!Files.isRegularFile(folder.resolve(file.name()))) {
                return false;
            }
        }
        List<Long> sizes = sizes();
        if (sizes.equals(COMPARED.get(folder))) {
            return true;
        }
        for (File file : files) {
            if (!sha256(Files.readAllBytes(folder.resolve(file.name()))).equals(file.sha256())) {
                return false;
            }
        }
        COMPARED.put(folder, sizes);
        return true;
    }

    private List<Long> sizes() {
        return files.stream().map(file -> folder.resolve(file.name()).toFile().length()).toList();
    }

    /** What stays when it cannot be deleted harms nobody. */
    private static void deleteStale(Path parent) {
        Instant oldest = Instant.now().minus(STALE);
        try (Stream<Path> all = Files.list(parent)) {
            for (Path each : all.toList()) {
                if (UNFINISHED.matcher(String.valueOf(each.getFileName())).matches()
                        && Files.getLastModifiedTime(each).toInstant().isBefore(oldest)) {
                    delete(each);
                }
            }
        } catch (IOException | UncheckedIOException notThereOrNotOurs) {
            return;
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java knows SHA-256", e);
        }
    }
}
