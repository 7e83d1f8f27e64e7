package dev.ganglion.it.faults.load;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.report.Report;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * What became of each message of one run, in arrays that are made before it begins. Answers may
 * come on any thread.
 */
final class Recording {
    private static final int FAILED = 1 << 16;
    private static final int SENTENCES = 5;
    private static final double SLOWEST_SHARE = 0.001;

    /** A version of a model that answered, and the first answer that it gave. */
    private record Version(ModelId id, String name, double confidence) {
        boolean answers(Decision decision) {
            return name.equals(decision.name()) && confidence == decision.confidence();
        }
    }

    private final String stream;
    private final AtomicIntegerArray outcomes;
    private final long[] totalNanos;
    private final int[] lateNanos;
    private final int[] encodeNanos;
    private final int[] inferNanos;
    private final int[] decideNanos;
    private final byte[] versionOf;
    private final List<Version> versions = new CopyOnWriteArrayList<>();
    private final List<String> sentences = new CopyOnWriteArrayList<>();
    private final AtomicInteger inconsistent = new AtomicInteger();
    private final AtomicInteger strangers = new AtomicInteger();
    private volatile int sent;

    Recording(String stream, int capacity) {
        this.stream = stream;
        outcomes = new AtomicIntegerArray(capacity);
        totalNanos = new long[capacity];
        lateNanos = new int[capacity];
        encodeNanos = new int[capacity];
        inferNanos = new int[capacity];
        decideNanos = new int[capacity];
        versionOf = new byte[capacity];
    }

    String stream() {
        return stream;
    }

    boolean isOf(String other) {
        return stream.equals(other);
    }

    int capacity() {
        return totalNanos.length;
    }

    /** Called by one thread. */
    void sent(int sequence, long late) {
        lateNanos[sequence] = clipped(late);
        sent = sequence + 1;
    }

    private static int clipped(long nanos) {
        return (int) Math.min(Math.max(nanos, 0), Integer.MAX_VALUE);
    }

    void decided(Report report) {
        if (report.sequence() < 0 || report.sequence() >= sent) {
            strangers.incrementAndGet();
            return;
        }
        int sequence = (int) report.sequence();
        totalNanos[sequence] = report.totalNanos();
        encodeNanos[sequence] = clipped(report.encodeNanos());
        inferNanos[sequence] = clipped(report.inferNanos());
        decideNanos[sequence] = clipped(report.decideNanos());
        int version = version(report);
        versionOf[sequence] = (byte) version;
        if (!versions.get(version).answers(report.decision())) {
            inconsistent.incrementAndGet();
            note(
                    "message "
                            + sequence
                            + ": "
                            + versions.get(version)
                            + " is said to have answered "
                            + report.decision());
        }
        outcomes.incrementAndGet(sequence);
    }

    private int version(Report report) {
        for (int i = 0; i < versions.size(); i++) {
            if (versions.get(i).id.equals(report.model())) {
                return i;
            }
        }
        synchronized (versions) {
            for (int i = 0; i < versions.size(); i++) {
                if (versions.get(i).id.equals(report.model())) {
                    return i;
                }
            }
            Decision first = report.decision();
            versions.add(new Version(report.model(), first.name(), first.confidence()));
            return versions.size() - 1;
        }
    }

    void failed(long sequence, String sentence) {
        note("message " + sequence + ": " + sentence);
        if (sequence < 0 || sequence >= sent) {
            strangers.incrementAndGet();
        } else {
            outcomes.addAndGet((int) sequence, FAILED);
        }
    }

    private void note(String sentence) {
        if (sentences.size() < SENTENCES) {
            sentences.add(sentence);
        }
    }

    /** Waits until there is an outcome for each message, at most so long. */
    void awaitAnswers(long limitNanos, long lookNanos) {
        long endNanos = System.nanoTime() + limitNanos;
        while (count(0) > 0 && System.nanoTime() < endNanos) {
            LockSupport.parkNanos(lookNanos);
        }
    }

    private int count(int outcome) {
        int count = 0;
        for (int i = 0; i < sent; i++) {
            count += outcomes.get(i) == outcome ? 1 : 0;
        }
        return count;
    }

    /** {@return everything that was counted, for JSON; times in microseconds} */
    Map<String, Object> summary() {
        int answered = 0;
        int failed = 0;
        int twice = strangers.get();
        int changes = 0;
        int before = -1;
        int[] order = new int[sent];
        int[] answers = new int[versions.size()];
        for (int i = 0; i < sent; i++) {
            int outcome = outcomes.get(i);
            failed += outcome >= FAILED ? 1 : 0;
            twice += outcome % FAILED + outcome / FAILED > 1 ? 1 : 0;
            if (outcome % FAILED > 0) {
                changes += before >= 0 && before != versionOf[i] ? 1 : 0;
                before = versionOf[i];
                answers[before]++;
                order[answered++] = i;
            }
        }
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("run", stream);
        summary.put("sent", sent);
        summary.put("answered", answered);
        summary.put("lost", count(0));
        summary.put("twice", twice);
        summary.put("failed", failed);
        summary.put("inconsistent", inconsistent.get());
        summary.put("versionChanges", changes);
        Map<String, Object> byVersion = new LinkedHashMap<>();
        Map<String, Object> saying = new LinkedHashMap<>();
        for (int i = 0; i < answers.length; i++) {
            Version version = versions.get(i);
            byVersion.put(version.id.toString(), answers[i]);
            saying.put(version.id.toString(), version.name + " " + version.confidence);
        }
        summary.put("answers", byVersion);
        summary.put("saying", saying);
        latencies(summary, Arrays.copyOf(order, answered));
        summary.put("sentences", List.copyOf(sentences));
        return summary;
    }

    private void latencies(Map<String, Object> summary, int[] answered) {
        List<Integer> byTotal = new ArrayList<>(answered.length);
        int[] infer = new int[answered.length];
        for (int i = 0; i < answered.length; i++) {
            byTotal.add(answered[i]);
            infer[i] = inferNanos[answered[i]];
        }
        if (byTotal.isEmpty()) {
            return;
        }
        byTotal.sort((one, other) -> Long.compare(totalNanos[one], totalNanos[other]));
        Arrays.sort(infer);
        summary.put("microsP50", totalNanos[byTotal.get(rank(answered.length, 0.5))] / 1e3);
        summary.put("microsP99", totalNanos[byTotal.get(rank(answered.length, 0.99))] / 1e3);
        summary.put("microsP999", totalNanos[byTotal.get(rank(answered.length, 0.999))] / 1e3);
        summary.put("microsMax", totalNanos[byTotal.get(answered.length - 1)] / 1e3);
        summary.put("inferMicrosP50", infer[rank(answered.length, 0.5)] / 1e3);
        int share = Math.max(1, (int) (answered.length * SLOWEST_SHARE));
        int most = answered.length - share;
        summary.put("slowestMicros", meanMicros(byTotal.subList(most, answered.length)));
        byTotal.sort((one, other) -> Long.compare(ownNanos(one), ownNanos(other)));
        summary.put("ownMicros", meanMicros(byTotal.subList(most, answered.length)));
    }

    /** The time that a message itself took, without the wait for those before it. */
    private long ownNanos(int i) {
        return totalNanos[i] - lateNanos[i];
    }

    private static int rank(int size, double share) {
        return Math.min(size - 1, Math.max(0, (int) Math.ceil(share * size) - 1));
    }

    /** Where the time of some messages went, on average. */
    private Map<String, Object> meanMicros(List<Integer> some) {
        double late = 0;
        double encode = 0;
        double infer = 0;
        double decide = 0;
        double total = 0;
        for (int i : some) {
            late += lateNanos[i];
            encode += encodeNanos[i];
            infer += inferNanos[i];
            decide += decideNanos[i];
            total += totalNanos[i];
        }
        Map<String, Object> mean = new LinkedHashMap<>();
        double nanosToMeanMicros = 1e-3 / some.size();
        mean.put("behind", late * nanosToMeanMicros);
        mean.put("encode", encode * nanosToMeanMicros);
        mean.put("infer", infer * nanosToMeanMicros);
        mean.put("decide", decide * nanosToMeanMicros);
        mean.put("route", (total - late - encode - infer - decide) * nanosToMeanMicros);
        mean.put("total", total * nanosToMeanMicros);
        return mean;
    }

    /**
     * Writes a line per message: its number, which version answered, and in how many microseconds.
     */
    void writeLog(Path file) throws IOException {
        try (BufferedWriter log = Files.newBufferedWriter(file)) {
            for (int i = 0; i < sent; i++) {
                int outcome = outcomes.get(i);
                String what =
                        outcome == 0
                                ? "lost"
                                : outcome >= FAILED
                                        ? "failed"
                                        : versions.get(versionOf[i]).id.toString();
                log.append(Integer.toString(i))
                        .append('\t')
                        .append(what)
                        .append('\t')
                        .append(Long.toString(totalNanos[i] / 1000))
                        .append('\n');
            }
        }
    }
}
