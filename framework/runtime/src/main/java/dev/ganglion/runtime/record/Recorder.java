package dev.ganglion.runtime.record;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a recording on a thread of its own, through a bounded queue: who records never waits. When
 * the disk is slow or full, or the limit of the file is reached, the recording ends and says so.
 * Thread-safe.
 */
public final class Recorder implements Consumer<Outcome>, AutoCloseable {
    /** How large a recording becomes unless said otherwise. */
    public static final int LIMIT_MEGABYTES = 256;

    private static final int BUFFER_CHARACTERS = 1 << 16;
    private static final int QUEUE = 8192;

    /** What is left of the queue is for what comes of the inputs before. */
    private static final int QUEUE_FOR_INPUTS = QUEUE / 2;

    private static final long QUEUE_BYTES = 8_000_000;
    private static final long LOOK_MILLIS = 50;
    private static final long REST_NANOS = 5_000_000_000L;
    private static final long CLOSE_MILLIS = 10_000;

    private record Taken(
            long number,
            @Nullable String stream,
            long sequence,
            long capturedNanos,
            long takenNanos,
            boolean last,
            @Nullable Object value) {}

    private final Path file;
    private final long limitBytes;
    private final Consumer<String> said;
    private final Writer out;
    private final Thread thread;
    private final long startNanos = System.nanoTime();
    private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong underWay = new AtomicLong();
    private final Set<Long> left = new HashSet<>();
    private volatile long inputs;
    private volatile long bytes;
    private volatile String why = "";
    private volatile boolean incomplete;

    private Recorder(Path file, long limitBytes, Consumer<String> said, Writer out) {
        this.file = file;
        this.limitBytes = limitBytes;
        this.said = said;
        this.out = out;
        this.thread = new Thread(this::write, "recorder");
        thread.setDaemon(true);
    }

    /**
     * Begins a recording, in a file that only its owner can read.
     *
     * @param overwrite whether a file that is there already is replaced
     * @param limitBytes how large the file may become; inputs that would make it larger end the
     *     recording
     * @param said is told why the recording ended when nobody asked for that
     * @throws GanglionException of kind SETUP when the file is there already or cannot be written
     */
    public static Recorder open(
            Path file,
            boolean overwrite,
            RecordingHeader header,
            long limitBytes,
            Consumer<String> said) {
        try {
            if (overwrite && Files.isRegularFile(file)) {
                Files.delete(file);
            }
            Writer out =
                    Channels.newWriter(
                            Files.newByteChannel(
                                    file,
                                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                                    PosixFilePermissions.asFileAttribute(
                                            PosixFilePermissions.fromString("rw-------"))),
                            StandardCharsets.UTF_8);
            return over(file, out, header, limitBytes, said);
        } catch (FileAlreadyExistsException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the recording "
                            + file
                            + " is there already; name another file, or remove this one",
                    e);
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the recording "
                            + file
                            + " cannot be written ("
                            + e
                            + "); name a file in a folder that is there and that the user of this"
                            + " process may write to",
                    e);
        }
    }

    /** The same over a writer of its own. */
    static Recorder over(
            Path file, Writer out, RecordingHeader header, long limitBytes, Consumer<String> said)
            throws IOException {
        Recorder recorder =
                new Recorder(file, limitBytes, said, new BufferedWriter(out, BUFFER_CHARACTERS));
        recorder.line(header.json());
        recorder.out.flush();
        recorder.thread.start();
        return recorder;
    }

    /** {@return the file} */
    public Path file() {
        return file;
    }

    /** {@return whether inputs are still recorded} */
    public boolean isOpen() {
        return why.isEmpty();
    }

    /** {@return why no input is recorded any more; empty while some are} */
    public String why() {
        return why;
    }

    /** {@return how many inputs were written} */
    public long inputs() {
        return inputs;
    }

    /** {@return how large the file is, in bytes} */
    public long bytes() {
        return bytes;
    }

    /**
     * Records an input and copies what it needs of it. Whoever gets a number calls {@link #release}
     * once when the input has been handled.
     *
     * @param stream who spoke; null at the head of a route that begins with a Camel component
     * @param capturedNanos on the clock of {@link System#nanoTime()}
     * @param takenNanos likewise
     * @param value text, a tensor, bytes or null
     * @return its number; 0 when it is not recorded
     */
    public long take(
            @Nullable String stream,
            long sequence,
            long capturedNanos,
            long takenNanos,
            boolean last,
            @Nullable Object value) {
        if (!why.isEmpty()) {
            return 0;
        }
        if (queue.size() >= QUEUE_FOR_INPUTS || queuedBytes.get() > QUEUE_BYTES) {
            end("the disk is too slow for it: " + queue.size() + " lines wait to be written", true);
            return 0;
        }
        Object copied = Values.copy(value);
        long number = numbers.incrementAndGet();
        queuedBytes.addAndGet(Values.sizeBytes(copied));
        retain();
        offer(
                new Taken(
                        number,
                        stream,
                        sequence,
                        capturedNanos - startNanos,
                        takenNanos - startNanos,
                        last,
                        copied));
        return number;
    }

    /** What was taken up is still being handled, on another thread maybe. */
    public void retain() {
        underWay.incrementAndGet();
    }

    /** It was handled. */
    public void release() {
        underWay.decrementAndGet();
    }

    /** Records what came of an input. */
    @Override
    public void accept(Outcome outcome) {
        offer(outcome);
    }

    private void offer(Object line) {
        if (thread.isAlive() && !queue.offer(line)) {
            incomplete = true;
            end("the disk is too slow for it: " + QUEUE + " lines wait to be written", true);
        }
    }

    private synchronized void end(String because, boolean tell) {
        if (why.isEmpty()) {
            why = because;
            if (tell) {
                said.accept(
                        "the recording "
                                + file
                                + " ended after "
                                + inputs
                                + " inputs, because "
                                + because
                                + "; the route goes on");
            }
        }
    }

    private void write() {
        try (out) {
            long endNanos = 0;
            while (true) {
                Object next = queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    write(next);
                    continue;
                }
                out.flush();
                if (!why.isEmpty()) {
                    long nowNanos = System.nanoTime();
                    endNanos = endNanos == 0 ? nowNanos + REST_NANOS : endNanos;
                    boolean late = nowNanos - endNanos > 0;
                    if ((underWay.get() == 0 || late) && queue.isEmpty()) {
                        if (!late && !incomplete) {
                            Map<String, Object> line = new LinkedHashMap<>();
                            line.put("ended", why);
                            line.put("inputs", inputs);
                            line(JSON.std.asString(line));
                        }
                        return;
                    }
                }
            }
        } catch (IOException e) {
            end("the file cannot be written (" + e + ")", true);
        } catch (InterruptedException e) {
            end("it was interrupted", true);
        }
    }

    private void write(Object next) throws IOException {
        if (next instanceof Taken taken) {
            queuedBytes.addAndGet(-Values.sizeBytes(taken.value()));
            if (!left.isEmpty()) {
                left.add(taken.number());
                return;
            }
            String line = json(taken);
            if (bytes + line.length() > limitBytes) {
                left.add(taken.number());
                end(
                        "it reached its limit of "
                                + limitBytes / 1_000_000
                                + " MB (ganglion.recordMegabytes)",
                        true);
                return;
            }
            line(line);
            inputs++;
        } else if (next instanceof Outcome outcome && !left.contains(outcome.of())) {
            line(outcome.json());
        }
    }

    private static String json(Taken taken) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("in", taken.number());
        if (taken.stream() != null) {
            line.put("stream", taken.stream());
            line.put("sequence", taken.sequence());
        }
        line.put("capturedNanos", taken.capturedNanos());
        line.put("takenNanos", taken.takenNanos());
        line.put("last", taken.last());
        Values.addTo(line, taken.value());
        return JSON.std.asString(line);
    }

    private void line(String line) throws IOException {
        out.write(line);
        out.write('\n');
        bytes += line.getBytes(StandardCharsets.UTF_8).length + 1;
    }

    /** Records no further input, and waits until what came of the others is written. */
    @Override
    public void close() {
        end("it was stopped", false);
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
