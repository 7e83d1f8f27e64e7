package dev.ganglion.camel.route;

import dev.ganglion.camel.word.Words;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.report.Report;
import dev.ganglion.runtime.report.Slowest;
import dev.ganglion.runtime.report.Slowest.Look;
import dev.ganglion.runtime.report.Slowest.Part;
import dev.ganglion.runtime.report.Slowest.Slow;
import dev.ganglion.runtime.report.Statistics;
import dev.ganglion.runtime.report.Statistics.Figures;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says of a route where its slowest messages spent their time, and what to change. As a map of JDK
 * types, for those who do not share our classes. Thread-safe.
 */
public final class WhySlow {
    private final Words words;
    private final ModelHost host;
    private final Statistics statistics;
    private final Slowest slowest;

    /** From what these two were told. */
    public WhySlow(Words words, ModelHost host, Statistics statistics, Slowest slowest) {
        this.words = words;
        this.host = host;
        this.statistics = statistics;
        this.slowest = slowest;
    }

    /**
     * {@return {@code slowest}, a list with times in microseconds, {@code shares} of the parts in
     * percent, {@code sharesOfAll} of all messages and not only the slow, and {@code verdict}, a
     * list of sentences; or {@code ok=false} and a {@code sentence} when there is no such route}
     *
     * @param route the id of the route
     * @param running the ids of all routes that run
     * @param reset whether what comes next is looked at without what was before
     */
    public Map<String, Object> of(String route, Collection<String> running, boolean reset) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("ok", running.contains(route));
        if (!running.contains(route)) {
            answer.put(
                    "sentence",
                    "no route '"
                            + route
                            + "' runs; "
                            + (running.isEmpty()
                                    ? "none does"
                                    : "there are: "
                                            + String.join(
                                                    ", ", running.stream().sorted().toList())));
            return answer;
        }
        Look look = slowest.look(route);
        Figures figures = statistics.snapshot().get(route);
        answer.put("route", route);
        answer.put("messages", look == null ? 0 : look.decisions());
        answer.put("medianMicros", figures == null ? Map.of() : figures.microsP50());
        if (look == null || look.slowest().isEmpty()) {
            answer.put("slowest", List.of());
            answer.put("shares", Map.of());
            answer.put("sharesOfAll", Map.of());
            answer.put("verdict", List.of(nothing(route, look, figures)));
        } else {
            answer.put("sinceMillis", look.sinceMillis());
            answer.put("slowest", look.slowest().stream().map(WhySlow::slow).toList());
            Verdict verdict = new Verdict(new RouteSteps(words.steps(route), host), look, figures);
            answer.put("shares", verdict.shares());
            answer.put("sharesOfAll", verdict.sharesOfAll());
            answer.put("verdict", verdict.sentences());
        }
        if (reset) {
            slowest.reset(route);
        }
        return answer;
    }

    private String nothing(String route, @Nullable Look look, @Nullable Figures figures) {
        List<String> others = new ArrayList<>(slowest.routes());
        others.remove(route);
        String sentence =
                "nothing was decided in the route '"
                        + route
                        + "' since "
                        + (look == null ? "it began" : "it was reset");
        if (figures != null && figures.failed() > 0) {
            sentence +=
                    figures.failed() == 1
                            ? ", and one message failed"
                            : ", and " + figures.failed() + " messages failed";
        }
        return others.isEmpty()
                ? sentence
                : sentence
                        + "; a message counts in the route that sensed it: look at "
                        + String.join(", ", others);
    }

    private static Map<String, Object> slow(Slow slow) {
        Report report = slow.report();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("trace", report.trace());
        map.put("stream", report.stream());
        map.put("sequence", report.sequence());
        map.put("ordinal", slow.ordinal());
        map.put("model", report.model().toString());
        map.put("totalMicros", micros(report.totalNanos()));
        for (Part part : Part.values()) {
            map.put(part.name().toLowerCase(Locale.ROOT) + "Micros", micros(part.nanos(report)));
        }
        map.put("gapMicros", micros(report.gapNanos()));
        map.put("gapBefore", report.gapBefore());
        map.put("heldMicros", micros(report.heldNanos()));
        map.put("heardMicros", micros(report.heardNanos()));
        return map;
    }

    private static long micros(long nanos) {
        return Math.round(nanos / 1000.0);
    }
}
