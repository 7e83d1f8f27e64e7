package dev.ganglion.runtime.act;

import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the owner's file says of one actuator, checked against what that can do. Immutable.
 *
 * @param file the file's name, for messages
 * @param allow what may be done; null when everything that is not denied may
 * @param target the options of the actuator that tell its devices apart; null when it is one device
 *     by whatever route
 */
record EnvelopeRules(
        String file,
        @Nullable List<String> target,
        @Nullable List<ActionPattern> allow,
        List<ActionPattern> deny,
        List<Limit> limits,
        List<Rate> rates,
        List<Hours> hours,
        List<Never> never,
        List<Confirm> confirm,
        @Nullable PinHash pin,
        long confirmWithinNanos,
        long lockOutNanos,
        boolean dryRun,
        long silenceNanos) {
    static final List<String> KEYS =
            List.of(
                    "target",
                    "allow",
                    "deny",
                    "limits",
                    "rate",
                    "hours",
                    "never",
                    "confirm",
                    "pin",
                    "confirmWithinSeconds",
                    "lockOutMinutes",
                    "dryRun",
                    "safeAfterSilenceMillis");

    /**
     * A number, or the length of a text, from one bound to the other.
     *
     * @param mayLack whether an action that leaves it out is done
     */
    record Limit(
            ActionPattern of,
            String parameter,
            double from,
            double to,
            String in,
            boolean mayLack) {}

    /** So many within a time. */
    record Rate(ActionPattern of, int count, long windowNanos) {}

    /** A part of the day, over midnight when it ends before it begins. */
    record Hours(ActionPattern of, LocalTime from, LocalTime to) {
        boolean contain(LocalTime now) {
            boolean after = !now.isBefore(from);
            boolean before = now.isBefore(to);
            return from.isBefore(to) ? after && before : after || before;
        }
    }

    /**
     * A state of the device: what begins it and what ends it.
     *
     * @param safeEnds whether it ends when the device is made safe
     */
    record Side(List<ActionPattern> begins, List<ActionPattern> ends, boolean safeEnds) {
        boolean begunBy(Attempt attempt) {
            for (ActionPattern each : begins) {
                if (each.possibly(attempt)) {
                    return true;
                }
            }
            return false;
        }

        boolean endedBy(Attempt attempt) {
            for (ActionPattern each : ends) {
                if (each.surely(attempt)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Two states that must not hold together. */
    record Never(Side first, Side second) {}

    /** What somebody must confirm: with the PIN, or anybody who may operate the container. */
    record Confirm(ActionPattern of, boolean byPin) {}

    /** Where the file says nothing of an actuator. */
    static EnvelopeRules none() {
        return new EnvelopeRules(
                "", null, null, List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
                null, 0, 0, false, 0);
    }

    /** {@return why an action must not be done, whatever was done before; empty when it may} */
    String refusal(Attempt attempt) {
        List<ActionPattern> allowed = allow;
        if (allowed != null && !areAllowed(allowed, attempt)) {
            return notAllowed(attempt) + ": it is not among what " + file + " allows: " + allowed;
        }
        for (ActionPattern each : deny) {
            if (each.possibly(attempt)) {
                return notAllowed(attempt) + ": it is denied by " + file + ": " + each;
            }
        }
        return beyond(attempt);
    }

    private String beyond(Attempt attempt) {
        for (Limit each : limits) {
            if (!each.of().possibly(attempt) || !ActionPattern.takes(attempt, each.parameter())) {
                continue;
            }
            Object value = attempt.parameters().get(each.parameter());
            String limited =
                    notAllowed(attempt)
                            + ": "
                            + file
                            + " limits '"
                            + each.parameter()
                            + "' to "
                            + plain(each.from())
                            + " to "
                            + plain(each.to())
                            + each.in();
            if (value == null) {
                if (each.mayLack()) {
                    continue;
                }
                return limited + ", and it was left out";
            }
            double size =
                    value instanceof Number number
                            ? number.doubleValue()
                            : value.toString().length();
            if (!(size >= each.from() && size <= each.to())) {
                return limited + ", found " + (value instanceof Number ? value : plain(size));
            }
        }
        return "";
    }

    /** Each thing that is touched must be allowed by some pattern. */
    private static boolean areAllowed(List<ActionPattern> patterns, Attempt attempt) {
        for (Map<String, Object> thing : attempt.touched()) {
            boolean allowed = false;
            for (ActionPattern each : patterns) {
                allowed |= each.surely(attempt, thing);
            }
            if (!allowed) {
                return false;
            }
        }
        return !attempt.touched().isEmpty();
    }

    /** {@return why an action must not be done at this time of the day; empty when it may} */
    String untimely(Attempt attempt, LocalTime now) {
        for (Hours each : hours) {
            if (each.of().possibly(attempt) && !each.contain(now)) {
                return "the owner does not allow "
                        + attempt.name()
                        + " now: it is done from "
                        + each.from()
                        + " to "
                        + each.to()
                        + " only, says "
                        + file;
            }
        }
        return "";
    }

    /** {@return who must confirm an action, the strictest first; null when nobody must} */
    @Nullable Confirm confirmation(Attempt attempt) {
        Confirm found = null;
        for (Confirm each : confirm) {
            if (each.of().possibly(attempt) && (found == null || each.byPin())) {
                found = each;
            }
        }
        return found;
    }

    static String plain(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    private static String notAllowed(Attempt attempt) {
        return "the owner does not allow " + attempt.name() + attempt.parameters();
    }
}
