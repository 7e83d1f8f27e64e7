package dev.ganglion.runtime.record;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What must be equal of two runs over one recording: a line of JSON for each outcome, in the order
 * of the inputs. Thread-safe.
 */
public final class OutcomeLog implements Consumer<Outcome> {
    private final Recording recording;
    private final Map<Long, List<String>> lines = new TreeMap<>();
    private long decisions;
    private long actions;

    /** An empty log; the recording says when each input was taken up, and of which stream. */
    public OutcomeLog(Recording recording) {
        this.recording = recording;
    }

    /** {@return the log of the run that was recorded} */
    public static OutcomeLog of(Recording recording) {
        OutcomeLog log = new OutcomeLog(recording);
        recording.outcomes().forEach(log);
        return log;
    }

    /**
     * Takes an outcome; those of inputs that the recording does not hold to the end are left out.
     */
    @Override
    public synchronized void accept(Outcome outcome) {
        Recording.Heading input = recording.heading(outcome.of());
        if (input == null || outcome.of() > recording.complete()) {
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("in", outcome.of());
        line.put("millis", input.takenNanos() / 1_000_000);
        if (input.stream() != null) {
            line.put("stream", input.stream());
            line.put("sequence", input.sequence());
        }
        outcome.addTo(line);
        decisions += outcome.decision() == null ? 0 : 1;
        actions += outcome.action() != null && outcome.action().performed() ? 1 : 0;
        try {
            lines.computeIfAbsent(outcome.of(), any -> new ArrayList<>())
                    .add(JSON.std.asString(line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the lines, without their ends} */
    public synchronized List<String> lines() {
        return lines.values().stream().flatMap(List::stream).toList();
    }

    /** {@return how many decisions it holds} */
    public synchronized long decisions() {
        return decisions;
    }

    /** {@return how many actions were performed} */
    public synchronized long actions() {
        return actions;
    }

    /**
     * The first line that differs.
     *
     * @param mine the line of this log, null when it has no more
     * @param other the line of the other one, null when it has no more
     */
    public record Difference(@Nullable String mine, @Nullable String other) {}

    /** {@return the first difference, byte by byte, or null when both are equal} */
    public @Nullable Difference difference(OutcomeLog other) {
        List<String> mine = lines();
        List<String> theirs = other.lines();
        int common = Math.min(mine.size(), theirs.size());
        for (int i = 0; i < common; i++) {
            if (!mine.get(i).equals(theirs.get(i))) {
                return new Difference(mine.get(i), theirs.get(i));
            }
        }
        return mine.size() == theirs.size()
                ? null
                : new Difference(
                        mine.size() > common ? mine.get(common) : null,
                        theirs.size() > common ? theirs.get(common) : null);
    }
}
