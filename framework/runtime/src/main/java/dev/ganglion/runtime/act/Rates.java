package dev.ganglion.runtime.act;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.runtime.act.EnvelopeRules.Rate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often which action was done lately. Belongs to who has the device's turn. */
final class Rates {
    private final String actuator;
    private final int percent;
    private final Map<String, Long> lastNanos = new HashMap<>();
    private List<Rate> rates = List.of();
    private long[][] times = {};
    private long[] counts = {};

    /** Until when something of it matters. */
    private long untilNanos;

    private boolean used;

    /**
     * @param percent how much of a time must have passed; less than 100 where messages wait
     *     differently long before they are judged
     */
    Rates(String actuator, int percent) {
        this.actuator = actuator;
        this.percent = percent;
    }

    /** Takes rules over; what is known of those that stay as they are stays known. */
    void follow(List<Rate> newRates) {
        long[][] newTimes = new long[newRates.size()][];
        long[] newCounts = new long[newRates.size()];
        for (int i = 0; i < newTimes.length; i++) {
            int former = rates.indexOf(newRates.get(i));
            newTimes[i] = former < 0 ? new long[newRates.get(i).count()] : times[former];
            newCounts[i] = former < 0 ? 0 : counts[former];
        }
        rates = newRates;
        times = newTimes;
        counts = newCounts;
    }

    /** {@return why an action comes too early, or empty} */
    String early(Attempt attempt, long nowNanos) {
        ActionSpec action = attempt.action();
        Long last = lastNanos.get(action.name());
        if (last != null && action.minimumIntervalMillis() > 0) {
            long sinceMillis = (nowNanos - last) / 1_000_000;
            if (sinceMillis * 100 < action.minimumIntervalMillis() * percent) {
                return "act:"
                        + actuator
                        + " takes '"
                        + action.name()
                        + "' every "
                        + action.minimumIntervalMillis()
                        + " ms at most, and the last one was "
                        + sinceMillis
                        + " ms ago";
            }
        }
        for (int i = 0; i < times.length; i++) {
            Rate rate = rates.get(i);
            if (rate.of().possibly(attempt) && counts[i] >= rate.count()) {
                long since = nowNanos - times[i][(int) (counts[i] % rate.count())];
                if (since * 100 < rate.windowNanos() * percent) {
                    return "the owner does not allow "
                            + attempt.name()
                            + " so often: act:"
                            + actuator
                            + " takes "
                            + rate.of()
                            + " "
                            + rate.count()
                            + " times within "
                            + rate.windowNanos() / 1_000_000
                            + " ms at most, and that many were within the last "
                            + since / 1_000_000
                            + " ms";
                }
            }
        }
        return "";
    }

    /** The device is about to be asked. */
    void asked(Attempt attempt, long nowNanos) {
        for (int i = 0; i < times.length; i++) {
            Rate rate = rates.get(i);
            if (rate.of().possibly(attempt)) {
                times[i][(int) (counts[i] % rate.count())] = nowNanos;
                counts[i]++;
                matters(nowNanos + rate.windowNanos());
            }
        }
    }

    /** The device did it. */
    void done(Attempt attempt, long nowNanos) {
        lastNanos.put(attempt.name(), nowNanos);
        matters(nowNanos + attempt.action().minimumIntervalMillis() * 1_000_000);
    }

    private void matters(long newUntilNanos) {
        if (!used || newUntilNanos - untilNanos > 0) {
            untilNanos = newUntilNanos;
        }
        used = true;
    }

    /** Whether nothing of it can keep an action from being done any more. */
    boolean isForgettable(long nowNanos) {
        return !used || nowNanos - untilNanos >= 0;
    }
}
