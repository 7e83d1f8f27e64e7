package dev.ganglion.runtime.act;

import dev.ganglion.runtime.act.EnvelopeRules.Never;
import dev.ganglion.runtime.act.EnvelopeRules.Side;
import java.util.ArrayList;
import java.util.List;

/**
 * Which states hold that must not hold together. What nobody has ended may hold. Belongs to who has
 * the device's turn.
 */
final class Interlocks {
    private enum Held {
        NO,
        MAYBE,
        YES
    }

    /** The state of one side, and what it was before the last action. */
    private static final class Known {
        final Side side;
        Held held = Held.MAYBE;
        Held before = Held.MAYBE;

        Known(Side side) {
            this.side = side;
        }
    }

    private List<Never> pairs = List.of();
    private List<Known> known = List.of();

    /** Takes rules over; what is known of those that stay as they are stays known. */
    void follow(List<Never> newPairs) {
        List<Known> newKnown = new ArrayList<>();
        for (Never pair : newPairs) {
            int former = pairs.indexOf(pair);
            newKnown.add(former < 0 ? new Known(pair.first()) : known.get(2 * former));
            newKnown.add(former < 0 ? new Known(pair.second()) : known.get(2 * former + 1));
        }
        pairs = newPairs;
        known = newKnown;
    }

    /** {@return why an action would make two states hold that must not hold together, or empty} */
    String refusal(String actuator, Attempt attempt) {
        for (int i = 0; i < known.size(); i++) {
            Known begun = known.get(i);
            Known other = known.get(i ^ 1);
            if (!begun.side.begunBy(attempt)) {
                continue;
            }
            boolean both = other.side.begunBy(attempt);
            if (both
                    || stands(other, attempt)
                            && !(other.held == Held.MAYBE && other.side.safeEnds())) {
                return "the owner does not allow "
                        + attempt.name()
                        + " of act:"
                        + actuator
                        + " now, because "
                        + pairs.get(i / 2).first().begins()
                        + " and "
                        + pairs.get(i / 2).second().begins()
                        + " must never hold together"
                        + (both
                                ? " and it may begin both"
                                : (other.held == Held.YES ? "" : " and nobody knows what holds")
                                        + "; end the other one first: "
                                        + other.side.ends());
            }
        }
        return "";
    }

    private static boolean stands(Known other, Attempt attempt) {
        return other.held != Held.NO && !other.side.endedBy(attempt);
    }

    /** Whether an action begins a state while the other one may hold and making safe ends it. */
    boolean needsToBeSafe(Attempt attempt) {
        for (int i = 0; i < known.size(); i++) {
            if (known.get(i).side.begunBy(attempt) && stands(known.get(i ^ 1), attempt)) {
                return true;
            }
        }
        return false;
    }

    /** The device did it. */
    void done(Attempt attempt) {
        for (Known each : known) {
            each.before = each.held;
            if (each.side.begunBy(attempt)) {
                each.held = Held.YES;
            } else if (each.side.endedBy(attempt)) {
                each.held = Held.NO;
            }
        }
    }

    /** It would have been done; before it, the device would have been made safe where it must. */
    void rehearsed(Attempt attempt) {
        if (needsToBeSafe(attempt)) {
            madeSafe();
        }
        done(attempt);
    }

    /** The device failed at it: nobody knows how far it came. */
    void failed(Attempt attempt) {
        for (Known each : known) {
            if (each.side.begunBy(attempt) && each.held == Held.NO) {
                each.held = Held.MAYBE;
            }
        }
    }

    /** What was done last was taken back. */
    void undone() {
        known.forEach(each -> each.held = each.before);
    }

    /** All of the device was made safe. */
    void madeSafe() {
        for (Known each : known) {
            if (each.side.safeEnds()) {
                each.held = Held.NO;
            }
        }
    }
}
