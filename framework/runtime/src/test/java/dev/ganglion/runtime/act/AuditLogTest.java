package dev.ganglion.runtime.act;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Decision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    @TempDir Path folder;
    private final Plant plant = new Plant();

    /** The numbers of lines that do not know the line before them. */
    private static List<Integer> breaks(List<String> lines, String first) throws Exception {
        List<Integer> breaks = new ArrayList<>();
        String before = first;
        for (int i = 0; i < lines.size(); i++) {
            if (!before.isEmpty() && !lines.get(i).contains("\"before\":\"" + before + "\"}")) {
                breaks.add(i);
            }
            before =
                    HexFormat.of()
                            .formatHex(
                                    MessageDigest.getInstance("SHA-256")
                                            .digest(lines.get(i).getBytes(StandardCharsets.UTF_8)));
        }
        return breaks;
    }

    @Test
    void eachAttemptIsALineThatSaysWhereItCameFrom() throws Exception {
        Owner owner = new Owner(folder, "deny: [drain_on]");
        try (ActionGate gate = owner.gate(plant)) {
            owner.ask(gate, "heat", "power", 5.0);
            owner.ask(gate, "drain_on");
            owner.ask(gate, "heat", "power", 500.0);
            owner.ask(gate, "no such action");
        }
        List<Map<String, Object>> lines = owner.outcomeLines();
        assertThat(owner.outcomes()).containsExactly("performed", "refused", "refused");
        assertThat(lines.get(0))
                .containsEntry("n", 2)
                .containsEntry("of", 1)
                .containsEntry("time", "1970-01-01T00:00:00Z")
                .containsEntry("route", "kitchen")
                .containsEntry("trace", "trace-1")
                .containsEntry("stream", "stream-1")
                .containsEntry("model", "nlu@2")
                .containsEntry("hop", "rules")
                .containsEntry("decision", "heat")
                .containsEntry("actuator", "plant")
                .containsEntry("action", "heat")
                .containsEntry("parameters", Map.of("power", 5.0))
                .containsEntry("why", "")
                .doesNotContainKey("text");
        assertThat(String.valueOf(lines.get(2).get("why"))).contains("found '500.0'");
        assertThat(breaks(Files.readAllLines(owner.audit.resolve(AuditLog.FILE)), AuditLog.FIRST))
                .isEmpty();
    }

    @Test
    void aLineThatIsChangedTakenOutOrPutInShows() throws Exception {
        Owner owner = new Owner(folder);
        try (ActionGate gate = owner.gate(plant)) {
            for (int i = 0; i < 5; i++) {
                owner.ask(gate, "heat", "power", i * 1.0);
            }
        }
        List<String> lines = Files.readAllLines(owner.audit.resolve(AuditLog.FILE));
        List<String> changed = new ArrayList<>(lines);
        changed.set(3, lines.get(3).replace("\"power\":1.0", "\"power\":2.0"));
        assertThat(breaks(changed, AuditLog.FIRST)).containsExactly(4);
        List<String> shorter = new ArrayList<>(lines);
        shorter.remove(2);
        assertThat(breaks(shorter, AuditLog.FIRST)).containsExactly(2);
        List<String> longer = new ArrayList<>(lines);
        longer.add(2, lines.get(1));
        assertThat(breaks(longer, AuditLog.FIRST)).containsExactly(2);
    }

    @Test
    void theNextContainerGoesOnWithTheChain() throws Exception {
        for (int i = 0; i < 3; i++) {
            Owner owner = new Owner(folder);
            try (ActionGate gate = owner.gate(plant)) {
                owner.ask(gate, "fill_on");
            }
            owner.envelopes.close();
        }
        Path file = folder.resolve("audit").resolve(AuditLog.FILE);
        assertThat(Owner.lines(file))
                .extracting(line -> line.get("n"))
                .containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(breaks(Files.readAllLines(file), AuditLog.FIRST)).isEmpty();
    }

    @Test
    void aLineThatWasTornStandsForItself() throws Exception {
        Owner owner = new Owner(folder);
        try (ActionGate gate = owner.gate(plant)) {
            owner.ask(gate, "fill_on");
        }
        owner.envelopes.close();
        Path file = owner.audit.resolve(AuditLog.FILE);
        Files.writeString(file, "{\"n\":3,\"ti", StandardOpenOption.APPEND);
        Owner next = new Owner(folder);
        try (ActionGate gate = next.gate(plant)) {
            assertThat(next.ask(gate, "fill_off")).isEmpty();
        }
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(5);
        assertThat(lines.get(2)).isEqualTo("{\"n\":3,\"ti");
        assertThat(breaks(lines, AuditLog.FIRST)).containsExactly(2);
    }

    @Test
    void fourFormerFilesAreKeptAndTheChainGoesOverThem() throws Exception {
        Owner owner = new Owner(folder);
        owner.log.configure(0, false);
        try (ActionGate gate = owner.gate(plant)) {
            for (int i = 0; i < 3; i++) {
                assertThat(owner.ask(gate, "fill_on")).isEmpty();
            }
            owner.log.configure(1, false);
            assertThat(owner.ask(gate, "fill_on")).isEmpty();
        }
        List<String> all = new ArrayList<>();
        for (int i = 4; i > 0; i--) {
            all.addAll(Files.readAllLines(owner.audit.resolve("actions." + i + ".jsonl")));
        }
        assertThat(owner.audit.resolve("actions.5.jsonl")).doesNotExist();
        all.addAll(Files.readAllLines(owner.audit.resolve(AuditLog.FILE)));
        assertThat(all).hasSize(6);
        assertThat(all.get(5)).startsWith("{\"n\":8,");
        assertThat(breaks(all, "")).isEmpty();
        owner.envelopes.close();
        Files.delete(owner.audit.resolve(AuditLog.FILE));
        Owner next = new Owner(folder);
        try (ActionGate gate = next.gate(plant)) {
            next.ask(gate, "fill_on");
        }
        assertThat(next.lines().get(0)).as("after the former file").containsEntry("n", 7);
    }

    @Test
    void whatCannotBeWrittenDownIsNotDone() throws Exception {
        Owner owner = new Owner(folder);
        Files.writeString(owner.audit, "a file in the folder's place");
        try (ActionGate gate = owner.gate(plant)) {
            assertThat(owner.ask(gate, "fill_on"))
                    .contains("audit log", "cannot be written", "nothing is done until it can");
            assertThat(plant.heard).isEmpty();
            Files.delete(owner.audit);
            assertThat(owner.ask(gate, "fill_on")).isEmpty();
            assertThatAnotherContainerIsRefused();
        }
        assertThat(owner.outcomes()).containsExactly("performed");
    }

    private void assertThatAnotherContainerIsRefused() {
        AuditLog second = AuditLog.in(folder.resolve("audit"), Clock.systemUTC());
        assertThat(second.problem()).contains("cannot be written");
    }

    @Test
    void aFileThatIsRemovedIsMadeAgainAndItsLossShows() throws Exception {
        Owner owner = new Owner(folder);
        try (ActionGate gate = owner.gate(plant)) {
            owner.ask(gate, "fill_on");
            Files.delete(owner.audit.resolve(AuditLog.FILE));
            assertThat(owner.ask(gate, "fill_off")).isEmpty();
        }
        List<String> lines = Files.readAllLines(owner.audit.resolve(AuditLog.FILE));
        assertThat(lines).hasSize(2);
        assertThat(breaks(lines, AuditLog.FIRST)).containsExactly(0);
    }

    @Test
    void whatWasSaidIsWrittenOnlyIfItsOwnerWantsThat() throws IOException {
        Owner owner = new Owner(folder);
        try (ActionGate gate = owner.gate(plant)) {
            owner.ask(gate, "say", "text", "you said: fill it up");
            owner.whole("audit: {text: true}");
            owner.envelopes.read();
            owner.ask(gate, "say", "text", "you said: fill it up");
        }
        assertThat(owner.lines().get(1))
                .containsEntry("parameters", Map.of("text", "(20 characters)"));
        assertThat(owner.lines().get(3))
                .containsEntry("text", "fill it up")
                .containsEntry("parameters", Map.of("text", "you said: fill it up"));
    }

    @Test
    void whatWasSaidChangesNothingOfTheLogsOwn() throws Exception {
        for (String said :
                List.of("0", "performed", "plant", "lamp", "refused", "before", "e", "on")) {
            Owner owner =
                    new Owner(
                            Files.createDirectories(folder.resolve(said)), "deny: [{action: say}]");
            try (ActionGate gate = owner.gate(plant)) {
                Origin origin = new Origin("kitchen", "trace-1", "s", "m", "", said);
                gate.perform(
                        new Decision("lamp", Map.of("room", said, "on", true), 1, true),
                        owner.nanos.get(),
                        null,
                        origin);
                gate.perform(
                        new Decision("say", Map.of("text", said), 1, true),
                        owner.nanos.get(),
                        null,
                        origin);
            }
            List<String> raw = Files.readAllLines(owner.audit.resolve(AuditLog.FILE));
            assertThat(breaks(raw, AuditLog.FIRST)).as(said).isEmpty();
            assertThat(owner.outcomes()).containsExactly("performed", "refused");
            assertThat(owner.lines().get(1))
                    .containsEntry("action", "lamp")
                    .containsEntry("actuator", "plant")
                    .containsEntry(
                            "parameters",
                            Map.of("room", "(" + said.length() + " characters)", "on", true));
            assertThat(String.valueOf(owner.lines().get(2).get("why")))
                    .contains(
                            "the owner does not allow say{text=(" + said.length() + " characters)}",
                            "it is denied by");
        }
    }

    @Test
    void aFloodOfRefusalsIsCountedNotWritten() {
        Owner owner = new Owner(folder, "deny: [heat]");
        try (ActionGate gate = owner.gate(plant)) {
            for (int i = 0; i < 1000; i++) {
                owner.ask(gate, "heat", "power", i / 10.0);
                owner.ask(gate, "heat", "power", 1000.0 + i);
            }
            assertThat(owner.lines()).hasSize(10);
            owner.ask(gate, "fill_on");
            owner.envelopes.close();
        }
        assertThat(owner.lines()).hasSize(14);
        assertThat(
                        owner.lines().stream()
                                .filter(line -> "refused".equals(line.get("outcome")))
                                .mapToInt(line -> (int) line.getOrDefault("times", 1))
                                .sum())
                .isEqualTo(2000);
    }

    @Test
    void whateverADecisionHoldsItIsOneLineOfJson() throws Exception {
        String nasty =
                "\"}\n{\"outcome\":\"performed\"\u0000\ud800\u2028\u202e\\" + "x".repeat(1000);
        Owner owner = new Owner(folder);
        try (ActionGate gate = owner.gate(plant)) {
            gate.perform(
                    new Decision("say", Map.of("text", nasty), 1, true),
                    1,
                    null,
                    new Origin(nasty, nasty, nasty, nasty, nasty, nasty + "y"));
        }
        assertThat(owner.lines()).hasSize(2);
        String raw = Files.readString(owner.audit.resolve(AuditLog.FILE));
        assertThat(raw).matches("[ -~]*\n[ -~]*\n").hasSizeLessThan(10_000);
        assertThat(String.valueOf(owner.lines().get(0).get("route")))
                .startsWith(nasty.substring(0, 30))
                .endsWith("...");
    }

    @Test
    void nobodyElseMayReadTheFile() throws Exception {
        Owner owner = new Owner(folder);
        try (ActionGate gate = owner.gate(plant)) {
            owner.ask(gate, "fill_on");
        }
        assertThat(Files.getPosixFilePermissions(owner.audit.resolve(AuditLog.FILE)))
                .extracting(Enum::name)
                .containsExactlyInAnyOrder("OWNER_READ", "OWNER_WRITE");
    }
}
