package dev.ganglion.actuator.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.runtime.act.Action;
import dev.ganglion.runtime.act.ActionGate;
import dev.ganglion.runtime.act.AuditLog;
import dev.ganglion.runtime.act.Envelopes;
import dev.ganglion.testkit.HostileDecisions;
import dev.ganglion.testkit.WatchedActuator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The owner's rules are about things; no other name, group, floor or other action leads past. */
class OwnersRulesTest {
    private static final int ROUTES = 4;
    private static final int EACH = 8000;
    private static final String HOME =
            """
            intents: true
            rooms:
              - name: hall
                aliases: [corridor]
                floor: [ground floor, downstairs]
                devices:
                  - {name: front door, kind: lock, aliases: [entrance]}
                  - {name: hall light, kind: light}
                  - {name: heater, kind: plug, aliases: [radiator, warm thing]}
                  - {name: vacuum, kind: vacuum cleaner, aliases: [hoover]}
              - name: garage
                aliases: [car port]
                floor: ground floor
                devices:
                  - {name: garage door, kind: cover, device_class: garage, aliases: [big door]}
                  - {name: side door, kind: lock}
                  - {name: charger, kind: plug, aliases: [wall box]}
                  - {name: garage light, kind: light}
                  - {name: boom box, kind: speaker}
                  - {name: frost guard, kind: thermostat, minimum: 5, maximum: 35}
              - name: bedroom
                aliases: [attic]
                floor: [upper floor, upstairs]
                devices:
                  - {name: bedside lamp, kind: light}
                  - {name: cooler, kind: plug, aliases: [air conditioner]}
                  - {name: coffee machine, kind: coffee machine}
                  - {name: clock radio, kind: speaker}
                  - {name: window, kind: cover, device_class: window}
                  - {name: bedroom heating, kind: thermostat, minimum: 5, maximum: 35}
            devices: [{name: party, kind: scene}, {name: shopping list, kind: list}]
            """;
    private static final String PIN =
            "pin: \"pbkdf2-sha256:10000:000102030405060708090a0b0c0d0e0f:"
                    + "1a08d6086f6dc7f66e1013d077074b647ea87f01a4a4b8c77b3c9a5ee0e6a2b1\"";
    private static final String GARAGE = "deny: [{action: \"*\", area: garage}]";
    private static final String DOOR =
            "confirm: [{action: HassTurnOff, name: front door, by: pin}]";
    private static final String NEVER =
            """
            never: [[{begins: [{action: HassTurnOn, name: heater}, {action: plug_on, device: heater}],
                      ends: [{action: HassTurnOff, name: heater}, {action: plug_off, device: heater}], safeEnds: true},
                     {begins: [{action: HassTurnOn, name: cooler}, {action: plug_on, device: cooler}],
                      ends: [{action: HassTurnOff, name: cooler}, {action: plug_off, device: cooler}], safeEnds: true}]]\
            """;

    @TempDir Path folder;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final WatchedActuator watched =
            new WatchedActuator(
                    new HomeActuator(new PrintStream(printed, true, StandardCharsets.UTF_8)));

    private Envelopes owner(String... rules) throws IOException {
        StringBuilder yaml = new StringBuilder("actuators:\n  home:\n    target: [home]\n");
        for (String each : rules) {
            yaml.append("    ").append(each.replace("\n", "\n    ")).append('\n');
        }
        return new Envelopes(
                Files.writeString(folder.resolve("envelope.yaml"), yaml),
                AuditLog.in(folder.resolve("audit"), Clock.systemUTC()),
                Clock.systemDefaultZone());
    }

    private ActionGate gate(Envelopes owner) throws IOException {
        return new ActionGate(watched, options(), null, owner);
    }

    private Options options() throws IOException {
        Path file = Files.writeString(folder.resolve("home.yaml"), HOME);
        return Options.of("act:home", watched.options(), Map.of("home", file.toString()), folder);
    }

    /** Why it was not done; empty when it was. */
    private static String ask(ActionGate gate, String name, Object... given) {
        Map<String, Object> parameters = new HashMap<>();
        for (int i = 0; i < given.length; i += 2) {
            parameters.put((String) given[i], given[i + 1]);
        }
        Action action = gate.perform(new Decision(name, parameters, 1, true), System.nanoTime());
        return action == null ? "no such action" : action.refusal();
    }

    @Test
    void noOtherNameOfAPlaceLeadsIntoIt() throws Exception {
        try (Envelopes owner = owner(GARAGE);
                ActionGate gate = gate(owner)) {
            List<String> refusals = new ArrayList<>();
            for (String area : List.of("garage", "car port", "Car Port")) {
                refusals.add(
                        ask(
                                gate,
                                "HassSetPosition",
                                "domain",
                                "cover",
                                "area",
                                area,
                                "device_class",
                                "garage",
                                "position",
                                100L));
                refusals.add(ask(gate, "light_on", "room", area));
                refusals.add(ask(gate, "vacuum_start", "room", area));
                refusals.add(ask(gate, "HassTurnOff", "domain", "lock", "area", area));
            }
            refusals.add(ask(gate, "HassSetPosition", "name", "big door", "position", 100L));
            refusals.add(ask(gate, "light_on", "room", "all"));
            refusals.add(ask(gate, "HassLightSet", "floor", "downstairs", "brightness", 5L));
            refusals.add(ask(gate, "HassTurnOff", "domain", "lock", "name", "all"));
            refusals.add(ask(gate, "HassClimateSetTemperature", "temperature", 30.0));
            refusals.add(ask(gate, "thermostat_set", "temperature", 30.0));
            refusals.add(ask(gate, "plug_on", "device", "charger"));
            refusals.add(ask(gate, "plug_on", "device", "wall box"));
            refusals.add(ask(gate, "HassMediaPlayerMute"));
            refusals.add(ask(gate, "HassSetVolumeRelative", "volume_step", "up"));
            refusals.add(ask(gate, "HassBroadcast", "message", "hello"));
            refusals.add(ask(gate, "volume_mute"));
            refusals.add(ask(gate, "HassVacuumStart"));
            refusals.add(ask(gate, "HassVacuumStart", "floor", "downstairs"));
            assertThat(refusals)
                    .allSatisfy(
                            why ->
                                    assertThat(why)
                                            .startsWith("the owner does not allow")
                                            .contains("is denied by"));
            assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
            assertThat(ask(gate, "light_on", "room", "corridor")).isEmpty();
            assertThat(ask(gate, "HassTurnOn", "name", "party")).as("in no room").isEmpty();
            assertThat(ask(gate, "HassStartTimer", "minutes", 5L)).as("no thing").isEmpty();
        }
    }

    @Test
    void noOtherActionTouchesAKindThatIsDenied() throws Exception {
        try (Envelopes owner = owner("deny: [{action: \"*\", domain: light}]");
                ActionGate gate = gate(owner)) {
            assertThat(ask(gate, "HassLightSet", "brightness", 100L)).contains("is denied");
            assertThat(ask(gate, "light_on")).contains("is denied");
            assertThat(ask(gate, "HassTurnOn", "area", "hall")).contains("is denied");
            assertThat(ask(gate, "plug_on", "device", "heater")).isEmpty();
        }
    }

    @Test
    void allTogetherAreNoWayRoundAConfirmation() throws Exception {
        try (Envelopes owner = owner(DOOR, PIN);
                ActionGate gate = gate(owner)) {
            for (Object[] given :
                    new Object[][] {
                        {"domain", "lock", "name", "all"},
                        {"name", "entrance"},
                        {"domain", "lock", "floor", "downstairs"},
                        {"domain", "lock", "area", "corridor"},
                    }) {
                assertThat(ask(gate, "HassTurnOff", given)).contains("with the PIN");
            }
            assertThat(ask(gate, "HassTurnOff", "name", "side door")).isEmpty();
            assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain("front door");
        }
    }

    @Test
    void whatIsSaidIsDoneWhenAllThatItTouchesIsAllowed() throws Exception {
        try (Envelopes owner = owner("allow: [{action: light_on, area: [hall, bedroom]}]");
                ActionGate gate = gate(owner)) {
            assertThat(ask(gate, "light_on", "room", "attic")).isEmpty();
            assertThat(ask(gate, "light_on")).contains("is not among");
            assertThat(ask(gate, "light_on", "room", "car port")).contains("is not among");
        }
    }

    @Test
    void twoThatMustNotRunTogetherAreNotSwitchedOnTogether() throws Exception {
        try (Envelopes owner = owner(NEVER);
                ActionGate gate = gate(owner)) {
            assertThat(ask(gate, "HassTurnOn", "domain", "switch", "name", "all"))
                    .contains("it may begin both");
            assertThat(ask(gate, "plug_on", "device", "radiator")).isEmpty();
            assertThat(ask(gate, "HassTurnOn", "name", "air conditioner"))
                    .contains("must never hold together");
            assertThat(ask(gate, "HassTurnOn", "domain", "switch", "floor", "upstairs"))
                    .contains("must never hold together");
            assertThat(ask(gate, "HassTurnOff", "name", "warm thing")).isEmpty();
            assertThat(ask(gate, "HassTurnOn", "name", "air conditioner")).isEmpty();
        }
    }

    @Test
    void oneFileByAnotherPathIsOneHome() throws Exception {
        Options first = options();
        Path link =
                Files.createSymbolicLink(folder.resolve("link.yaml"), folder.resolve("home.yaml"));
        Options second =
                Options.of("act:home", watched.options(), Map.of("home", link.toString()), folder);
        try (Envelopes owner = owner(NEVER);
                ActionGate one = new ActionGate(watched, first, null, owner);
                ActionGate two = new ActionGate(watched, second, null, owner)) {
            assertThat(ask(one, "plug_on", "device", "heater")).isEmpty();
            assertThat(ask(two, "plug_on", "device", "cooler"))
                    .contains("must never hold together");
        }
    }

    @Test
    void anotherNameInARuleIsRefusedWithTheRealOnes() throws Exception {
        try (Envelopes owner = owner("deny: [{action: \"*\", area: car port}]")) {
            assertThatThrownBy(() -> gate(owner))
                    .isInstanceOf(GanglionException.class)
                    .hasMessageContaining("one of hall, garage, bedroom, found 'car port'");
        }
        try (Envelopes owner = owner("deny: [{action: \"*\", owner: me}]")) {
            assertThatThrownBy(() -> gate(owner))
                    .hasMessageContaining("a parameter or fact (name, device, area")
                    .hasMessageContaining("found 'owner'");
        }
    }

    /** What the home says that it changed or looked at, judged without any of the rules' code. */
    private static List<String> violations(List<String> lines) throws IOException {
        List<String> violations = new ArrayList<>();
        boolean heater = false;
        boolean cooler = false;
        for (String line : lines) {
            Map<String, Object> change = JSON.std.mapFrom(line);
            Object device = change.get("device");
            heater = "heater".equals(device) ? Boolean.TRUE.equals(change.get("on")) : heater;
            cooler = "cooler".equals(device) ? Boolean.TRUE.equals(change.get("on")) : cooler;
            boolean warm =
                    change.get("temperature") instanceof Number number
                            && !(number.doubleValue() >= 16 && number.doubleValue() <= 24);
            boolean cups = change.get("cups") instanceof Number number && number.intValue() > 5;
            if ("garage".equals(change.get("room"))
                    || List.of("garage", "all").contains(String.valueOf(change.get("cleaning")))
                    || ("front door".equals(device) && Boolean.FALSE.equals(change.get("locked")))
                    || (heater && cooler)
                    || warm
                    || cups) {
                violations.add(line);
            }
        }
        return violations;
    }

    @Test
    void noFloodOfHostileDecisionsChangesWhatTheOwnerKeeps() throws Exception {
        Options options = options();
        Map<String, Integer> outcomes = new TreeMap<>();
        try (Envelopes owner =
                owner(
                        GARAGE,
                        DOOR,
                        PIN,
                        NEVER,
                        "limits:",
                        "  - {action: \"*\", parameter: temperature, from: 16, to: 24}",
                        "rate: [{action: coffee_make, perMinute: 5}]")) {
            ExecutorService threads = Executors.newFixedThreadPool(ROUTES);
            List<Future<?>> routes = new ArrayList<>();
            List<ActionGate> gates = new ArrayList<>();
            for (int i = 0; i < ROUTES; i++) {
                ActionGate gate = new ActionGate(watched, options, null, owner);
                gates.add(gate);
                HostileDecisions decisions =
                        new HostileDecisions(
                                i,
                                watched.actions(options),
                                List.of(
                                        "all",
                                        "everywhere",
                                        "home",
                                        "garage",
                                        "car port",
                                        "corridor",
                                        "attic",
                                        "bedroom",
                                        "downstairs",
                                        "ground floor",
                                        "upstairs",
                                        "radiator",
                                        "heater",
                                        "air conditioner",
                                        "wall box",
                                        "charger",
                                        "front door",
                                        "entrance",
                                        "big door",
                                        "garage big door",
                                        "20"));
                Callable<?> route =
                        () -> {
                            for (int n = 0; n < EACH; n++) {
                                Action action = gate.perform(decisions.next(), System.nanoTime());
                                synchronized (outcomes) {
                                    outcomes.merge(outcome(action), 1, Integer::sum);
                                }
                            }
                            return null;
                        };
                routes.add(threads.submit(route));
            }
            for (Future<?> route : routes) {
                route.get(180, TimeUnit.SECONDS);
            }
            threads.shutdown();
            gates.forEach(ActionGate::close);
        }
        List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
        List<String> violations = violations(lines);
        System.out.printf(
                "hostile decisions at a home: %d from %d routes, %s; the home changed or showed %d things;"
                        + " asked %s; violations %d%n",
                ROUTES * EACH,
                ROUTES,
                outcomes,
                lines.size(),
                watched.counts(),
                violations.size() + watched.violations().size());
        assertThat(violations).isEmpty();
        assertThat(watched.violations()).isEmpty();
        assertThat(String.join("\n", lines))
                .as("the test is no empty one")
                .contains(
                        "\"heater\",\"on\":true", "\"cooler\",\"on\":true", "\"cups\":5", "locked");
        assertThat(outcomes.get("refused by the owner")).isGreaterThan(500);
    }

    private static String outcome(Action action) {
        if (action == null) {
            return "no action";
        }
        return action.performed()
                ? "performed"
                : action.refusal().startsWith("the owner does not allow")
                        ? "refused by the owner"
                        : action.refusal().contains("waits to be confirmed")
                                ? "waits"
                                : "refused by the home";
    }
}
