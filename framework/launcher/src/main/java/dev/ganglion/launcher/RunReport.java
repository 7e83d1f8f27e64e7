package dev.ganglion.launcher;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Prints what happens, counts it, and sums it up. Thread-safe. */
final class RunReport implements Consumer<Map<String, Object>> {
    private static final List<String> STAGES = List.of("encode", "infer", "decide", "act", "total");
    private static final int DIGITS = 3;

    private final boolean json;
    private final PrintStream out;
    private final PrintStream err;
    private final Histogram[] nanos = new Histogram[STAGES.size()];
    private final Map<String, List<String>> expected = new HashMap<>();

    /** Decisions of utterances that go on, by trace: how many steps there are is not known yet. */
    private final Map<Object, List<Map<String, Object>>> unended = new LinkedHashMap<>();

    private long decisions;
    private long actions;
    private long refused;
    private long unsure;
    private long failed;
    private long dropped;
    private long stepsSpent;
    private long stepsTotal;
    private long tokens;
    private final Map<String, Long> hops = new TreeMap<>();
    private long labelled;
    private long right;
    private long firstActionMillis = -1;
    private long eventNanos = System.nanoTime();
    private boolean summed;

    RunReport(boolean json, PrintStream out, PrintStream err) {
        this.json = json;
        this.out = out;
        this.err = err;
    }

    @Override
    public synchronized void accept(Map<String, Object> event) {
        eventNanos = System.nanoTime();
        switch (String.valueOf(event.get("type"))) {
            case "decision" -> decision(event);
            case "failed" -> failure(event);
            case "utterance" -> ended(event);
            case "dropped" -> dropped += number(event, "count");
            default -> route(event);
        }
    }

    private void route(Map<String, Object> event) {
        if (!"running".equals(event.get("state")) && !"removed".equals(event.get("state"))) {
            err.println("ganglion: " + event.get("sentence"));
        } else if (!json) {
            out.println(
                    "-- "
                            + event.get("file")
                            + ("running".equals(event.get("state")) ? " runs" : " was removed"));
        }
    }

    private void failure(Map<String, Object> event) {
        failed++;
        err.println(failed(event));
    }

    /** {@return the sentence about a message that failed, which begins with where it came from} */
    static String failed(Map<String, Object> event) {
        String source = event.get("source") + ": ";
        String sentence = String.valueOf(event.get("sentence"));
        return "ganglion: " + (sentence.startsWith(source) ? "" : source) + sentence;
    }

    private void decision(Map<String, Object> event) {
        if (done(event) != null) {
            actions++;
            if (firstActionMillis < 0) {
                firstActionMillis = sinceStartMillis();
            }
        }
        decisions++;
        tokens += number(event, "tokensSpent");
        if (event.get("hop") instanceof String hop) {
            hops.merge(hop, 1L, Long::sum);
        }
        boolean sure = Boolean.TRUE.equals(event.get("sure"));
        unsure += sure ? 0 : 1;
        long[] spent = (long[]) event.get("nanos");
        for (int i = 0; spent != null && i < nanos.length; i++) {
            Histogram histogram = nanos[i];
            if (histogram == null) {
                histogram = new Histogram(DIGITS);
                nanos[i] = histogram;
            }
            histogram.recordValue(Math.max(0, spent[i]));
        }
        refused += event.get("refused") == null ? 0 : 1;
        Boolean correct = judge(event);
        boolean ended = !Integer.valueOf(0).equals(event.get("stepsTotal"));
        if (!ended) {
            unended.computeIfAbsent(event.get("trace"), any -> new ArrayList<>())
                    .addAll(json ? List.of(event) : List.of());
        } else if (!unended.containsKey(event.get("trace"))) {
            count(event);
        }
        if (json && ended) {
            printJson(event);
        } else if (!json) {
            printLine(event, sure, spent == null ? 0 : spent[nanos.length - 1], correct);
        }
    }

    /** What a device did: about language, the action itself is what was understood. */
    private static @Nullable Object done(Map<String, Object> event) {
        return event.containsKey("done") ? event.get("done") : event.get("action");
    }

    /** An utterance ended of which something was decided before: now its length is known. */
    private void ended(Map<String, Object> utterance) {
        count(utterance);
        List<Map<String, Object>> waiting = unended.remove(utterance.get("trace"));
        if (waiting != null) {
            for (Map<String, Object> event : waiting) {
                event.put("stepsTotal", utterance.get("stepsTotal"));
                printJson(event);
            }
        }
    }

    private void count(Map<String, Object> utterance) {
        if (utterance.get("stepsTotal") instanceof Integer total
                && utterance.get("stepsSpent") instanceof Integer ran) {
            stepsTotal += total;
            stepsSpent += ran;
        }
    }

    /**
     * Compares with the label, when a file {@code <input>.expected} lies beside the input: one
     * intent per line.
     */
    private @Nullable Boolean judge(Map<String, Object> event) {
        String source = String.valueOf(event.get("source"));
        long line = number(event, "sequence");
        List<String> labels =
                expected.computeIfAbsent(
                        source.endsWith(":" + line)
                                ? source.substring(0, source.lastIndexOf(':'))
                                : source,
                        RunReport::labels);
        if (line < 1 || line > labels.size() || labels.get((int) line - 1).isBlank()) {
            return null;
        }
        labelled++;
        boolean correct = labels.get((int) line - 1).strip().equals(event.get("intent"));
        right += correct ? 1 : 0;
        return correct;
    }

    private static long number(Map<String, Object> event, String key) {
        return event.get(key) instanceof Number number ? number.longValue() : 0;
    }

    private static List<String> labels(String input) {
        Path file = Path.of(input + ".expected");
        try {
            return Files.isRegularFile(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException | UncheckedIOException unreadable) {
            return List.of();
        }
    }

    private void printLine(
            Map<String, Object> event, boolean sure, long totalNanos, @Nullable Boolean correct) {
        StringBuilder line = new StringBuilder();
        Object text = event.get("text");
        line.append(
                String.format(
                        Locale.ROOT,
                        "%-44s ",
                        "".equals(text)
                                ? event.get("source") + ":" + event.get("sequence")
                                : text));
        line.append(sure ? event.get("intent") : "not sure (" + event.get("intent") + ")");
        if (event.get("slots") instanceof Map<?, ?> slots && !slots.isEmpty()) {
            line.append(' ').append(new TreeMap<>(slots));
        }
        line.append(String.format(Locale.ROOT, " %.2f", event.get("confidence")));
        if (done(event) instanceof Map<?, ?> action) {
            Map<Object, Object> parameters = new LinkedHashMap<>(action);
            Object name = parameters.remove("name");
            if (parameters.get("parameters") instanceof Map<?, ?> named) {
                parameters = new LinkedHashMap<>(new TreeMap<>(named));
            }
            line.append(" -> ").append(name).append(parameters.isEmpty() ? "" : " " + parameters);
        } else if (event.get("refused") != null) {
            line.append(" -> refused: ").append(event.get("refused"));
        } else {
            line.append(" -> nothing to do");
        }
        line.append(String.format(Locale.ROOT, "  (%.2f ms)", totalNanos / 1e6));
        if (event.get("reply") instanceof String reply) {
            line.append("  ").append(event.get("hop")).append(": \"").append(reply).append('"');
        }
        if (Boolean.FALSE.equals(correct)) {
            line.append("  [expected otherwise]");
        }
        out.println(line);
    }

    private void printJson(Map<String, Object> event) {
        long[] spent = event.get("nanos") instanceof long[] known ? known : new long[STAGES.size()];
        Map<String, Object> line = new LinkedHashMap<>(event);
        line.remove("sure");
        line.remove("nanos");
        if (!event.containsKey("done")) {
            line.remove("refused");
        }
        line.remove("waitNanos");
        Object trace = line.remove("trace");
        Map<String, Object> micros = new LinkedHashMap<>();
        for (int i = 0; i < spent.length; i++) {
            micros.put(STAGES.get(i), micros(spent[i]));
        }
        line.put("micros", micros);
        line.put("trace", trace);
        print(line);
    }

    private static double micros(long nanos) {
        return Math.round(nanos / 100.0) / 10.0;
    }

    private void print(Map<String, Object> object) {
        try {
            out.println(JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES).asString(object));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return how many messages failed} */
    synchronized long failures() {
        return failed;
    }

    /** {@return whether nothing has happened for so long} */
    synchronized boolean quietFor(long nowNanos, long limitNanos) {
        return nowNanos - eventNanos > limitNanos;
    }

    /** Prints the summary, once. */
    synchronized void summary() {
        if (summed) {
            return;
        }
        summed = true;
        unended.values().forEach(events -> events.forEach(this::printJson));
        unended.clear();
        long peakBytes = peakRssBytes();
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("type", "summary");
            line.put("decisions", decisions);
            line.put("actions", actions);
            line.put("failed", failed);
            line.put("dropped", dropped);
            line.put("stepsSpent", stepsSpent);
            line.put("stepsTotal", stepsTotal);
            if (!hops.isEmpty()) {
                line.put("tokensSpent", tokens);
                line.put("hops", hops);
            }
            line.put("microsP50", percentile(50));
            line.put("microsP99", percentile(99));
            line.put("peakRssBytes", peakBytes);
            line.put("firstActionMillis", firstActionMillis < 0 ? null : firstActionMillis);
            print(line);
            return;
        }
        out.println();
        out.printf(
                Locale.ROOT,
                "%d decisions, %d actions, %d not sure, %d refused, %d failed%s%n",
                decisions,
                actions,
                unsure,
                refused,
                failed,
                dropped == 0 ? "" : ", " + dropped + " samples dropped");
        if (stepsTotal > stepsSpent) {
            out.printf(
                    Locale.ROOT,
                    "sure after %d of %d steps: %.1f %% saved%n",
                    stepsSpent,
                    stepsTotal,
                    100.0 * (stepsTotal - stepsSpent) / stepsTotal);
        }
        if (!hops.isEmpty()) {
            out.printf(Locale.ROOT, "answered by %s; %d tokens spent%n", hops, tokens);
        }
        if (labelled > 0) {
            out.printf(
                    Locale.ROOT,
                    "understood as labelled: %d of %d (%.1f %%)%n",
                    right,
                    labelled,
                    100.0 * right / labelled);
        }
        if (decisions > 0) {
            out.printf("%-10s %10s %10s%n", "", "p50 us", "p99 us");
            Map<String, Object> p50 = percentile(50);
            Map<String, Object> p99 = percentile(99);
            STAGES.forEach(
                    stage ->
                            out.printf("%-10s %10s %10s%n", stage, p50.get(stage), p99.get(stage)));
        }
        out.printf(
                Locale.ROOT,
                "peak memory %.1f MB%s%n",
                peakBytes / 1e6,
                firstActionMillis < 0 ? "" : ", first action after " + firstActionMillis + " ms");
    }

    private Map<String, Object> percentile(double percent) {
        Map<String, Object> micros = new LinkedHashMap<>();
        for (int i = 0; i < nanos.length; i++) {
            Histogram histogram = nanos[i];
            micros.put(
                    STAGES.get(i),
                    histogram == null ? 0.0 : micros(histogram.getValueAtPercentile(percent)));
        }
        return micros;
    }

    /**
     * Since the command was given; when a clone was built first, since that was done. Both times
     * are read from one clock of the kernel, in hundredths of a second: what Java says about the
     * start of a process is off by up to a second.
     */
    private static long sinceStartMillis() {
        String built = System.getenv("GANGLION_STARTED_MILLIS");
        if (built != null) {
            return System.currentTimeMillis() - Long.parseLong(built);
        }
        try {
            String uptime = Files.readString(Path.of("/proc/uptime"));
            String stat = Files.readString(Path.of("/proc/self/stat"));
            // The second field is the name in parentheses and may hold blanks; the start is the
            // 22nd field of all.
            String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            double upSeconds = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
            return Math.round(upSeconds * 1000) - 10 * Long.parseLong(afterName[19]);
        } catch (IOException | RuntimeException notLinux) {
            return -1;
        }
    }

    /** The largest resident memory of this process so far, as Linux knows it; 0 elsewhere. */
    static long peakRssBytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException | UncheckedIOException | NumberFormatException notLinux) {
            return 0;
        }
        return 0;
    }
}
