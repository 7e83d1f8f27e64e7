package dev.ganglion.runtime.act;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Actions of one device that wait to be confirmed, and who tried too many PINs. Belongs to who
 * holds the lock of this object.
 */
final class Waiting {
    private static final int MOST = 16;
    private static final int WRONG_PINS = 3;

    /** An action that waits. */
    record Entry(
            long number,
            ActionGate gate,
            Attempt attempt,
            EnvelopeRules rules,
            boolean byPin,
            long untilNanos) {}

    private final String actuator;
    private final List<Entry> entries = new ArrayList<>();
    private long last;
    private int wrongPins;
    private long lockedUntilNanos;
    private boolean locked;

    Waiting(String actuator) {
        this.actuator = actuator;
    }

    /** {@return the name of an entry, for people} */
    String id(Entry entry) {
        return actuator + "-" + entry.number();
    }

    /**
     * Has an action wait; one that waits already does not wait twice.
     *
     * @return null when too many wait
     */
    synchronized @Nullable Entry add(
            ActionGate gate, Attempt attempt, EnvelopeRules rules, boolean byPin, long nowNanos) {
        entries.removeIf(each -> each.untilNanos() - nowNanos <= 0);
        for (Entry each : entries) {
            if (each.attempt().isSame(attempt) && each.gate() == gate) {
                return each;
            }
        }
        if (entries.size() >= MOST) {
            return null;
        }
        Entry entry =
                new Entry(
                        ++last, gate, attempt, rules, byPin, nowNanos + rules.confirmWithinNanos());
        entries.add(entry);
        return entry;
    }

    synchronized List<Entry> entries(long nowNanos) {
        entries.removeIf(each -> each.untilNanos() - nowNanos <= 0);
        return List.copyOf(entries);
    }

    synchronized void clear() {
        entries.clear();
    }

    synchronized void forget(ActionGate gate) {
        entries.removeIf(each -> each.gate() == gate);
    }

    /**
     * Takes an action out when it may be done now.
     *
     * @param pin what was typed, empty when nothing was
     * @return why not; empty when it was taken out, which one caller only gets
     */
    synchronized String take(Entry entry, String pin, long nowNanos) {
        if (!entries.contains(entry) || entry.untilNanos() - nowNanos <= 0) {
            return id(entry) + " does not wait any more";
        }
        if (entry.byPin()) {
            if (locked && lockedUntilNanos - nowNanos > 0) {
                return "too many wrong PINs were given for act:"
                        + actuator
                        + "; try again in "
                        + ((lockedUntilNanos - nowNanos) / 1_000_000_000 + 1)
                        + " s";
            }
            PinHash hash = entry.rules().pin();
            if (pin.isEmpty()) {
                return id(entry) + " needs the PIN of act:" + actuator;
            }
            if (hash == null || !hash.matches(pin)) {
                locked = ++wrongPins >= WRONG_PINS;
                if (locked) {
                    wrongPins = 0;
                    lockedUntilNanos = nowNanos + entry.rules().lockOutNanos();
                }
                return "this is not the PIN of act:"
                        + actuator
                        + (locked ? "; no other is taken for a while" : "");
            }
            wrongPins = 0;
            locked = false;
        }
        entries.remove(entry);
        return "";
    }
}
