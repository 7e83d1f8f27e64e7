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
    private final List<Parameter> facts;
    private final EnvelopeYaml yaml;

    private EnvelopeReader(
            String file, String actuator, List<ActionSpec> actions, List<Parameter> facts) {
        this.file = file;
        this.actuator = actuator;
        this.actions = actions;
        this.facts = facts;
        this.yaml = new EnvelopeYaml(file + ", " + actuator);
    }

    /**
     * The rules for an actuator.
     *
     * @param facts what is known of the things that its actions touch
     * @param options the names of its options
     * @throws GanglionException of kind SETUP that names the place when something does not exist or
     *     does not fit
     */
    static EnvelopeRules read(
            EnvelopeFile file,
            String actuator,
            List<ActionSpec> actions,
            List<Parameter> facts,
            List<String> options) {
        Map<?, ?> entry = file.actuators.get(actuator);
        return entry == null
                ? EnvelopeRules.none()
                : new EnvelopeReader(file.name, actuator, actions, facts).rules(entry, options);
    }

    private EnvelopeRules rules(Map<?, ?> entry, List<String> options) {
        List<ActionPattern> allow =
                entry.get("allow") == null ? null : patterns("allow", entry.get("allow"));
        List<ActionPattern> deny = patterns("deny", entry.get("deny"));
        List<Never> never = never(entry.get("never"));
        List<Confirm> confirm = confirm(entry.get("confirm"));
        List<Limit> limits = limits(entry.get("limits"));
        List<Rate> rates = rates(entry.get("rate"));
        List<Hours> hours = hours(entry.get("hours"));
        deny.forEach(each -> refuseOtherWords("deny", each, allow));
        limits.forEach(each -> refuseOtherWords("limits", each.of(), allow));
        rates.forEach(each -> refuseOtherWords("rate", each.of(), allow));
        hours.forEach(each -> refuseOtherWords("hours", each.of(), allow));
        confirm.forEach(each -> refuseOtherWords("confirm", each.of(), allow));
        for (Never each : never) {
            for (Side side : List.of(each.first(), each.second())) {
                side.begins().forEach(begin -> refuseOtherWords("never", begin, allow));
            }
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
                limits,
                rates,
                hours,
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
        for (Object each : yaml.list(written)) {
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
                Parameter spec = named(facts, parameter) ? null : parameter(action, parameter);
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

    private static boolean named(List<Parameter> parameters, String name) {
        return parameters.stream().anyMatch(each -> each.name().equals(name));
    }

    private static @Nullable Parameter parameter(ActionSpec action, String name) {
        return action.parameters().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private List<ActionPattern> patterns(String where, @Nullable Object written) {
        List<ActionPattern> patterns = new ArrayList<>();
        for (Object each : yaml.list(written)) {
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
        List<Parameter> specs = specs(where, action, parameter);
        List<Object> values = new ArrayList<>();
        for (Object each : yaml.list(written)) {
            values.addAll(parsed(where, specs, each));
        }
        if (values.isEmpty()) {
            throw yaml.refused(where + ", " + parameter, specs.get(0).expected(), written);
        }
        values.replaceAll(each -> each instanceof String text ? text.strip() : each);
        return values;
    }

    /** Of several actions one may take it as a number and another as a word. */
    private List<Object> parsed(String where, List<Parameter> specs, @Nullable Object written) {
        List<Object> parsed = new ArrayList<>();
        GanglionException first = null;
        for (Parameter spec : specs) {
            if (written == null) {
                throw yaml.refused(where + ", " + spec.name(), spec.expected(), null);
            }
            try {
                // 7.0 is 7 to a device that counts in whole numbers.
                boolean whole =
                        spec.isWhole()
                                && written instanceof Double number
                                && number == Math.rint(number);
                Object given = whole ? (Object) ((Double) written).longValue() : written;
                Object value = spec.parse(file + ", " + actuator + ", " + where, given);
                if (!parsed.contains(value)) {
                    parsed.add(value);
                }
            } catch (GanglionException e) {
                first = first == null ? e : first;
            }
        }
        if (parsed.isEmpty() && first != null) {
            throw first;
        }
        return parsed;
    }

    /** {@return what a key may be: a fact, or else a parameter of one of the actions} */
    private List<Parameter> specs(String where, String action, @Nullable Object key) {
        List<Parameter> known = new ArrayList<>(facts);
        if (facts.stream().noneMatch(each -> each.name().equals(key))) {
            actions.stream()
                    .filter(each -> action.equals(ActionPattern.ANY) || action.equals(each.name()))
                    .forEach(each -> known.addAll(each.parameters()));
        }
        List<Parameter> found = known.stream().filter(each -> each.name().equals(key)).toList();
        if (found.isEmpty()) {
            throw yaml.refused(
                    where,
                    "a parameter or fact ("
                            + known.stream()
                                    .map(Parameter::name)
                                    .distinct()
                                    .collect(Collectors.joining(", "))
                            + ")",
                    key);
        }
        return found;
    }

    private List<Limit> limits(@Nullable Object written) {
        List<String> own = List.of("parameter", "from", "to", "whenAbsent");
        List<Limit> limits = new ArrayList<>();
        for (Object each : yaml.list(written)) {
            ActionPattern of = pattern("limits", each, own);
            Map<?, ?> map = each instanceof Map<?, ?> given ? given : Map.of();
            Parameter spec =
                    specs("limits, " + of.action(), of.action(), map.get("parameter")).get(0);
            String where = "limits, " + of.action() + ", " + spec.name();
            Object whenAbsent = map.get("whenAbsent");
            if (whenAbsent != null && !"allow".equals(whenAbsent)) {
                throw yaml.refused(where + ", whenAbsent", "allow, or nothing", whenAbsent);
            }
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
            limits.add(
                    new Limit(
                            of,
                            spec.name(),
                            from,
                            to,
                            number ? unit : " characters",
                            whenAbsent != null));
        }
        return limits;
    }

    private List<Rate> rates(@Nullable Object written) {
        List<Rate> rates = new ArrayList<>();
        for (Object each : yaml.list(written)) {
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
        for (Object each : yaml.list(written)) {
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
        for (Object each : yaml.list(written)) {
            if (!(each instanceof List<?> pair) || pair.size() != 2) {
                throw yaml.refused(
                        "never", "lists of two states, each with 'begins' and 'ends'", each);
            }
            pairs.add(new Never(side(pair.get(0)), side(pair.get(1))));
        }
        return pairs;
    }

    private Side side(@Nullable Object written) {
        Map<?, ?> map = yaml.map("never", written, List.of("begins", "ends", "safeEnds"));
        Side side =
                new Side(
                        patterns("never, begins", map.get("begins")),
                        patterns("never, ends", map.get("ends")),
                        yaml.flag("never, safeEnds", map.get("safeEnds")));
        if (side.begins().isEmpty()) {
            throw yaml.refused("never", "'begins' with an action", written);
        }
        if (side.ends().isEmpty() && !side.safeEnds()) {
            throw yaml.refused("never", "'ends' with an action, or 'safeEnds: true'", written);
        }
        return side;
    }

    private List<Confirm> confirm(@Nullable Object written) {
        List<Confirm> confirm = new ArrayList<>();
        for (Object each : yaml.list(written)) {
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
