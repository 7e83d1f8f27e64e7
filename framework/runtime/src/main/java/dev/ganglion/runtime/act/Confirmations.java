package dev.ganglion.runtime.act;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Actions that wait for a person's word, of all devices. Thread-safe. */
final class Confirmations {
    private static final int MOST_OF_A_DEVICE = 16;
    private static final int ID_LETTERS = 6;

    /** Without what looks like another one. */
    private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

    /** An action that waits, under a name that no other one ever had. */
    record Entry(
            String id,
            DeviceGuard guard,
            ActionGate gate,
            Attempt attempt,
            EnvelopeRules rules,
            boolean byPin,
            long untilNanos) {}

    private final List<Entry> entries = new ArrayList<>();
    private final SecureRandom random = new SecureRandom();
    private final WrongPins wrongPins;

    Confirmations(WrongPins wrongPins) {
        this.wrongPins = wrongPins;
    }

    /**
     * Has an action wait; one that waits already does not wait twice.
     *
     * @return null when too many of the device wait
     */
    synchronized @Nullable Entry add(
            DeviceGuard guard,
            ActionGate gate,
            Attempt attempt,
            EnvelopeRules rules,
            boolean byPin,
            long nowNanos) {
        entries.removeIf(each -> each.untilNanos() - nowNanos <= 0);
        for (Entry each : entries) {
            if (each.gate() == gate && each.attempt().isSame(attempt) && each.rules() == rules) {
                return each;
            }
        }
        if (entries.stream().filter(each -> each.guard() == guard).count() >= MOST_OF_A_DEVICE) {
            return null;
        }
        Entry entry =
                new Entry(
                        id(),
                        guard,
                        gate,
                        attempt,
                        rules,
                        byPin,
                        nowNanos + rules.confirmWithinNanos());
        entries.add(entry);
        return entry;
    }

    private String id() {
        StringBuilder id = new StringBuilder(ID_LETTERS);
        for (int i = 0; i < ID_LETTERS; i++) {
            id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        String made = id.toString();
        return entries.stream().anyMatch(each -> each.id().equals(made)) ? id() : made;
    }

    synchronized List<Entry> entries(long nowNanos) {
        entries.removeIf(each -> each.untilNanos() - nowNanos <= 0);
        return List.copyOf(entries);
    }

    synchronized void forget(DeviceGuard guard) {
        entries.removeIf(each -> each.guard() == guard);
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
            return entry.id() + " does not wait any more";
        }
        String actuator = entry.guard().actuator;
        if (entry.byPin() && pin.isEmpty()) {
            return entry.id()
                    + " needs the PIN of act:"
                    + actuator
                    + ": ganglion confirm "
                    + entry.id()
                    + " --pin";
        }
        String refusal = entry.byPin() ? wrongPins.check(actuator, entry.rules(), pin) : "";
        if (refusal.isEmpty()) {
            entries.remove(entry);
        }
        return refusal;
    }
}
