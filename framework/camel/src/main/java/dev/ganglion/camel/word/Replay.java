package dev.ganglion.camel.word;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.runtime.record.Outcome;
import dev.ganglion.runtime.record.OutcomeLog;
import dev.ganglion.runtime.record.Recording;
import dev.ganglion.runtime.record.RecordingHeader;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A recording in the place of what a route began with, on the clock of the recording, one input
 * after the other. Thread-safe.
 */
public final class Replay implements Consumer<Outcome> {
    private final Recording recording;
    private final boolean acts;
    private final boolean changed;
    private final OutcomeLog log;
    private final Map<Long, List<Outcome>> recorded = new HashMap<>();
    private volatile String refusal = "";
    private volatile boolean done;
    private long current;
    private int asked;

    /**
     * A replay that begins with its route.
     *
     * @param acts whether devices are asked; otherwise they are not opened, and what they refused
     *     or failed at is replayed as it was recorded
     * @param changed whether the route and its models may be others than those of the recording
     */
    public Replay(Recording recording, boolean acts, boolean changed) {
        this.recording = recording;
        this.acts = acts;
        this.changed = changed;
        this.log = new OutcomeLog(recording);
        Set<Long> ofDevices =
                recording.outcomes().stream()
                        .filter(Outcome::byDevice)
                        .map(Outcome::of)
                        .collect(Collectors.toSet());
        for (Outcome each : recording.outcomes()) {
            if (ofDevices.contains(each.of())) {
                recorded.computeIfAbsent(each.of(), any -> new ArrayList<>()).add(each);
            }
        }
    }

    /** {@return what is replayed} */
    public Recording recording() {
        return recording;
    }

    /** {@return whether devices are asked} */
    public boolean acts() {
        return acts;
    }

    /** {@return whether the route may be another than the one that was recorded} */
    public boolean changed() {
        return changed;
    }

    /** {@return a clock that shows when the recorded ended, and goes on from there} */
    public Clock clock() {
        Clock now = Clock.systemDefaultZone();
        try {
            Instant end =
                    Instant.parse(recording.header().started()).plusNanos(recording.lastNanos());
            return Clock.offset(now, Duration.between(now.instant(), end));
        } catch (DateTimeException unknown) {
            return now;
        }
    }

    /**
     * Compares the recording with the route that is there now.
     *
     * @throws GanglionException of kind SETUP that names both sides when it is another one, unless
     *     that is wanted
     */
    public void check(RecordingHeader now) {
        if (changed) {
            return;
        }
        String mismatch = recording.header().mismatch(now);
        if (mismatch == null) {
            mismatch = recording.replaced();
        }
        if (mismatch != null) {
            throw refused(
                    recording.file()
                            + " cannot be replayed: "
                            + mismatch
                            + "; use the one that was recorded, or --changed to see what differs");
        }
    }

    /** {@return the exception that says why it is not replayed; kept for who waits for the end} */
    public GanglionException refused(String sentence) {
        refusal = sentence;
        return new GanglionException(Kind.SETUP, sentence);
    }

    /** An input is played: what follows came of it. */
    synchronized void begin(long number) {
        current = number;
        asked = 0;
    }

    /** No input is left. */
    void end(String problem) {
        refusal = problem;
        done = true;
    }

    @Override
    public void accept(Outcome outcome) {
        log.accept(outcome);
    }

    /** Answers in the place of a device, as it did in the recording if it was asked the same. */
    synchronized void answer(String action, Map<String, Object> parameters) {
        int turn = asked++;
        int answers = 0;
        for (Outcome outcome : recorded.getOrDefault(current, List.of())) {
            if (outcome.decision() == null) {
                if (outcome.byDevice() && outcome.asked() == turn) {
                    throw new GanglionException(Kind.RETRY, outcome.failure());
                }
            } else if (outcome.action() != null
                    && (outcome.byDevice() || outcome.action().performed())
                    && answers++ == turn
                    && outcome.byDevice()
                    && outcome.action().name().equals(action)
                    && String.valueOf(new TreeMap<>(outcome.action().parameters()))
                            .equals(String.valueOf(new TreeMap<>(parameters)))) {
                throw new GanglionException(Kind.INPUT, outcome.action().refusal());
            }
        }
    }

    /** {@return the log of this run} */
    public OutcomeLog log() {
        return log;
    }

    /** {@return whether all inputs were handled} */
    public boolean isDone() {
        return done;
    }

    /**
     * How it went, in types that everybody knows: {@code done}, {@code sentence} (why it was
     * refused or broke off), and once it is done the counts, whether both logs are {@code equal},
     * the {@code log}, and the first lines that differ.
     */
    public Map<String, Object> status() {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("done", done);
        status.put("sentence", refusal);
        if (done) {
            OutcomeLog before = OutcomeLog.of(recording);
            OutcomeLog.@Nullable Difference difference = before.difference(log);
            status.put("inputs", recording.size());
            status.put("decisions", log.decisions());
            status.put("actions", log.actions());
            status.put("equal", difference == null && refusal.isEmpty());
            status.put("torn", recording.torn());
            if (difference != null) {
                status.put("recorded", line(difference.mine()));
                status.put("replayed", line(difference.other()));
            }
            status.put("log", log.lines());
        }
        return status;
    }

    private static String line(@Nullable String line) {
        return line == null ? "" : line;
    }
}
