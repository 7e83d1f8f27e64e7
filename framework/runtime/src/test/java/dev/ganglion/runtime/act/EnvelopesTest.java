package dev.ganglion.runtime.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvelopesTest {
    private static final String PUMPS =
            "never: [[{begins: fill_on, ends: fill_off, safeEnds: true},"
                    + " {begins: drain_on, ends: drain_off, safeEnds: true}]]";

    @TempDir Path folder;
    private final Plant plant = new Plant();

    @Test
    void whatIsNotAllowedIsRefusedWithWhatIs() {
        Owner owner = new Owner(folder, "allow: [fill_on, {action: unlock, door: back}]");
        try (ActionGate gate = owner.gate(plant)) {
            assertThat(owner.ask(gate, "fill_on")).isEmpty();
            assertThat(owner.ask(gate, "unlock", "door", "back")).isEmpty();
            assertThat(owner.ask(gate, "unlock", "door", "front"))
                    .contains("the owner does not allow unlock{door=front}: it is not among what")
                    .endsWith("allows: [fill_on, unlock{door=[back]}]");
            assertThat(owner.ask(gate, "heat", "power", 5.0)).contains("is not among");
        }
        assertThat(plant.heard).containsExactly("fill_on", "unlock{door=back}");
    }

    @Test
    void aValueThatIsAskedForMustBeSaid() {
        Owner owner = new Owner(folder, "allow: [{action: lamp, room: [Hall, attic]}]");
        try (ActionGate gate = owner.gate(plant)) {
            assertThat(owner.ask(gate, "lamp", "on", true, "room", "hall ")).isEmpty();
            assertThat(owner.ask(gate, "lamp", "on", true)).contains("is not among");
            assertThat(owner.ask(gate, "lamp", "on", true, "room", "h\u0430ll"))
                    .as("a Cyrillic letter")
                    .contains("is not among");
        }
    }

    @Test
    void whatIsDeniedIsRefusedAlsoWhenItMightBeMeant() {
        Owner owner =
                new Owner(
                        folder,
                        "allow: [{action: lamp, room: [hall, attic]}, heat]",
                        "deny: [{action: \"*\", room: attic}, fill_on]");
        try (ActionGate gate = owner.gate(plant)) {
            assertThat(owner.ask(gate, "lamp", "on", true, "room", "hall")).isEmpty();
            assertThat(owner.ask(gate, "lamp", "on", true, "room", "ATTIC")).contains("is denied");
            assertThat(owner.ask(gate, "heat", "power", 1.0)).as("has no room").isEmpty();
        }
    }

    @Test
    void aNumberAndALengthHaveTheOwnersLimits() {
        Owner owner =
                new Owner(
                        folder,
                        "limits:",
                        "  - {action: heat, parameter: power, to: 40}",
                        "  - {action: say, parameter: text, to: 5}");
        try (ActionGate gate = owner.gate(plant)) {
            assertThat(owner.ask(gate, "heat", "power", 40.0)).isEmpty();
            assertThat(owner.ask(gate, "heat", "power", 40.5))
                    .contains("limits 'power' to 0 to 40 %, found 40.5");
            assertThat(owner.ask(gate, "say", "text", "hello")).isEmpty();
            assertThat(owner.ask(gate, "say", "text", "hello!")).contains("0 to 5 characters");
        }
    }

    @Test
    void whatIsLimitedAndLeftOutIsRefusedUnlessTheOwnerSaysOtherwise() {
        Owner owner = new Owner(folder, "limits: [{action: \"*\", parameter: glow, to: 40}]");
        try (ActionGate gate = owner.gate(plant)) {
            assertThat(owner.ask(gate, "glow")).contains("limits 'glow'", "it was left out");
            assertThat(owner.ask(gate, "glow", "glow", 40L)).isEmpty();
            assertThat(owner.ask(gate, "fill_on")).as("takes no such thing").isEmpty();
            owner.write("limits: [{action: glow, parameter: glow, to: 40, whenAbsent: allow}]");
            owner.envelopes.read();
            assertThat(owner.ask(gate, "glow")).isEmpty();
            owner.write("deny: [{action: \"*\", glow: 7.0}]");
            owner.envelopes.read();
            assertThat(owner.ask(gate, "glow", "glow", 7L)).contains("is denied");
        }
    }

    @Test
    void aRateHoldsForAllRoutesTogether() {
        Owner owner =
                new Owner(
                        folder,
                        "rate:",
                        "  - {action: fill_on, everyMillis: 500}",
                        "  - {action: \"*\", perMinute: 3}");
        try (ActionGate one = owner.gate(plant);
                ActionGate two = owner.gate(plant, "colour", "red")) {
            assertThat(owner.ask(one, "fill_on")).isEmpty();
            owner.pass(499);
            assertThat(owner.ask(two, "fill_on")).contains("fill_on 1 times within 500 ms");
            owner.pass(1);
            assertThat(owner.ask(two, "fill_on")).isEmpty();
            assertThat(owner.ask(two, "fill_off")).isEmpty();
            assertThat(owner.ask(one, "fill_off")).contains("* 3 times within 60000 ms");
            owner.pass(59_500);
            assertThat(owner.ask(one, "fill_off")).isEmpty();
        }
    }

    @Test
    void whatTheDeviceDeclaresHoldsForAllRoutesToIt() {
        Owner owner = new Owner(folder);
        try (ActionGate one = owner.gate(plant);
                ActionGate two = owner.gate(plant);
                ActionGate other = owner.gate(plant, "unit", "2")) {
            assertThat(owner.ask(one, "ring")).isEmpty();
            assertThat(owner.ask(two, "ring")).contains("every 1000 ms at most");
            assertThat(owner.ask(other, "ring")).as("another device").isEmpty();
        }
    }

    @Test
    void messagesThatWereHeldBackDoNotComeAllAtOnce() {
        Owner owner =
                new Owner(
                        folder,
                        "rate: {action: fill_on, everyMillis: 500}",
                        "hours: [{action: drain_on, within: \"11:00-12:00\"}]");
        try (ActionGate gate = owner.gate(plant)) {
            long taken = owner.nanos.get();
            for (int i = 0; i < 3; i++) {
                gate.perform(new Decision("fill_on", Map.of(), 1, true), taken + i * 500_000_000L);
            }
            assertThat(plant.heard).containsExactly("fill_on");
            gate.perform(new Decision("drain_on", Map.of(), 1, true), taken - 1_000_000_000L);
            assertThat(plant.heard).as("said at 11:59:59, now it is noon").hasSize(1);
            owner.pass(500);
            assertThat(owner.ask(gate, "fill_on")).isEmpty();
        }
    }

    @Test
    void aRateOutlivesTheRouteThatUsedItUp() {
        Owner owner = new Owner(folder, "rate: {action: fill_on, everyMillis: 500}");
        try (ActionGate gate = owner.gate(plant)) {
            assertThat(owner.ask(gate, "fill_on")).isEmpty();
        }
        try (ActionGate gate = owner.gate(plant)) {
            assertThat(owner.ask(gate, "fill_on")).contains("within 500 ms");
        }
    }

    @Test
    void anActionHasItsHours() {
        Owner owner =
                new Owner(
                        folder,
                        "hours:",
                        "  - {action: fill_on, within: \"07:00-12:01\"}",
                        "  - {action: drain_on, within: \"22:00-06:00\"}",
                        "  - \"11:00-13:00\"");
        try (ActionGate gate = owner.gate(plant)) {
            assertThat(owner.ask(gate, "fill_on")).isEmpty();
            assertThat(owner.ask(gate, "drain_on")).contains("from 22:00 to 06:00 only");
            assertThat(owner.ask(gate, "fill_off")).isEmpty();
        }
    }

    @Test
    void twoStatesNeverHoldTogetherWhicheverRouteBeginsThem() {
        Owner owner = new Owner(folder, PUMPS);
        try (ActionGate one = owner.gate(plant);
                ActionGate two = owner.gate(plant, "colour", "red")) {
            assertThat(owner.ask(one, "fill_on")).isEmpty();
            assertThat(owner.ask(two, "drain_on"))
                    .contains("[fill_on] and [drain_on] must never hold together");
            assertThat(owner.ask(two, "fill_off")).isEmpty();
            assertThat(owner.ask(two, "drain_on")).isEmpty();
            assertThat(owner.ask(one, "fill_on")).contains("never hold together");
        }
        assertThat(plant.heard)
                .as("made safe first, on both, because nobody knew what held")
                .containsExactly("safe", "safe", "fill_on", "fill_off", "drain_on");
    }

    @Test
    void whatMayBeginBothIsRefused() {
        Owner owner =
                new Owner(
                        folder,
                        "allow: [{action: lamp, room: [hall, attic]}, {action: heat}]",
                        "never:",
                        "  - - {begins: {action: lamp, room: [hall, attic]}, safeEnds: true}",
                        "    - {begins: {action: lamp, room: attic}, safeEnds: true}");
        try (ActionGate gate = owner.gate(plant)) {
            assertThat(owner.ask(gate, "lamp", "on", true, "room", "attic"))
                    .endsWith("and it may begin both");
        }
    }

    @Test
    void nothingBeginsWhileNobodyKnowsWhatHolds() {
        Owner owner = new Owner(folder, PUMPS);
        plant.safeFailure = new IllegalStateException("forced");
        try (ActionGate gate = owner.gate(plant)) {
            assertThat(owner.ask(gate, "fill_on")).contains("could not be made safe");
            plant.safeFailure = null;
            assertThat(owner.ask(gate, "fill_on")).isEmpty();
        }
        assertThat(plant.heard).containsExactly("safe", "safe", "fill_on");
    }

    @Test
    void aDeviceThatFailedHoldsNothingOnceItIsSafe() {
        Owner owner = new Owner(folder, PUMPS);
        try (ActionGate gate = owner.gate(plant)) {
            owner.ask(gate, "fill_on");
            plant.failure = new GanglionException(Kind.RETRY, "forced");
            assertThatThrownBy(() -> owner.ask(gate, "fill_off")).isSameAs(plant.failure);
            plant.failure = null;
            assertThat(owner.ask(gate, "drain_on")).isEmpty();
        }
        assertThat(owner.outcomes())
                .containsExactly("made safe", "performed", "failed", "made safe", "performed");
    }

    @Test
    void aDryRunChecksEverythingAndAsksNothing() {
        Owner owner = new Owner(folder, "dryRun: true", "deny: [drain_on]", PUMPS);
        try (ActionGate gate = owner.gate(plant)) {
            assertThat(owner.ask(gate, "fill_on")).contains("is run dry by");
            assertThat(owner.ask(gate, "fill_off")).contains("is run dry by");
            assertThat(owner.ask(gate, "fill_on")).contains("is run dry by");
            assertThat(owner.ask(gate, "drain_on")).contains("is denied");
        }
        assertThat(plant.heard).isEmpty();
        assertThat(owner.outcomes()).containsExactly("dry-run", "dry-run", "dry-run", "refused");
    }

    @Test
    void withoutDecisionsTheDeviceIsMadeSafeOnce() {
        Owner owner = new Owner(folder, "safeAfterSilenceMillis: 1000", PUMPS);
        try (ActionGate gate = owner.gate(plant)) {
            owner.ask(gate, "fill_on");
            plant.heard.clear();
            owner.pass(999);
            owner.envelopes.look();
            assertThat(plant.heard).isEmpty();
            owner.ask(gate, "not an action");
            owner.pass(999);
            owner.envelopes.look();
            assertThat(plant.heard).as("a decision came, whatever it was").isEmpty();
            owner.pass(1);
            owner.envelopes.look();
            owner.pass(5000);
            owner.envelopes.look();
            assertThat(plant.heard).containsExactly("safe");
            assertThat(owner.ask(gate, "drain_on")).as("nothing holds any more").isEmpty();
        }
    }

    @Test
    void afterTooLongASilenceTheNextDecisionFindsTheDeviceSafe() {
        Owner owner = new Owner(folder, "safeAfterSilenceMillis: 1000", PUMPS);
        try (ActionGate gate = owner.gate(plant)) {
            owner.ask(gate, "fill_on");
            owner.pass(1000);
            assertThat(owner.ask(gate, "drain_on")).isEmpty();
        }
        assertThat(plant.heard).containsExactly("safe", "fill_on", "safe", "drain_on");
    }

    @Test
    void aDeviceThatCannotBecomeSafeIsAskedAgain() {
        Owner owner = new Owner(folder, "safeAfterSilenceMillis: 1000");
        plant.safeFailure = new IllegalStateException("forced");
        try (ActionGate gate = owner.gate(plant)) {
            assertThat(gate).isNotNull();
            for (int i = 0; i < 2; i++) {
                owner.pass(1000);
                owner.envelopes.look();
                owner.envelopes.look();
            }
        }
        assertThat(plant.heard).containsExactly("safe", "safe");
        assertThat(owner.outcomes()).containsExactly("failed", "failed");
    }

    @Test
    void anotherFileHoldsFromThenOnAndKnowsWhatWasDone() {
        Owner owner = new Owner(folder, PUMPS);
        try (ActionGate gate = owner.gate(plant)) {
            owner.ask(gate, "fill_on");
            owner.write(PUMPS, "deny: [heat]");
            owner.envelopes.read();
            assertThat(owner.ask(gate, "heat", "power", 1.0)).contains("is denied");
            assertThat(owner.ask(gate, "drain_on")).contains("never hold together");
        }
    }

    @Test
    void aBrokenFileLeavesTheLastGoodOneInForce() {
        Owner owner = new Owner(folder, "deny: [heat]");
        try (ActionGate gate = owner.gate(plant)) {
            owner.whole("actuators: [");
            owner.envelopes.read();
            assertThat(owner.envelopes.problem()).contains("is not YAML", "last good version");
            assertThat(owner.ask(gate, "heat", "power", 1.0)).contains("is denied");
            owner.write("deny: [heet]");
            owner.envelopes.read();
            assertThat(owner.envelopes.problem()).contains("'heet'");
            assertThat(owner.ask(gate, "fill_on"))
                    .as("a file that does not fit a device keeps it from doing anything")
                    .contains("act:plant does nothing until", "'heet'");
            owner.write("deny: [heat]");
            owner.envelopes.read();
            assertThat(owner.envelopes.problem()).isEmpty();
            assertThat(owner.ask(gate, "fill_on")).isEmpty();
        }
    }

    @Test
    void aFileThatIsGoneLeavesItsLastVersionInForce() throws Exception {
        Owner owner = new Owner(folder, "deny: [heat]");
        try (ActionGate gate = owner.gate(plant)) {
            Files.delete(owner.file);
            owner.envelopes.read();
            assertThat(owner.envelopes.problem()).contains("is gone", "last good version");
            assertThat(owner.ask(gate, "heat", "power", 1.0)).contains("is denied");
            owner.write("deny: [{action: unlock, door: [front, null]}]");
            owner.envelopes.read();
            assertThat(owner.envelopes.problem()).contains("no empty place in a list");
            assertThat(owner.ask(gate, "fill_on")).contains("does nothing until");
        }
    }

    @Test
    void aDeviceThatTheFileDoesNotFitKeepsNoOtherFromFollowingIt() {
        Owner owner = new Owner(folder);
        Plant smaller = new Plant();
        smaller.actions = Plant.ACTIONS.subList(0, 4);
        try (ActionGate small = owner.gate(smaller);
                ActionGate whole = owner.gate(plant, "unit", "2")) {
            owner.write("deny: [unlock]");
            owner.envelopes.read();
            assertThat(owner.ask(small, "fill_on")).contains("does nothing until", "'unlock'");
            assertThat(owner.ask(whole, "unlock", "door", "back")).contains("is denied");
            assertThat(owner.ask(whole, "fill_on")).isEmpty();
            assertThat(owner.envelopes.problem()).contains("'unlock'");
        }
        assertThat(smaller.heard).isEmpty();
    }

    @Test
    void newRulesHoldAtOnce() {
        Owner owner = new Owner(folder);
        try (ActionGate gate = owner.gate(plant)) {
            owner.ask(gate, "fill_on");
            owner.write("safeAfterSilenceMillis: 1000");
            owner.envelopes.read();
            owner.pass(1000);
            owner.envelopes.look();
            assertThat(plant.heard).as("without any decision").containsExactly("fill_on", "safe");
            owner.ask(gate, "fill_off");
            owner.write("deny: [fill_on]");
            owner.envelopes.read();
            assertThatThrownBy(() -> owner.envelopes.undo("plant"))
                    .hasMessageContaining("rules are others since");
        }
    }

    @Test
    void whatNobodyNeedsIsForgotten() {
        Owner owner =
                new Owner(folder, "rate: {action: fill_on, everyMillis: 500}", "target: unit");
        for (int i = 0; i < 20; i++) {
            try (ActionGate gate = owner.gate(plant, "unit", "u" + i)) {
                owner.ask(gate, "fill_on");
            }
        }
        owner.envelopes.look();
        assertThat(owner.envelopes.devices()).isEqualTo(20);
        owner.pass(500);
        owner.envelopes.look();
        assertThat(owner.envelopes.devices()).isZero();
    }

    @Test
    void whatNobodyHasEndedMayHold() {
        Owner owner =
                new Owner(
                        folder,
                        "never: [[{begins: fill_on, ends: fill_off},"
                                + " {begins: drain_on, ends: drain_off}]]");
        try (ActionGate gate = owner.gate(plant)) {
            assertThat(owner.ask(gate, "fill_on"))
                    .contains("nobody knows what holds; end the other one first: [drain_off]");
            assertThat(owner.ask(gate, "drain_off")).isEmpty();
            assertThat(owner.ask(gate, "fill_on")).isEmpty();
            gate.makeSafe();
            assertThat(owner.ask(gate, "drain_on"))
                    .as("made safe ends nothing unless the owner says so")
                    .contains("must never hold together");
            assertThat(owner.ask(gate, "fill_off")).isEmpty();
            plant.failure = new GanglionException(Kind.RETRY, "forced");
            assertThatThrownBy(() -> owner.ask(gate, "fill_on")).isSameAs(plant.failure);
            plant.failure = null;
            assertThat(owner.ask(gate, "drain_on")).contains("nobody knows what holds");
        }
    }

    @Test
    void anErrorIsWrittenDownAndTheDeviceMadeSafe() {
        Owner owner = new Owner(folder);
        plant.error = new StackOverflowError("forced");
        try (ActionGate gate = owner.gate(plant)) {
            assertThatThrownBy(() -> owner.ask(gate, "fill_on")).isSameAs(plant.error);
        }
        assertThat(plant.heard).containsExactly("safe");
        assertThat(owner.outcomes()).containsExactly("failed", "made safe");
    }

    @Test
    void whatIsAskedIsWrittenBeforeTheDeviceHearsIt() {
        Owner owner = new Owner(folder);
        List<Object> before = new ArrayList<>();
        plant.during = () -> owner.lines().forEach(line -> before.add(line.get("outcome")));
        try (ActionGate gate = owner.gate(plant)) {
            owner.ask(gate, "fill_on");
        }
        assertThat(before).containsExactly("asked");
        assertThat(owner.lines().get(1))
                .containsEntry("of", 1)
                .containsEntry("outcome", "performed");
    }

    @Test
    void aDeviceThatHangsIsMadeSafeAndClosedAllTheSame() throws Exception {
        Owner owner = new Owner(folder, "safeAfterSilenceMillis: 1000");
        owner.envelopes.patienceMillis(20);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        plant.during =
                () -> {
                    inside.countDown();
                    Plant.await(go);
                };
        ActionGate gate = owner.gate(plant);
        Thread route = new Thread(() -> owner.ask(gate, "fill_on"));
        route.start();
        Plant.await(inside);
        gate.makeSafe();
        gate.close();
        assertThat(plant.heard).containsExactly("safe", "close");
        go.countDown();
        route.join(10_000);
        assertThat(owner.outcomes()).contains("made safe");
    }

    @Test
    void oneDeviceThatHangsKeepsNoOtherFromBeingMadeSafe() throws Exception {
        Owner owner = new Owner(folder, "safeAfterSilenceMillis: 1000", "target: unit");
        ExecutorService threads = Executors.newCachedThreadPool();
        Envelopes own =
                new Envelopes(
                        owner.file,
                        AuditLog.none(),
                        java.time.Clock.systemUTC(),
                        owner.nanos::get,
                        threads);
        CountDownLatch go = new CountDownLatch(1);
        Plant hanging = new Plant();
        hanging.duringSafe = () -> Plant.await(go);
        CountDownLatch second = new CountDownLatch(1);
        plant.duringSafe = second::countDown;
        try (ActionGate one = owner.gate(own, hanging, "unit", "1");
                ActionGate two = owner.gate(own, plant, "unit", "2")) {
            owner.pass(1000);
            own.look();
            own.look();
            Plant.await(second);
            go.countDown();
            assertThat(one).isNotSameAs(two);
        } finally {
            go.countDown();
            own.close();
        }
        assertThat(plant.heard).startsWith("safe");
    }

    @Test
    void withAFileThatWasNeverGoodNothingIsDone() throws Exception {
        Files.writeString(folder.resolve("broken.yaml"), "actuators: 5");
        Envelopes broken =
                new Envelopes(
                        folder.resolve("broken.yaml"),
                        AuditLog.none(),
                        java.time.Clock.systemUTC(),
                        System::nanoTime,
                        Runnable::run);
        Owner owner = new Owner(folder);
        try (ActionGate gate =
                new ActionGate(
                        plant,
                        dev.ganglion.api.data.Options.of("t", plant.options(), Map.of(), folder),
                        null,
                        broken)) {
            assertThat(owner.ask(gate, "fill_on")).contains("no actuator does anything");
            Files.writeString(folder.resolve("broken.yaml"), "actuators: {plant: {}}");
            broken.read();
            assertThat(owner.ask(gate, "fill_on")).isEmpty();
        }
    }

    @Test
    void whatWasDoneLastIsTakenBackOnce() {
        Owner owner = new Owner(folder, PUMPS);
        try (ActionGate gate = owner.gate(plant)) {
            owner.ask(gate, "fill_on");
            owner.ask(gate, "fill_off");
            owner.envelopes.undo("plant");
            assertThat(owner.ask(gate, "drain_on"))
                    .as("fill_on holds again")
                    .contains("never hold together");
            assertThatThrownBy(() -> owner.envelopes.undo("plant"))
                    .hasMessageContaining(
                            "did nothing that could be taken back: the last action was taken back already");
            assertThatThrownBy(() -> owner.envelopes.undo("house"))
                    .hasMessageContaining("act:house");
            owner.ask(gate, "fill_off");
            gate.makeSafe();
            assertThatThrownBy(() -> owner.envelopes.undo("plant"))
                    .isInstanceOf(GanglionException.class);
            plant.undoes = false;
            owner.ask(gate, "fill_on");
            assertThatThrownBy(() -> owner.envelopes.undo("plant"))
                    .hasMessageContaining("cannot take back");
        }
        assertThat(plant.heard)
                .containsExactly(
                        "safe", "fill_on", "fill_off", "undo", "fill_off", "safe", "fill_on");
    }

    @Test
    void aTargetTellsDevicesApart() {
        Owner owner = new Owner(folder, "target: unit", PUMPS);
        try (ActionGate one = owner.gate(plant);
                ActionGate two = owner.gate(plant, "unit", "2")) {
            assertThat(owner.ask(one, "fill_on")).isEmpty();
            assertThat(owner.ask(two, "drain_on")).isEmpty();
            owner.write(PUMPS, "target: [unit, colour]");
            owner.envelopes.read();
            assertThat(owner.ask(two, "drain_off")).isEmpty();
        }
    }
}
