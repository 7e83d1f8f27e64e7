package dev.ganglion.worker.wire;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory for one direction of a session: files that one side makes and places tensors in, and the
 * other side maps and unlinks. More files are added as more memory is asked for; what was placed
 * stays where it is until its tensor outgrows it.
 */
public final class SharedMemory {
    private static final int PAGE_BYTES = 4096;
    private static final int ALIGNMENT_BYTES = 64;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 16);

    private final Path folder;
    private final String name;
    private final List<MappedByteBuffer> areas = new ArrayList<>();
    private int usedBytes;

    /**
     * No memory yet.
     *
     * @param folder where the files are, known to both sides
     * @param name what their names start with, the same on both sides
     */
    public SharedMemory(Path folder, String name) {
        this.folder = folder;
        this.name = name;
    }

    int sizeBytes(int area) {
        return areas.get(area).capacity();
    }

    ByteBuffer place(Place place, int sizeBytes) {
        int capacity = capacity(sizeBytes);
        int last = areas.size() - 1;
        if (last < 0 || sizeBytes(last) - usedBytes < capacity) {
            int twice = last < 0 ? 0 : (int) Math.min(1L << 30, 2L * sizeBytes(last));
            areas.add(create(++last, Math.max(Math.max(PAGE_BYTES, twice), capacity)));
            usedBytes = 0;
        }
        ByteBuffer room = slice(last, usedBytes, capacity);
        place.at(last, usedBytes, room);
        usedBytes += capacity;
        return room;
    }

    /** To the next power of two, so that a tensor that grows bit by bit does not move each time. */
    private static int capacity(int sizeBytes) {
        if (sizeBytes <= ALIGNMENT_BYTES) {
            return ALIGNMENT_BYTES;
        }
        int power = Integer.highestOneBit(sizeBytes - 1);
        return power >= 1 << 29 ? sizeBytes : 2 * power;
    }

    private ByteBuffer slice(int area, int offset, int capacity) {
        return areas.get(area).slice(offset, capacity).order(ByteOrder.nativeOrder());
    }

    private Path file(int area) {
        return folder.resolve(name + area);
    }

    private MappedByteBuffer create(int area, int sizeBytes) {
        // A channel that is used by an interrupted thread closes itself.
        boolean interrupted = Thread.interrupted();
        try (FileChannel channel =
                FileChannel.open(
                        file(area),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            // Written, not only extended: on a full file system this fails here and can be told,
            // where touching a page that cannot be had would be a fault in either process.
            for (int written = 0; written < sizeBytes; ) {
                ByteBuffer zeros = ZEROS.duplicate();
                zeros.limit(Math.min(zeros.capacity(), sizeBytes - written));
                written += channel.write(zeros);
            }
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, sizeBytes);
        } catch (IOException full) {
            throw unusable(area, sizeBytes, full);
        } finally {
            restore(interrupted);
        }
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private GanglionException unusable(int area, int sizeBytes, IOException cause) {
        return new GanglionException(
                Kind.REOPEN,
                sizeBytes
                        + " bytes of memory to share with a worker were expected in "
                        + file(area)
                        + ", found "
                        + cause
                        + "; make room there and open another session",
                cause);
    }

    /** What the other side has placed; its file is mapped and unlinked when it is new. */
    ByteBuffer view(int area, int areaBytes, int offset, int capacity) {
        while (areas.size() <= area) {
            areas.add(map(areas.size(), areaBytes));
        }
        return slice(area, offset, capacity);
    }

    private MappedByteBuffer map(int area, int sizeBytes) {
        boolean interrupted = Thread.interrupted();
        try (FileChannel channel =
                FileChannel.open(
                        file(area),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS)) {
            MappedByteBuffer mapped =
                    channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
            Files.delete(file(area));
            return mapped;
        } catch (IOException unreadable) {
            throw unusable(area, sizeBytes, unreadable);
        } finally {
            restore(interrupted);
        }
    }
}
