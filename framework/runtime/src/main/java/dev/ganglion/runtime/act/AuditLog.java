package dev.ganglion.runtime.act;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was asked of devices, and what came of it: a file to which one JSON object a line is
 * appended with one write, and which nothing else may write to. Each line has, under {@code
 * before}, the SHA-256 of the line before (without its end), over the rotation to {@code
 * actions.1.jsonl} too; so a line that is changed, taken out or put in shows in the next one.
 * Thread-safe; all devices share one short lock, because the lines have one order.
 *
 * <p>A line that was written survives the end of the process, not that of the power: it is not
 * forced to the disk.
 */
public final class AuditLog implements AutoCloseable {
    /** The file that is written. */
    public static final String FILE = "actions.jsonl";

    /** The file that was written before it; the others are {@code actions.2.jsonl} and so on. */
    public static final String BEFORE = "actions.1.jsonl";

    /** What stands in the place of a line before the first. */
    public static final String FIRST = "0".repeat(64);

    private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
    private static final int FORMER_FILES = 4;
    private static final long ROOM_BYTES = 256 * 1024;
    private static final int TAIL_BYTES = 64 * 1024;
    private static final AuditLog NONE = new AuditLog(null, Clock.systemUTC());

    private final @Nullable Path folder;
    private final Clock clock;
    private final MessageDigest sha256;
    private final Flood flood = new Flood();
    private @Nullable FileChannel channel;
    private String before = FIRST;
    private long number;
    private byte[] unwritten = new byte[0];
    private String failure = "";
    private long limitBytes = Long.MAX_VALUE;
    private boolean text;

    private AuditLog(@Nullable Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A log that keeps nothing, where no device can be reached. */
    public static AuditLog none() {
        return NONE;
    }

    /** A log in a folder, made with the first line; {@link #problem} says when it cannot be. */
    public static AuditLog in(Path folder, Clock clock) {
        return new AuditLog(folder, clock);
    }

    /**
     * Says how large the file may become before it is put in the place of the former one, and
     * whether it has what was said.
     */
    synchronized void configure(long megabytes, boolean withText) {
        limitBytes = megabytes * 1_000_000;
        text = withText;
    }

    /** {@return why no line can be written now, so that nothing may be done; empty when one can} */
    synchronized String problem() {
        Path where = folder;
        if (where == null) {
            return "";
        }
        Path file = where.resolve(FILE);
        try {
            FileChannel open = channel;
            // One call of the system, which also fails when the file was removed.
            if (open != null && file.toFile().getUsableSpace() < ROOM_BYTES) {
                if (Files.exists(file)) {
                    throw new IOException("the disk is full");
                }
                letGo();
                open = null;
            }
            if (open == null) {
                open = open(where, file);
            }
            flush(open);
            return "";
        } catch (IOException | OverlappingFileLockException | UnsupportedOperationException e) {
            return "the audit log "
                    + file
                    + " cannot be written ("
                    + e
                    + "); nothing is done until it can: make room, give the user of this process"
                    + " the right to write there, and see that no other process has it";
        }
    }

    private FileChannel open(Path where, Path file) throws IOException {
        Files.createDirectories(where);
        if (Files.notExists(file)) {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        }
        FileChannel opened =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (opened.tryLock() == null) {
                throw new IOException("another process writes it");
            }
            if (opened.size() > 0) {
                readTail(opened);
            } else if (number == 0 && Files.exists(where.resolve(BEFORE))) {
                try (FileChannel former = FileChannel.open(where.resolve(BEFORE))) {
                    readTail(former);
                }
            }
            opened.position(opened.size());
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
        channel = opened;
        return opened;
    }

    /** Goes on after the last line; one that was not finished stands for itself. */
    private void readTail(FileChannel from) throws IOException {
        ByteBuffer tail = ByteBuffer.allocate((int) Math.min(from.size(), TAIL_BYTES));
        for (int read = 0; tail.hasRemaining() && read >= 0; ) {
            read = from.read(tail, from.size() - tail.limit() + tail.position());
        }
        byte[] bytes = tail.array();
        int end = bytes.length;
        if (end > 0 && bytes[end - 1] == '\n') {
            end--;
        } else if (unwritten.length == 0) {
            unwritten = new byte[] {'\n'};
        }
        int start = end;
        while (start > 0 && bytes[start - 1] != '\n') {
            start--;
        }
        sha256.update(bytes, start, end - start);
        before = HexFormat.of().formatHex(sha256.digest());
        try {
            Map<String, Object> last =
                    JSON.std.mapFrom(new String(bytes, start, end - start, StandardCharsets.UTF_8));
            number = last.get("n") instanceof Number n ? n.longValue() : number;
        } catch (IOException torn) {
            log.warn("the last line of the audit log in {} is not whole; it goes on after", folder);
        }
    }

    /** {@return where the log is, or null} */
    @Nullable Path folder() {
        return folder;
    }

    /**
     * Writes a line; refusals that come in a flood are counted instead. When it fails it is said in
     * the log, and {@link #problem} keeps anything from being done until the line is written.
     */
    synchronized void append(
            String actuator, @Nullable Attempt attempt, Origin origin, String outcome, String why) {
        long nowMillis = clock.millis();
        fold(nowMillis, false);
        if (!outcome.equals("refused")
                || !flood.counts(actuator, attempt, origin, why, nowMillis)) {
            append(actuator, attempt, origin, outcome, why, 0, 1);
        }
    }

    /**
     * Writes that a device is about to be asked.
     *
     * @return the number of the line; negative when it was not written
     */
    synchronized long asks(String actuator, Attempt attempt) {
        return append(actuator, attempt, attempt.origin(), "asked", "", 0, 1);
    }

    /** Writes what came of it when a device was asked. */
    synchronized void answers(
            long of, String actuator, Attempt attempt, String outcome, String why) {
        append(actuator, attempt, attempt.origin(), outcome, why, of, 1);
    }

    /** Writes the counts that are due. */
    synchronized void look() {
        fold(clock.millis(), false);
    }

    private void fold(long nowMillis, boolean all) {
        for (Flood.Folded each : flood.due(nowMillis, all)) {
            append(
                    each.actuator(),
                    each.attempt(),
                    each.origin(),
                    "refused",
                    each.why(),
                    0,
                    each.times());
        }
    }

    private long append(
            String actuator,
            @Nullable Attempt attempt,
            Origin origin,
            String outcome,
            String why,
            long of,
            long times) {
        if (folder == null) {
            return 0;
        }
        String line =
                AuditLine.of(
                        number + 1,
                        clock.instant().truncatedTo(ChronoUnit.MILLIS).toString(),
                        actuator,
                        attempt,
                        origin,
                        outcome,
                        why,
                        of,
                        times,
                        text,
                        before);
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            FileChannel open = channel;
            if (open == null) {
                String problem = problem();
                open = channel;
                if (open == null) {
                    throw new IOException(problem);
                }
                // What it read there is the line before this one.
                return append(actuator, attempt, origin, outcome, why, of, times);
            }
            flush(open);
            unwritten = bytes;
            number++;
            sha256.update(bytes, 0, bytes.length - 1);
            before = HexFormat.of().formatHex(sha256.digest());
            flush(open);
            failure = "";
            long written = number;
            if (open.size() > limitBytes) {
                rotate();
            }
            return written;
        } catch (IOException e) {
            if (!failure.equals(e.toString())) {
                failure = e.toString();
                log.error("the audit log in {} lacks a line ({}): {}", folder, failure, line);
            }
            return -1;
        }
    }

    /** Writes what was left; after a part of it the rest. */
    private void flush(FileChannel open) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(unwritten);
        try {
            while (left.hasRemaining()) {
                open.write(left);
            }
        } finally {
            if (left.position() > 0) {
                byte[] rest = new byte[left.remaining()];
                left.get(rest);
                unwritten = rest;
            }
        }
    }

    private void rotate() throws IOException {
        Path where = folder;
        if (where != null) {
            letGo();
            for (int i = FORMER_FILES; i > 0; i--) {
                Path newer = where.resolve(i == 1 ? FILE : "actions." + (i - 1) + ".jsonl");
                if (Files.exists(newer)) {
                    Files.move(
                            newer,
                            where.resolve("actions." + i + ".jsonl"),
                            StandardCopyOption.REPLACE_EXISTING,
                            StandardCopyOption.ATOMIC_MOVE);
                }
            }
            open(where, where.resolve(FILE));
        }
    }

    /** Lets go of the file; the next line opens it again. */
    @Override
    public synchronized void close() {
        fold(clock.millis(), true);
        letGo();
    }

    private void letGo() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                log.warn("closing the audit log in {} failed ({})", folder, e.toString());
            }
        }
    }
}
