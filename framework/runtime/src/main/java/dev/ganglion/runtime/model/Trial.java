package dev.ganglion.runtime.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Judges a version that is on probation against the one before it. */
final class Trial {
    /** Fewer messages say nothing about a rate. */
    private static final int ENOUGH = 20;

    /** What was found. */
    record Verdict(boolean passed, String why) {}

    final Strategy strategy;
    final LoadedModel next;
    final LoadedModel base;
    final @Nullable Shadow shadow;
    private final long startNanos = System.nanoTime();
    private final long baseNanos;

    Trial(Strategy strategy, LoadedModel next, LoadedModel base, @Nullable Shadow shadow) {
        this.strategy = strategy;
        this.next = next;
        this.base = base;
        this.shadow = shadow;
        this.baseNanos = base.outcomes.percentile95Nanos();
    }

    /** {@return the word for people} */
    String state() {
        return switch (strategy.way()) {
            case CANARY -> "canary";
            case SHADOW -> "shadow";
            default -> "probation";
        };
    }

    /** {@return what is found so far, or null when it is too early} */
    @Nullable Verdict judge() {
        Outcomes outcomes = next.outcomes;
        long messages = outcomes.messages();
        double errorPercent = messages == 0 ? 0 : 100.0 * outcomes.failures() / messages;
        boolean enough = messages >= Math.min(ENOUGH, Math.max(1, strategy.probationMessages()));
        if (enough && errorPercent > strategy.maxErrorPercent()) {
            return failed(
                    "%d of its %d messages failed (%.1f %%, at most %.1f %% allowed)",
                    outcomes.failures(), messages, errorPercent, strategy.maxErrorPercent());
        }
        double megabytes = next.bytes() / 1e6;
        if (strategy.maxMemoryMegabytes() > 0 && megabytes > strategy.maxMemoryMegabytes()) {
            return failed(
                    "it takes %.1f MB (at most %d MB allowed)",
                    megabytes, strategy.maxMemoryMegabytes());
        }
        // A canary is measured at the same time as the version beside it, which is fairer.
        long before =
                strategy.way() == Strategy.Way.CANARY
                        ? base.outcomes.percentile95Nanos()
                        : baseNanos;
        long after = outcomes.percentile95Nanos();
        if (enough
                && messages >= ENOUGH
                && strategy.maxLatencyRatio() > 0
                && before > 0
                && after > before * strategy.maxLatencyRatio()) {
            return failed(
                    "95 of 100 of its steps take up to %.0f us, and %.0f us with the version before"
                            + " (at most %.1f times as long allowed)",
                    after / 1e3, before / 1e3, strategy.maxLatencyRatio());
        }
        long elapsedMillis = (System.nanoTime() - startNanos) / 1_000_000;
        if (elapsedMillis < strategy.probationMillis() || messages < strategy.probationMessages()) {
            return null;
        }
        return new Verdict(
                true,
                String.format(
                        Locale.ROOT,
                        "%d messages in %.1f s, %.1f %% failed, 95 of 100 took up to %.0f us (%.0f us"
                                + " before)",
                        messages,
                        elapsedMillis / 1e3,
                        errorPercent,
                        after / 1e3,
                        before / 1e3));
    }

    private static Verdict failed(String format, Object... values) {
        return new Verdict(false, String.format(Locale.ROOT, format, values));
    }
}
