package dev.ganglion.runtime.act;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.runtime.act.EnvelopeRules.Confirm;
import dev.ganglion.runtime.act.EnvelopeRules.Hours;
import dev.ganglion.runtime.act.EnvelopeRules.Limit;
import dev.ganglion.runtime.act.EnvelopeRules.Never;
import dev.ganglion.runtime.act.EnvelopeRules.Rate;
import dev.ganglion.runtime.act.EnvelopeRules.Side;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what the owner's file says of one actuator, against what that can do. */
final class EnvelopeReader {
    private static final int MOST_PER_MINUTE = 10_000;
    private static final long DAY_MILLIS = 86_400_000;
    private static final long CONFIRM_SECONDS = 60;
    private static final long LOCK_OUT_MINUTES = 5;

    private final String file;
    private final String actuator;
    private final List<ActionSpec> actions;
    private final EnvelopeYaml yaml;

    private EnvelopeReader(String file, String actuator, List<ActionSpec> actions) {
        this.file = file;
        this.actuator = actuator;
        this.actions = actions;
        this.yaml = new EnvelopeYaml(file + ", " + actuator);
    }

    /**
     * The rules for an actuator.
     *
     * @param options the names of its options
     * @throws GanglionException of kind SETUP that names the place when something does not exist or
     *     does not fit
     */
    static EnvelopeRules read(
            EnvelopeFile file, String actuator, List<ActionSpec> actions, List<String> options) {
        Map<?, ?> entry = file.actuators.get(actuator);
        return entry == null
                ? EnvelopeRules.none()
                : new EnvelopeReader(file.name, actuator, actions).rules(entry, options);
    }

    private EnvelopeRules rules(Map<?, ?> entry, List<String> options) {
        List<ActionPattern> allow =
                entry.get("allow") == null ? null : patterns("allow", entry.get("allow"));
        List<ActionPattern> deny = patterns("deny", entry.get("deny"));
        List<Never> never = never(entry.get("never"));
        List<Confirm> confirm = confirm(entry.get("confirm"));
        deny.forEach(each -> refuseOtherWords("deny", each, allow));
        confirm.forEach(each -> refuseOtherWords("confirm", each.of(), allow));
        for (Never each : never) {
            each.first().begins().forEach(begin -> refuseOtherWords("never", begin, allow));
            each.second().begins().forEach(begin -> refuseOtherWords("never", begin, allow));
        }
        PinHash pin = pin(entry.get("pin"));
        if (pin == null && confirm.stream().anyMatch(Confirm::byPin)) {
            throw yaml.refused("confirm", "'pin:' with what 'ganglion confirm --hash' prints", "");
        }
        return new EnvelopeRules(
                file,
                target(entry.get("target"), options),
                allow,
                deny,
                limits(entry.get("limits")),
                rates(entry.get("rate")),
                hours(entry.get("hours")),
                never,
                confirm,
                pin,
                TimeUnit.SECONDS.toNanos(
                        yaml.whole(
                                "confirmWithinSeconds",
                                entry.get("confirmWithinSeconds"),
                                1,
                                3600,
                                CONFIRM_SECONDS)),
                TimeUnit.MINUTES.toNanos(
                        yaml.whole(
                                "lockOutMinutes",
                                entry.get("lockOutMinutes"),
                                1,
                                1440,
                                LOCK_OUT_MINUTES)),
                yaml.flag("dryRun", entry.get("dryRun")),
                TimeUnit.MILLISECONDS.toNanos(
                        yaml.whole(
                                "safeAfterSilenceMillis",
                                entry.get("safeAfterSilenceMillis"),
                                100,
                                DAY_MILLIS,
                                0)));
    }

    private @Nullable List<String> target(@Nullable Object written, List<String> options) {
        if (written == null) {
            return null;
        }
        List<String> target = new ArrayList<>();
        for (Object each : EnvelopeYaml.list(written)) {
            if (!options.contains(String.valueOf(each))) {
                throw yaml.refused(
                        "target", "one of its options (" + String.join(", ", options) + ")", each);
            }
            target.add(String.valueOf(each));
        }
        return target;
    }

    /**
     * A word that the device takes for another (the hall, the corridor) would lead past a rule
     * about that other: where any text is taken, the rule needs a list of all that may be said.
     */
    private void refuseOtherWords(
            String where, ActionPattern pattern, @Nullable List<ActionPattern> allow) {
        for (ActionSpec action : named(pattern)) {
            for (String parameter : pattern.values().keySet()) {
                Parameter spec = parameter(action, parameter);
                boolean open =
                        spec != null
                                && spec.values().isEmpty()
                                && !spec.isNumber()
                                && !spec.isFlag();
                boolean listed =
                        allow != null
                                && allow.stream()
                                        .filter(each -> named(each).contains(action))
                                        .allMatch(each -> each.values().containsKey(parameter));
                if (open && !listed) {
                    throw yaml.refused(
                            where + ", " + pattern,
                            "that 'allow:' lists which '"
                                    + parameter
                                    + "' "
                                    + action.name()
                                    + " may get, because it takes any text and the device may know"
                                    + " other words for the same",
                            allow == null ? "no allow:" : allow);
                }
            }
        }
    }

    private List<ActionSpec> named(ActionPattern pattern) {
        return actions.stream()
                .filter(
                        each ->
                                pattern.action().equals(ActionPattern.ANY)
                                        || pattern.action().equals(each.name()))
                .toList();
    }

    private static @Nullable Parameter parameter(ActionSpec action, String name) {
        return action.parameters().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private List<ActionPattern> patterns(String where, @Nullable Object written) {
        List<ActionPattern> patterns = new ArrayList<>();
        for (Object each : EnvelopeYaml.list(written)) {
            patterns.add(pattern(where, each, List.of()));
        }
        return patterns;
    }

    /**
     * Reads one pattern.
     *
     * @param other keys of the same map that say something else
     */
    private ActionPattern pattern(String where, @Nullable Object written, List<String> other) {
        if (!(written instanceof Map<?, ?> map)) {
            return new ActionPattern(action(where, written), Map.of());
        }
        String action = action(where, map.get("action"));
        Map<String, List<Object>> values = new LinkedHashMap<>();
        for (Map.Entry<?, ?> each : map.entrySet()) {
            String key = String.valueOf(each.getKey());
            if (!key.equals("action") && !other.contains(key)) {
                values.put(key, values(where + ", " + action, action, key, each.getValue()));
            }
        }
        return new ActionPattern(action, values);
    }

    private String action(String where, @Nullable Object written) {
        String name = String.valueOf(written);
        if (!name.equals(ActionPattern.ANY)
                && actions.stream().noneMatch(each -> each.name().equals(name))) {
            throw yaml.refused(
                    where,
                    "an action of act:"
                            + actuator
                            + " ("
                            + actions.stream()
                                    .map(ActionSpec::name)
                                    .collect(Collectors.joining(", "))
                            + ") or \"*\"",
                    written);
        }
        return name;
    }

    private List<Object> values(
            String where, String action, String parameter, @Nullable Object written) {
        Parameter spec = spec(where, action, parameter);
        List<Object> values = new ArrayList<>();
        for (Object each : EnvelopeYaml.list(written)) {
            values.add(spec.parse(file + ", " + actuator + ", " + where, each));
        }
        if (values.isEmpty()) {
            throw yaml.refused(where + ", " + parameter, spec.expected(), written);
        }
        values.replaceAll(each -> each instanceof String text ? text.strip() : each);
        return values;
    }

    private Parameter spec(String where, String action, @Nullable Object parameter) {
        List<Parameter> known =
                actions.stream()
                        .filter(
                                each ->
                                        action.equals(ActionPattern.ANY)
                                                || action.equals(each.name()))
                        .flatMap(each -> each.parameters().stream())
                        .toList();
        return known.stream()
                .filter(each -> each.name().equals(parameter))
                .findFirst()
                .orElseThrow(
                        () ->
                                yaml.refused(
                                        where,
                                        "a parameter ("
                                                + known.stream()
                                                        .map(Parameter::name)
                                                        .distinct()
                                                        .collect(Collectors.joining(", "))
                                                + ")",
                                        parameter));
    }

    private List<Limit> limits(@Nullable Object written) {
        List<String> own = List.of("parameter", "from", "to");
        List<Limit> limits = new ArrayList<>();
        for (Object each : EnvelopeYaml.list(written)) {
            ActionPattern of = pattern("limits", each, own);
            Map<?, ?> map = each instanceof Map<?, ?> given ? given : Map.of();
            Parameter spec = spec("limits, " + of.action(), of.action(), map.get("parameter"));
            String where = "limits, " + of.action() + ", " + spec.name();
            boolean number = spec.isNumber();
            if (!number && (spec.isFlag() || !spec.values().isEmpty())) {
                throw yaml.refused(
                        where,
                        "a parameter that is a number or any text; say under 'allow:' which values"
                                + " this one may have",
                        spec.expected());
            }
            double from =
                    yaml.number(where + ", from", map.get("from"), number ? spec.minimum() : 0);
            double to =
                    yaml.number(
                            where + ", to",
                            map.get("to"),
                            number ? spec.maximum() : Integer.MAX_VALUE);
            if (from > to) {
                throw yaml.refused(where, "from below to", from + " to " + to);
            }
            String unit = "1".equals(spec.unit()) ? "" : " " + spec.unit();
            limits.add(new Limit(of, spec.name(), from, to, number ? unit : " characters"));
        }
        return limits;
    }

    private List<Rate> rates(@Nullable Object written) {
        List<Rate> rates = new ArrayList<>();
        for (Object each : EnvelopeYaml.list(written)) {
            ActionPattern of = pattern("rate", each, List.of("everyMillis", "perMinute"));
            Map<?, ?> map = each instanceof Map<?, ?> given ? given : Map.of();
            String where = "rate, " + of.action();
            if ((map.get("everyMillis") == null) == (map.get("perMinute") == null)) {
                throw yaml.refused(where, "either everyMillis or perMinute", map);
            }
            long everyMillis = yaml.whole(where, map.get("everyMillis"), 1, DAY_MILLIS, 60_000);
            int count = (int) yaml.whole(where, map.get("perMinute"), 1, MOST_PER_MINUTE, 1);
            rates.add(new Rate(of, count, TimeUnit.MILLISECONDS.toNanos(everyMillis)));
        }
        return rates;
    }

    private List<Hours> hours(@Nullable Object written) {
        List<Hours> hours = new ArrayList<>();
        for (Object each : EnvelopeYaml.list(written)) {
            ActionPattern of =
                    each instanceof Map<?, ?>
                            ? pattern("hours", each, List.of("within"))
                            : new ActionPattern(ActionPattern.ANY, Map.of());
            Object within = each instanceof Map<?, ?> map ? map.get("within") : each;
            String[] ends = String.valueOf(within).split("-");
            try {
                if (ends.length == 2) {
                    LocalTime from = LocalTime.parse(ends[0].strip());
                    LocalTime to = LocalTime.parse(ends[1].strip());
                    if (!from.equals(to)) {
                        hours.add(new Hours(of, from, to));
                        continue;
                    }
                }
            } catch (DateTimeException noTime) {
                // Told below, as whatever else is no part of a day.
            }
            throw yaml.refused("hours", "two times such as \"07:00-22:00\", in quotes", within);
        }
        return hours;
    }

    private List<Never> never(@Nullable Object written) {
        List<Never> pairs = new ArrayList<>();
        for (Object each : EnvelopeYaml.list(written)) {
            if (!(each instanceof List<?> pair) || pair.size() != 2) {
                throw yaml.refused(
                        "never", "lists of two states, each with 'begins' and 'ends'", each);
            }
            pairs.add(new Never(side(pair.get(0)), side(pair.get(1))));
        }
        return pairs;
    }

    private Side side(@Nullable Object written) {
        Map<?, ?> map = yaml.map("never", written, List.of("begins", "ends"));
        Side side =
                new Side(
                        patterns("never, begins", map.get("begins")),
                        patterns("never, ends", map.get("ends")));
        if (side.begins().isEmpty()) {
            throw yaml.refused("never", "'begins' with an action", written);
        }
        return side;
    }

    private List<Confirm> confirm(@Nullable Object written) {
        List<Confirm> confirm = new ArrayList<>();
        for (Object each : EnvelopeYaml.list(written)) {
            ActionPattern of = pattern("confirm", each, List.of("by"));
            String by = each instanceof Map<?, ?> map ? String.valueOf(map.get("by")) : "";
            if (!by.equals("pin") && !by.equals("operator")) {
                throw yaml.refused("confirm, " + of.action(), "'by: pin' or 'by: operator'", each);
            }
            confirm.add(new Confirm(of, by.equals("pin")));
        }
        return confirm;
    }

    private @Nullable PinHash pin(@Nullable Object written) {
        if (written == null) {
            return null;
        }
        try {
            return PinHash.parse(String.valueOf(written));
        } catch (IllegalArgumentException e) {
            // What was written may be the PIN itself: it is not repeated.
            throw yaml.refused("pin", "what 'ganglion confirm --hash' prints", "something else");
        }
    }
}
