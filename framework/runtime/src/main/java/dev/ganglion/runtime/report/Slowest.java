package dev.ganglion.runtime.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The slowest messages of each route, and where all of its messages spent their time. Thread-safe:
 * a message that is not among the slowest takes no lock and allocates nothing.
 */
public final class Slowest implements Observer {
    /** How many messages of a route are kept. */
    public static final int KEPT = 10;

    private static final Comparator<Slow> SLOWEST_FIRST =
            Comparator.comparingLong((Slow slow) -> slow.report().totalNanos()).reversed();

    /** What a message spends its time on, in the order in which it does; together all of it. */
    public enum Part {
        /** Between the capture of the sample and the route taking it up. */
        WAIT,
        /** In encoders. */
        ENCODE,
        /** In the model. */
        INFER,
        /** In the decider. */
        DECIDE,
        /** In the device. */
        ACT,
        /** In steps of the route that are none of the five words. */
        OTHER;

        /** {@return how long a message was in this part, in nanoseconds} */
        public long nanos(Report report) {
            return switch (this) {
                case WAIT -> report.waitNanos();
                case ENCODE -> report.encodeNanos();
                case INFER -> report.inferNanos();
                case DECIDE -> report.decideNanos();
                case ACT -> report.actNanos();
                case OTHER ->
                        Math.max(
                                0,
                                report.totalNanos()
                                        - report.waitNanos()
                                        - report.encodeNanos()
                                        - report.inferNanos()
                                        - report.decideNanos()
                                        - report.actNanos());
            };
        }
    }

    /**
     * A slow message.
     *
     * @param report its first decision
     * @param ordinal the how manyth decision of its route this was, from 1 since the start
     */
    public record Slow(Report report, long ordinal) {}

    /**
     * What is known of a route.
     *
     * @param sinceMillis since when, on the clock of {@link System#currentTimeMillis}
     * @param decisions how many decisions there were
     * @param nanos how long all of them took together, by part
     * @param slowest the slowest messages, the slowest first
     */
    public record Look(
            long sinceMillis, long decisions, Map<Part, Long> nanos, List<Slow> slowest) {}

    private static final class RouteRecord {
        private static final Part[] PARTS = Part.values();

        final long sinceMillis = System.currentTimeMillis();
        final long decisionsBefore;
        final LongAdder decisions = new LongAdder();
        final LongAdder[] nanos = new LongAdder[PARTS.length];
        private final List<Slow> kept = new ArrayList<>(KEPT + 1);

        /** What a message must exceed to be kept. */
        volatile long barNanos = Long.MIN_VALUE;

        RouteRecord(long decisionsBefore) {
            this.decisionsBefore = decisionsBefore;
            for (int i = 0; i < nanos.length; i++) {
                nanos[i] = new LongAdder();
            }
        }

        void decided(Report report) {
            decisions.increment();
            for (Part part : PARTS) {
                nanos[part.ordinal()].add(part.nanos(report));
            }
            if (report.totalNanos() > barNanos) {
                keep(report);
            }
        }

        private synchronized void keep(Report report) {
            for (Slow slow : kept) {
                // A message with several decisions is one message.
                if (slow.report().sequence() == report.sequence()
                        && slow.report().trace().equals(report.trace())) {
                    return;
                }
            }
            kept.add(new Slow(report, decisionsBefore + decisions.sum()));
            kept.sort(SLOWEST_FIRST);
            if (kept.size() > KEPT) {
                kept.remove(KEPT);
            }
            if (kept.size() == KEPT) {
                barNanos = kept.get(KEPT - 1).report().totalNanos();
            }
        }

        synchronized List<Slow> kept() {
            return List.copyOf(kept);
        }
    }

    private final Map<String, RouteRecord> routes = new ConcurrentHashMap<>();

    /** Nothing has happened yet. */
    public Slowest() {}

    @Override
    public void decided(Report report) {
        RouteRecord known = routes.get(report.route());
        if (known == null) {
            known = routes.computeIfAbsent(report.route(), first -> new RouteRecord(0));
        }
        known.decided(report);
    }

    /** {@return what is known of a route, or null when nothing was decided in it} */
    public @Nullable Look look(String route) {
        RouteRecord known = routes.get(route);
        if (known == null) {
            return null;
        }
        Map<Part, Long> nanos = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            nanos.put(part, known.nanos[part.ordinal()].sum());
        }
        return new Look(known.sinceMillis, known.decisions.sum(), nanos, known.kept());
    }

    /** {@return the routes of which something was decided, sorted} */
    public List<String> routes() {
        return routes.keySet().stream().sorted().toList();
    }

    /** Begins anew with a route, of which it stays known how many decisions there were. */
    public void reset(String route) {
        routes.computeIfPresent(
                route,
                (id, known) -> new RouteRecord(known.decisionsBefore + known.decisions.sum()));
    }

    /** Forgets all routes but these. */
    public void keepOnly(Collection<String> ids) {
        routes.keySet().retainAll(ids);
    }
}
