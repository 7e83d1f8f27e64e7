package dev.ganglion.it.faults.load;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.sense.Sensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The thread of one run: gives the messages when they are due, waits for the answers, reports. */
final class LoadRun extends Thread {
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long ANSWERS_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** How long a second answer to a message may take to be noticed. */
    private static final long SECOND_ANSWERS_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int LOOK_MESSAGES = 16;

    private final Sensor.Sink sink;
    private final Object value;
    private final long intervalNanos;
    private final int count;
    private final Path report;
    private final Path stop;
    private final Runnable ended;
    private @Nullable Recording recording;
    private volatile boolean closed;

    LoadRun(
            Recording recording,
            Sensor.Sink sink,
            Object value,
            long intervalNanos,
            int count,
            Path report,
            Runnable ended) {
        super("load " + recording.stream());
        setDaemon(true);
        this.recording = recording;
        this.sink = sink;
        this.value = value;
        this.intervalNanos = intervalNanos;
        this.count = count;
        this.report = report;
        this.stop = report.resolveSibling(report.getFileName() + ".stop");
        this.ended = ended;
    }

    void end() throws InterruptedException {
        closed = true;
        LockSupport.unpark(this);
        join();
    }

    @Override
    public void run() {
        Recording own = recording;
        if (own == null) {
            throw new IllegalStateException("a run runs once");
        }
        List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
        long collections = sum(collectors, true);
        long collectionMillis = sum(collectors, false);
        give(own);
        own.awaitAnswers(ANSWERS_NANOS, LOOK_NANOS);
        LockSupport.parkNanos(SECOND_ANSWERS_NANOS);
        ended.run();
        Map<String, Object> summary = new LinkedHashMap<>(own.summary());
        summary.put("collections", sum(collectors, true) - collections);
        summary.put("collectionMillis", sum(collectors, false) - collectionMillis);
        sink.caughtUp();
        try {
            own.writeLog(report.resolveSibling(report.getFileName() + ".log"));
            // Whoever reads the report measures the process next: without what the run took.
            own = null;
            recording = null;
            System.gc();
            Path part = report.resolveSibling(report.getFileName() + ".part");
            Files.writeString(part, JSON.std.asString(summary));
            Files.move(part, report, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("the report " + report + " was not written", e);
        }
    }

    private void give(Recording own) {
        long startNanos = System.nanoTime() + LEAD_NANOS;
        for (int i = 0; i < own.capacity() && !closed; i++) {
            if (i >= count && i % LOOK_MESSAGES == 0 && Files.exists(stop)) {
                return;
            }
            long dueNanos = startNanos + i * intervalNanos;
            long lateNanos = System.nanoTime() - dueNanos;
            while (lateNanos < 0 && !closed) {
                LockSupport.parkNanos(-lateNanos);
                lateNanos = System.nanoTime() - dueNanos;
            }
            own.sent(i, lateNanos);
            sink.put(new Sample<>(own.stream(), i, dueNanos, value, true));
        }
    }

    private static long sum(List<GarbageCollectorMXBean> collectors, boolean counts) {
        long sum = 0;
        for (GarbageCollectorMXBean collector : collectors) {
            sum += counts ? collector.getCollectionCount() : collector.getCollectionTime();
        }
        return sum;
    }
}
