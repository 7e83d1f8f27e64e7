package dev.ganglion.runtime.act;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.Options;
import dev.ganglion.testkit.HostileDecisions;
import dev.ganglion.testkit.WatchedActuator;
import dev.ganglion.testkit.WatchedActuator.Asked;
import dev.ganglion.testkit.WatchedActuator.State;
import dev.ganglion.testkit.toy.RecordingActuator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several routes flood one device with hostile decisions; what reaches it is checked apart. */
class HostileDecisionsTest {
    private static final int ROUTES = 4;
    private static final int EACH = 5000;
    private static final List<String> WORDS =
            List.of("kitchen", "hall", "bedroom", "garage", "1234", "2468");

    @TempDir Path folder;

    private static State light(String room) {
        return new State(
                asked -> asked.action().equals("light_on") && isRoom(asked, room),
                asked -> asked.action().equals("light_off") && isRoom(asked, room),
                true);
    }

    private static boolean isRoom(Asked asked, String room) {
        return String.valueOf(asked.parameters().get("room")).strip().equalsIgnoreCase(room);
    }

    private static boolean isTooHigh(Asked asked) {
        return asked.parameters().get("level") instanceof Double level
                && !(level >= 10 && level <= 60);
    }

    /** The routes: one by names, one whose rules pass everything on, one that drops names. */
    private List<Path> rules() throws Exception {
        List<Path> rules = new ArrayList<>();
        rules.add(null);
        rules.add(
                Files.writeString(
                        folder.resolve("open.yaml"),
                        """
                        light_on: {action: light_on, room: "{room}"}
                        light_off: {action: light_off, room: "{room|hall}"}
                        set_level: {action: set_level, room: "{room}", level: "{level|50}"}
                        "*": {action: say, text: "{text} {room|}{pin|}"}
                        """));
        rules.add(
                Files.writeString(
                        folder.resolve("any.yaml"),
                        "\"*\": {action: light_on, room: \"{room|kitchen}\"}"));
        rules.add(null);
        return rules;
    }

    @Test
    void noDecisionOfAnyRouteGetsPastTheOwnersFile() throws Exception {
        Path file =
                Files.writeString(
                        folder.resolve("envelope.yaml"),
                        """
                        actuators:
                          recording:
                            allow:
                              - {action: light_on, room: [kitchen, hall]}
                              - {action: light_off, room: [kitchen, hall]}
                              - {action: set_level, room: hall}
                              - {action: say}
                            deny: [{action: set_level, level: 13}]
                            limits:
                              - {action: set_level, parameter: level, from: 10, to: 60}
                              - {action: say, parameter: text, to: 40}
                            never:
                              - - {begins: {action: light_on, room: kitchen}, ends: {action: light_off, room: kitchen}, safeEnds: true}
                                - {begins: {action: light_on, room: hall}, ends: {action: light_off, room: hall}, safeEnds: true}
                            rate: [{action: set_level, perMinute: 20}]
                            confirm: [{action: say, by: operator}]
                        """);
        RecordingActuator house = new RecordingActuator();
        WatchedActuator watched =
                new WatchedActuator(house)
                        .forbid("a room that is not allowed", asked -> isForeign(asked))
                        .forbid("a level out of range", HostileDecisionsTest::isTooHigh)
                        .forbid(
                                "said without being confirmed",
                                asked -> asked.action().equals("say"))
                        .neverBoth(light("kitchen"), light("hall"));
        AuditLog audit = AuditLog.in(folder.resolve("audit"), java.time.Clock.systemUTC());
        Map<String, Integer> counts = new TreeMap<>();
        AtomicInteger attempts = new AtomicInteger();
        try (Envelopes envelopes =
                new Envelopes(
                        file,
                        audit,
                        java.time.Clock.systemUTC(),
                        System::nanoTime,
                        Runnable::run)) {
            flood(watched, envelopes, attempts);
        }
        for (Map<String, Object> line : Owner.lines(folder.resolve("audit/" + AuditLog.FILE))) {
            int times = line.get("times") instanceof Number many ? many.intValue() : 1;
            counts.merge(String.valueOf(line.get("outcome")), times, Integer::sum);
        }
        System.out.printf(
                "hostile decisions: %d from %d routes; attempts %d, in the audit log %s; the device was asked %s; violations %d%n",
                ROUTES * EACH,
                ROUTES,
                attempts.get(),
                counts,
                watched.counts(),
                watched.violations().size());
        assertThat(watched.violations()).isEmpty();
        assertThat(watched.counts())
                .as("the test is no empty one")
                .containsKeys("light_on", "light_off", "set_level");
        assertThat(watched.counts().get("set_level")).isLessThanOrEqualTo(20);
        assertThat(counts.get("performed"))
                .as("each thing that was done is written down")
                .isEqualTo(house.performed().size());
        assertThat(
                        counts.get("performed")
                                + counts.get("refused")
                                + counts.get("waits for confirmation"))
                .as("each attempt is written down")
                .isEqualTo(attempts.get());
    }

    private static boolean isForeign(Asked asked) {
        return asked.parameters().containsKey("room")
                && !isRoom(asked, "hall")
                && (!isRoom(asked, "kitchen") || asked.action().equals("set_level"));
    }

    private void flood(WatchedActuator watched, Envelopes envelopes, AtomicInteger attempts)
            throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(ROUTES);
        List<Future<?>> routes = new ArrayList<>();
        Options options = Options.of("test", watched.options(), Map.of(), folder);
        List<ActionGate> gates = new ArrayList<>();
        for (Path rules : rules()) {
            ActionGate gate = new ActionGate(watched, options, rules, envelopes);
            gates.add(gate);
            HostileDecisions decisions =
                    new HostileDecisions(gates.size(), watched.actions(options), WORDS);
            Callable<?> route =
                    () -> {
                        for (int i = 0; i < EACH; i++) {
                            Decision decision = decisions.next();
                            if (gate.perform(decision, System.nanoTime(), null, Owner.ORIGIN)
                                    != null) {
                                attempts.incrementAndGet();
                            }
                        }
                        return null;
                    };
            routes.add(threads.submit(route));
        }
        for (Future<?> route : routes) {
            route.get(120, TimeUnit.SECONDS);
        }
        threads.shutdown();
        gates.forEach(ActionGate::close);
    }

    @Test
    void withoutAnOwnersFileNothingButTheDeclaredReachesTheDevice() throws Exception {
        Plant plant = new Plant();
        WatchedActuator watched = new WatchedActuator(plant);
        AtomicInteger attempts = new AtomicInteger();
        Options options = Options.of("test", watched.options(), Map.of(), folder);
        HostileDecisions decisions = new HostileDecisions(99, Plant.ACTIONS, WORDS);
        try (ActionGate gate = new ActionGate(watched, options, null)) {
            for (int i = 0; i < ROUTES * EACH; i++) {
                if (gate.perform(decisions.next(), i) != null) {
                    attempts.incrementAndGet();
                }
            }
        }
        System.out.printf(
                "hostile decisions without an owner's file: %d; attempts %d; the device was asked %s; violations %d%n",
                ROUTES * EACH, attempts.get(), watched.counts(), watched.violations().size());
        assertThat(watched.violations()).isEmpty();
        assertThat(watched.counts())
                .containsEntry("ring", 1)
                .containsKeys("unlock", "lamp", "heat");
    }
}
