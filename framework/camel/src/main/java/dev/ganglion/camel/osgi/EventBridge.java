package dev.ganglion.camel.osgi;

import dev.ganglion.api.data.Decision;
import dev.ganglion.runtime.act.Action;
import dev.ganglion.runtime.report.Hop;
import dev.ganglion.runtime.report.Observer;
import dev.ganglion.runtime.report.Report;
import dev.ganglion.runtime.report.Spoken;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells what happens as maps of JDK types, for those outside of the container who do not share its
 * classes.
 */
final class EventBridge implements Observer {
    private final Consumer<Map<String, Object>> listener;

    EventBridge(Consumer<Map<String, Object>> listener) {
        this.listener = listener;
    }

    @Override
    public void decided(Report report) {
        Decision decision = report.decision();
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("type", "decision");
        event.put("route", report.route());
        // What is no text has no lines: its stream says where it came from, the clip or the file.
        Spoken spoken = report.spoken();
        boolean text = !report.text().isEmpty() && (spoken == null || !spoken.heard());
        event.put("source", text ? report.stream() + ":" + report.sequence() : report.stream());
        event.put("sequence", report.sequence());
        event.put("text", report.text());
        event.put("model", report.model().toString());
        event.put("intent", decision.name());
        event.put("label", decision.name());
        event.put("slots", decision.parameters());
        for (String key : List.of("value", "unit")) {
            if (decision.parameters().containsKey(key)) {
                event.put(key, decision.parameters().get(key));
            }
        }
        event.put("confidence", decision.confidence());
        event.put("sure", decision.sure());
        event.put("action", action(report.action()));
        Action action = report.action();
        if (action != null && !action.performed()) {
            event.put("refused", action.refusal());
        }
        if (spoken != null) {
            addTo(event, report, spoken);
        }
        event.put(
                "nanos",
                new long[] {
                    report.encodeNanos(),
                    report.inferNanos(),
                    report.decideNanos(),
                    report.actNanos(),
                    report.totalNanos()
                });
        event.put("stepsSpent", report.stepsSpent());
        event.put("stepsTotal", report.stepsTotal());
        event.put("waitNanos", report.waitNanos());
        event.put("trace", report.trace());
        listener.accept(event);
    }

    /**
     * What was understood is a whole action by itself, whether a device did it ({@code done}) or
     * not.
     */
    private static void addTo(Map<String, Object> event, Report report, Spoken spoken) {
        Decision decision = report.decision();
        Action action = report.action();
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("intent", decision.name());
        whole.putAll(new TreeMap<>(decision.parameters()));
        event.put(
                "done",
                action == null || !action.performed()
                        ? null
                        : Map.of("name", action.name(), "parameters", action.parameters()));
        event.put("action", whole);
        event.put("reply", spoken.reply());
        event.put("hop", spoken.hop());
        event.put("hops", spoken.hops().stream().map(EventBridge::hop).toList());
        event.put("tokensSpent", spoken.tokensSpent());
    }

    private static Map<String, Object> hop(Hop hop) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("stage", hop.stage());
        map.put("intent", hop.decision());
        map.put("confidence", hop.confidence());
        map.put("sure", hop.sure());
        map.put("micros", hop.nanos() / 1000);
        map.put("tokens", hop.tokens());
        if (!hop.why().isEmpty()) {
            map.put("why", hop.why());
        }
        return map;
    }

    @Override
    public void utteranceEnded(String route, String trace, int stepsSpent, int stepsTotal) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("type", "utterance");
        event.put("route", route);
        event.put("trace", trace);
        event.put("stepsSpent", stepsSpent);
        event.put("stepsTotal", stepsTotal);
        listener.accept(event);
    }

    @Override
    public void dropped(String route, long count) {
        listener.accept(Map.of("type", "dropped", "route", route, "count", count));
    }

    private static @Nullable Map<String, Object> action(@Nullable Action action) {
        if (action == null || !action.performed()) {
            return null;
        }
        Map<String, Object> done = new LinkedHashMap<>();
        done.put("name", action.name());
        done.putAll(action.parameters());
        return done;
    }

    @Override
    public void failed(String route, String stream, long sequence, String sentence) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("type", "failed");
        event.put("route", route);
        event.put("source", stream + ":" + sequence);
        event.put("sentence", sentence);
        listener.accept(event);
    }

    @Override
    public void routeChanged(String file, String state, String sentence) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("type", "route");
        event.put("file", file);
        event.put("state", state);
        event.put("sentence", sentence);
        listener.accept(event);
    }
}
