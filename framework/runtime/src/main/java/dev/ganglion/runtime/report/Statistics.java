package dev.ganglion.runtime.report;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Counts and latencies of each route, for those who look now and then. Thread-safe: messages share
 * no lock with each other nor with who looks, and recording one allocates nothing.
 *
 * <p>Time is cut into windows by whoever calls {@link #roll} regularly, because a look would
 * disturb that of somebody else. Percentiles are of the last whole window, or of the time since the
 * start when nothing was decided in it; rates begin with that window and reach up to the look.
 */
public final class Statistics implements Observer {
    /** What latencies are known of, in the order in which a message spends them. */
    public static final List<String> STAGES = List.of("encode", "infer", "decide", "act", "total");

    /** How long a window is meant to be, in milliseconds. */
    public static final long WINDOW_MILLIS = 10_000;

    private static final int DIGITS = 2;

    /**
     * What is known about a route.
     *
     * @param messages how many were decided on or failed; of a message with several decisions each
     *     counts
     * @param failed how many of them failed
     * @param dropped how many samples came too fast and were dropped
     * @param perSecond how many there are in a second now
     * @param samples how many samples of its sensor were handled; several may make one message
     * @param microsP50 by stage, and for each sample as {@code sample}, what half of the messages
     *     stay below, in microseconds
     * @param microsP99 by stage, what 99 of 100 messages stay below, in microseconds
     */
    public record Figures(
            long messages,
            long failed,
            long dropped,
            long samples,
            double perSecond,
            Map<String, Long> microsP50,
            Map<String, Long> microsP99) {}

    private static final class Latency {
        final Recorder recorder = new Recorder(DIGITS);
        final Histogram sinceStart = new Histogram(DIGITS);
        Histogram window = new Histogram(DIGITS);
        Histogram lastWindow = new Histogram(DIGITS);
        private @Nullable Histogram recycled;

        void record(long nanos) {
            recorder.recordValue(Math.max(0, nanos / 1000));
        }

        void collect() {
            Histogram news = recorder.getIntervalHistogram(recycled);
            recycled = news;
            window.add(news);
            sinceStart.add(news);
        }

        void roll() {
            collect();
            Histogram before = lastWindow;
            lastWindow = window;
            before.reset();
            window = before;
        }

        long micros(double percentile) {
            Histogram shown = lastWindow.getTotalCount() > 0 ? lastWindow : sinceStart;
            return shown.getValueAtPercentile(percentile);
        }
    }

    private static final class RouteRecord {
        final LongAdder messages = new LongAdder();
        final LongAdder failed = new LongAdder();
        final LongAdder dropped = new LongAdder();
        final LongAdder samples = new LongAdder();
        final Latency encode = new Latency();
        final Latency infer = new Latency();
        final Latency decide = new Latency();
        final Latency act = new Latency();
        final Latency total = new Latency();
        final Latency sample = new Latency();
        final List<Latency> latencies = List.of(encode, infer, decide, act, total, sample);
        long rateNanos;
        long rateMessages;
        long windowNanos;
        long windowMessages;

        RouteRecord(long nowNanos) {
            rateNanos = nowNanos;
            windowNanos = nowNanos;
        }
    }

    private final Map<String, RouteRecord> routes = new ConcurrentHashMap<>();
    private final LongSupplier nanoClock;

    /** Nothing has happened yet. */
    public Statistics() {
        this(System::nanoTime);
    }

    Statistics(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    private RouteRecord of(String route) {
        RouteRecord known = routes.get(route);
        return known != null
                ? known
                : routes.computeIfAbsent(route, first -> new RouteRecord(nanoClock.getAsLong()));
    }

    @Override
    public void decided(Report report) {
        RouteRecord route = of(report.route());
        route.messages.increment();
        route.encode.record(report.encodeNanos());
        route.infer.record(report.inferNanos());
        route.decide.record(report.decideNanos());
        route.act.record(report.actNanos());
        route.total.record(report.totalNanos());
    }

    @Override
    public void failed(String route, String stream, long sequence, String sentence) {
        RouteRecord known = of(route);
        known.messages.increment();
        known.failed.increment();
    }

    @Override
    public void handled(String route, long totalNanos) {
        RouteRecord known = of(route);
        known.samples.increment();
        known.sample.record(totalNanos);
    }

    @Override
    public void dropped(String route, long count) {
        of(route).dropped.add(count);
    }

    /** Ends the window and begins the next. */
    public synchronized void roll() {
        long nowNanos = nanoClock.getAsLong();
        for (RouteRecord route : routes.values()) {
            route.latencies.forEach(Latency::roll);
            route.rateNanos = route.windowNanos;
            route.rateMessages = route.windowMessages;
            route.windowNanos = nowNanos;
            route.windowMessages = route.messages.sum();
        }
    }

    /** Forgets all routes but these. */
    public void keepOnly(Collection<String> ids) {
        routes.keySet().retainAll(ids);
    }

    /**
     * {@return the figures of each route of which a message was decided on or failed, by its id}
     */
    public synchronized Map<String, Figures> snapshot() {
        Map<String, Figures> snapshot = new TreeMap<>();
        long nowNanos = nanoClock.getAsLong();
        routes.forEach((id, route) -> snapshot.put(id, figures(route, nowNanos)));
        return snapshot;
    }

    private static Figures figures(RouteRecord route, long nowNanos) {
        route.latencies.forEach(Latency::collect);
        long messages = route.messages.sum();
        // The first message of a route is no thousand a second just because it came right now.
        double seconds = Math.max(1, (nowNanos - route.rateNanos) / 1e9);
        return new Figures(
                messages,
                route.failed.sum(),
                route.dropped.sum(),
                route.samples.sum(),
                (messages - route.rateMessages) / seconds,
                micros(route, 50),
                micros(route, 99));
    }

    private static Map<String, Long> micros(RouteRecord route, double percentile) {
        Map<String, Long> micros = new LinkedHashMap<>();
        for (int i = 0; i < STAGES.size(); i++) {
            micros.put(STAGES.get(i), route.latencies.get(i).micros(percentile));
        }
        if (route.samples.sum() > 0) {
            micros.put("sample", route.sample.micros(percentile));
        }
        return micros;
    }
}
