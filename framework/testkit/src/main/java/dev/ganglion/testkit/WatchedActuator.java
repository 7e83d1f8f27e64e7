package dev.ganglion.testkit;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Stands between whatever is tested and an actuator, and notes what no device must ever be asked:
 * an action that is not declared, a parameter that is missing, unknown, of another type or out of
 * range, two things at once, and what the test forbids. It checks by itself, with nothing of the
 * code that it watches. Thread-safe; all devices that it opens count as one.
 */
public final class WatchedActuator implements Actuator {
    /** Something that a device was asked. */
    public record Asked(String action, Map<String, Object> parameters) {
        /** Copies the map. */
        public Asked {
            parameters = Map.copyOf(parameters);
        }
    }

    /**
     * A state of the device: what begins it and what ends it.
     *
     * @param safeEnds whether it ends when the device is made safe
     */
    public record State(Predicate<Asked> begins, Predicate<Asked> ends, boolean safeEnds) {}

    private static final int MOST_SENTENCES = 20;

    private final Actuator actuator;
    private final Map<String, Predicate<Asked>> forbidden = new LinkedHashMap<>();
    private final List<State[]> never = new ArrayList<>();
    private final List<boolean[]> holds = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final Map<String, Integer> counts = new LinkedHashMap<>();
    private final AtomicInteger inside = new AtomicInteger();
    private int madeSafe;

    /** Watches an actuator. */
    public WatchedActuator(Actuator actuator) {
        this.actuator = actuator;
    }

    /** {@return this, which notes when something is asked that the test forbids} */
    public synchronized WatchedActuator forbid(String what, Predicate<Asked> isIt) {
        forbidden.put(what, isIt);
        return this;
    }

    /** {@return this, which notes when two states hold together; none holds at first} */
    public synchronized WatchedActuator neverBoth(State first, State second) {
        never.add(new State[] {first, second});
        holds.add(new boolean[2]);
        return this;
    }

    /** {@return what was asked and must not have been, as sentences, the first of them} */
    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** {@return how often each action was asked} */
    public synchronized Map<String, Integer> counts() {
        return new LinkedHashMap<>(counts);
    }

    /** {@return how often a device was made safe} */
    public synchronized int madeSafe() {
        return madeSafe;
    }

    @Override
    public String name() {
        return actuator.name();
    }

    @Override
    public List<Parameter> options() {
        return actuator.options();
    }

    @Override
    public List<ActionSpec> actions(Options options) {
        return actuator.actions(options);
    }

    @Override
    public List<Parameter> facts(Options options) {
        return actuator.facts(options);
    }

    @Override
    public List<Map<String, Object>> touches(
            Options options, String action, Map<String, Object> parameters) {
        return actuator.touches(options, action, parameters);
    }

    @Override
    public Device open(Options options) {
        List<ActionSpec> actions = actuator.actions(options);
        Device device = actuator.open(options);
        return new Device() {
            @Override
            public void perform(String action, Map<String, Object> parameters) {
                if (inside.incrementAndGet() != 1) {
                    violation("two things were asked at once, one of them " + action);
                }
                try {
                    Asked asked = new Asked(action, parameters);
                    check(actions, asked);
                    device.perform(action, parameters);
                    done(asked);
                } finally {
                    inside.decrementAndGet();
                }
            }

            @Override
            public void makeSafe() {
                nothingHolds();
                device.makeSafe();
            }

            @Override
            public boolean undo() {
                return device.undo();
            }

            @Override
            public void close() {
                device.close();
            }
        };
    }

    private synchronized void nothingHolds() {
        madeSafe++;
        for (int i = 0; i < never.size(); i++) {
            for (int side = 0; side < 2; side++) {
                holds.get(i)[side] &= !never.get(i)[side].safeEnds();
            }
        }
    }

    private synchronized void violation(String sentence) {
        if (violations.size() < MOST_SENTENCES) {
            violations.add(sentence);
        }
    }

    private synchronized void check(List<ActionSpec> actions, Asked asked) {
        counts.merge(asked.action(), 1, Integer::sum);
        ActionSpec spec =
                actions.stream()
                        .filter(each -> each.name().equals(asked.action()))
                        .findFirst()
                        .orElse(null);
        if (spec == null) {
            violation("the action is not declared: " + asked);
            return;
        }
        for (String given : asked.parameters().keySet()) {
            if (spec.parameters().stream().noneMatch(each -> each.name().equals(given))) {
                violation("'" + given + "' is not declared: " + asked);
            }
        }
        for (Parameter each : spec.parameters()) {
            @Nullable Object value = asked.parameters().get(each.name());
            if (value == null ? each.isRequired() : !fits(each, value)) {
                violation("'" + each.name() + "' must be " + each.expected() + ": " + asked);
            }
        }
        forbidden.forEach(
                (what, isIt) -> {
                    if (isIt.test(asked)) {
                        violation(what + ": " + asked);
                    }
                });
    }

    /** What the device refuses begins nothing. */
    private synchronized void done(Asked asked) {
        for (int i = 0; i < never.size(); i++) {
            boolean[] now = holds.get(i);
            for (int side = 0; side < 2; side++) {
                State state = never.get(i)[side];
                now[side] = state.begins().test(asked) || now[side] && !state.ends().test(asked);
            }
            if (now[0] && now[1]) {
                violation("two states hold that must never hold together after " + asked);
            }
        }
    }

    private static boolean fits(Parameter spec, Object value) {
        if (spec.isFlag()) {
            return value instanceof Boolean;
        }
        if (spec.isNumber()) {
            double number = value instanceof Number any ? any.doubleValue() : Double.NaN;
            boolean type = spec.isWhole() ? value instanceof Long : value instanceof Double;
            return type && number >= spec.minimum() && number <= spec.maximum();
        }
        return value instanceof String text
                && (spec.values().isEmpty() || spec.values().contains(text));
    }
}
