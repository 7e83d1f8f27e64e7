package dev.ganglion.it.bench;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints lines like those of {@code ganglion run --json}. One thread. */
public final class JsonReport {
    private static final JSON WRITER = JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES);

    private final PrintStream out;
    private long[] totalNanos = new long[64];
    private int decisions;
    private int actions;

    /** Nothing is printed yet. */
    public JsonReport(PrintStream out) {
        this.out = out;
    }

    /**
     * Prints a decision.
     *
     * @param line the line of the input, from 1
     * @param nanos from the text to the end of the action
     */
    public void decision(
            int line,
            String text,
            String intent,
            Map<String, Object> slots,
            double confidence,
            Kitchen.@Nullable Action action,
            long nanos)
            throws IOException {
        if (decisions == totalNanos.length) {
            totalNanos = Arrays.copyOf(totalNanos, 2 * decisions);
        }
        totalNanos[decisions++] = nanos;
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", "decision");
        json.put("source", "input:" + line);
        json.put("text", text);
        json.put("intent", intent);
        json.put("slots", slots);
        json.put("confidence", confidence);
        json.put("action", action == null ? null : action(action));
        json.put("micros", Map.of("total", nanos / 1e3));
        out.println(WRITER.asString(json));
    }

    private Map<String, Object> action(Kitchen.Action action) {
        actions++;
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", action.name());
        json.putAll(action.parameters());
        return json;
    }

    /** Prints the summary. */
    public void summary() throws IOException {
        long[] sorted = Arrays.copyOf(totalNanos, decisions);
        Arrays.sort(sorted);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", "summary");
        json.put("decisions", decisions);
        json.put("actions", actions);
        json.put("microsP50", Map.of("total", percentile(sorted, 50)));
        json.put("microsP99", Map.of("total", percentile(sorted, 99)));
        json.put("peakRssBytes", peakRssBytes());
        out.println(WRITER.asString(json));
    }

    private static double percentile(long[] sorted, int percent) {
        int rank = (int) Math.ceil(percent / 100.0 * sorted.length);
        return sorted.length == 0 ? 0 : sorted[Math.max(0, rank - 1)] / 1e3;
    }

    /** The largest resident memory of this process so far, as Linux knows it; 0 elsewhere. */
    private static long peakRssBytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.isReadable(status)) {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        }
        return 0;
    }
}
