package dev.ganglion.actuator.home;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The timers of a home, as the state of one device that every home has. A timer that is over is
 * forgotten at the next look; nothing rings.
 */
final class Timers {
    /** What the timers are kept in. */
    static final Plan.Item ITEM =
            new Plan.Item(
                    "", "timers", Kind.LIST, List.of(), "", Map.of("timers", List.of()), 0, 0);

    private static final int MAXIMUM = 100;

    /**
     * One timer.
     *
     * @param name plain, or empty
     * @param seconds what it was started with
     * @param command what was asked for at its end, or empty
     * @param ends when it is over; null while it is paused
     * @param leftSeconds what was left when it was paused
     */
    private record Timer(
            String name, long seconds, String command, @Nullable Instant ends, long leftSeconds) {
        long left(Instant now) {
            return ends == null
                    ? leftSeconds
                    : Math.max(0, (now.until(ends, ChronoUnit.MILLIS) + 999) / 1000);
        }

        Timer endingIn(long left, Instant now) {
            return new Timer(name, seconds, command, now.plusSeconds(left), 0);
        }

        Timer paused(Instant now) {
            return new Timer(name, seconds, command, null, left(now));
        }

        Timer longerBy(long more, Instant now) {
            long left = left(now) + more;
            return ends == null
                    ? new Timer(name, seconds, command, null, left)
                    : endingIn(left, now);
        }

        Map<String, Object> line() {
            Map<String, Object> line = new LinkedHashMap<>();
            if (!name.isEmpty()) {
                line.put("name", name);
            }
            line.put("seconds", seconds);
            if (!command.isEmpty()) {
                line.put("command", command);
            }
            if (ends == null) {
                line.put("left", leftSeconds);
            } else {
                line.put("ends", ends.truncatedTo(ChronoUnit.SECONDS).toString());
            }
            return line;
        }

        @Override
        public String toString() {
            return (name.isEmpty() ? "one" : "'" + name + "'") + " of " + seconds + " s";
        }
    }

    private Timers() {}

    /** {@return what a line of JSON says about them} */
    static List<Map<String, Object>> lines(Object timers) {
        List<Map<String, Object>> lines = new ArrayList<>();
        for (Object each : (List<?>) timers) {
            lines.add(((Timer) each).line());
        }
        return lines;
    }

    private static List<Timer> running(Map<String, Object> state, Instant now) {
        List<Timer> running = new ArrayList<>();
        if (state.get("timers") instanceof List<?> timers) {
            for (Object each : timers) {
                if (each instanceof Timer timer && timer.left(now) > 0) {
                    running.add(timer);
                }
            }
        }
        return running;
    }

    /** Starts another one. */
    static void start(Plan plan, Given given, Instant now, Map<String, Object> state) {
        long seconds = given.seconds("");
        if (seconds == 0) {
            throw plan.input("a timer needs hours, minutes or seconds, at least one second in all");
        }
        List<Timer> timers = running(state, now);
        if (timers.size() == MAXIMUM) {
            throw plan.input("there are " + MAXIMUM + " timers already; cancel one first");
        }
        timers.add(
                new Timer(
                                Plan.said(given.text("name", "")),
                                seconds,
                                given.text("conversation_command", ""),
                                null,
                                0)
                        .endingIn(seconds, now));
        state.put("timers", List.copyOf(timers));
    }

    /** Cancels those that are meant, or the only one. */
    static void cancel(Plan plan, Given given, Instant now, Map<String, Object> state) {
        List<Timer> timers = running(state, now);
        timers.remove(one(plan, given, timers));
        state.put("timers", List.copyOf(timers));
    }

    /** Cancels every one that is meant; every one at all when none is. */
    static void cancelAll(Plan plan, Given given, Instant now, Map<String, Object> state) {
        List<Timer> timers = running(state, now);
        timers.removeAll(meant(plan, given, timers));
        state.put("timers", List.copyOf(timers));
    }

    static void pause(Plan plan, Given given, Instant now, Map<String, Object> state) {
        replace(plan, given, now, state, timer -> timer.paused(now));
    }

    static void unpause(Plan plan, Given given, Instant now, Map<String, Object> state) {
        replace(
                plan,
                given,
                now,
                state,
                timer -> timer.ends() == null ? timer.endingIn(timer.left(now), now) : timer);
    }

    /**
     * Makes one longer, or shorter; one that has nothing left is over.
     *
     * @param direction 1 or -1
     */
    static void change(
            Plan plan, Given given, Instant now, Map<String, Object> state, int direction) {
        long seconds = given.seconds("");
        if (seconds == 0) {
            throw plan.input("a timer is changed by hours, minutes or seconds; none was given");
        }
        replace(plan, given, now, state, timer -> timer.longerBy(direction * seconds, now));
    }

    /** Forgets those that are over, and checks that what is asked for is there. */
    static void look(Plan plan, Given given, Instant now, Map<String, Object> state) {
        List<Timer> timers = running(state, now);
        if (given.has("name") || given.has("area") || given.seconds("start_") > 0) {
            one(plan, given, timers);
        }
        state.put("timers", List.copyOf(timers));
    }

    private static void replace(
            Plan plan,
            Given given,
            Instant now,
            Map<String, Object> state,
            UnaryOperator<Timer> change) {
        List<Timer> timers = running(state, now);
        Timer timer = one(plan, given, timers);
        timers.set(timers.indexOf(timer), change.apply(timer));
        state.put("timers", timers.stream().filter(each -> each.left(now) > 0).toList());
    }

    private static Timer one(Plan plan, Given given, List<Timer> timers) {
        List<Timer> meant = meant(plan, given, timers);
        if (meant.size() == 1) {
            return meant.get(0);
        }
        throw plan.input(
                (meant.isEmpty()
                                ? "there is no such timer " + given
                                : "several timers may be meant by " + given)
                        + "; there are: "
                        + (timers.isEmpty()
                                ? "none"
                                : timers.stream()
                                        .map(Timer::toString)
                                        .collect(Collectors.joining(", "))));
    }

    /** A timer of an area is one with the area's name: nobody says where it was started. */
    private static List<Timer> meant(Plan plan, Given given, List<Timer> timers) {
        long started = given.seconds("start_");
        String name = given.has("name") ? Plan.said(given.text("name", "")) : "";
        Plan.@Nullable Room area = given.has("area") ? plan.area(given.text("area", "")) : null;
        return timers.stream()
                .filter(timer -> name.isEmpty() || timer.name().equals(name))
                .filter(timer -> area == null || area.isCalled(timer.name()))
                .filter(timer -> started == 0 || timer.seconds() == started)
                .toList();
    }
}
