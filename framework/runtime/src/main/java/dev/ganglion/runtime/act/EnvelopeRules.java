package dev.ganglion.runtime.act;

import java.time.LocalTime;
import java.util.List;
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

    /** A number, or the length of a text, from one bound to the other. */
    record Limit(ActionPattern of, String parameter, double from, double to, String in) {}

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

    /** A state of the device: what begins it and what ends it. */
    record Side(List<ActionPattern> begins, List<ActionPattern> ends) {
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
        if (allowed != null && !anySurely(allowed, attempt)) {
            return described(attempt) + " is not among what " + file + " allows: " + allowed;
        }
        for (ActionPattern each : deny) {
            if (each.possibly(attempt)) {
                return described(attempt) + " is denied by " + file + ": " + each;
            }
        }
        for (Limit each : limits) {
            Object value = attempt.parameters().get(each.parameter());
            if (value != null && each.of().possibly(attempt)) {
                double size =
                        value instanceof Number number
                                ? number.doubleValue()
                                : value.toString().length();
                if (!(size >= each.from() && size <= each.to())) {
                    return attempt.name()
                            + ": "
                            + file
                            + " limits '"
                            + each.parameter()
                            + "' to "
                            + plain(each.from())
                            + " to "
                            + plain(each.to())
                            + each.in()
                            + ", found "
                            + (value instanceof Number ? value : plain(size));
                }
            }
        }
        return "";
    }

    private static boolean anySurely(List<ActionPattern> patterns, Attempt attempt) {
        for (ActionPattern each : patterns) {
            if (each.surely(attempt)) {
                return true;
            }
        }
        return false;
    }

    /** {@return why an action must not be done at this time of the day; empty when it may} */
    String untimely(Attempt attempt, LocalTime now) {
        for (Hours each : hours) {
            if (each.of().possibly(attempt) && !each.contain(now)) {
                return attempt.name()
                        + " is done from "
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

    private static String described(Attempt attempt) {
        return attempt.name() + attempt.parameters();
    }
}
