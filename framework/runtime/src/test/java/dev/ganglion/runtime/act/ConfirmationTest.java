package dev.ganglion.runtime.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfirmationTest {
    /** The hash of 2468, as the command makes it. */
    private static final String PIN =
            "pin: \"pbkdf2-sha256:10000:000102030405060708090a0b0c0d0e0f:"
                    + "1a08d6086f6dc7f66e1013d077074b647ea87f01a4a4b8c77b3c9a5ee0e6a2b1\"";

    private static final String BY_PIN = "confirm: [{action: unlock, by: pin}]";
    private static final String BY_OPERATOR =
            "confirm: [{action: unlock, door: front, by: operator}]";

    @TempDir Path folder;
    private final Plant plant = new Plant();

    private static String id(Owner owner) {
        assertThat(owner.envelopes.waiting()).hasSize(1);
        return String.valueOf(owner.envelopes.waiting().get(0).get("id"));
    }

    private static String front(Owner owner, ActionGate gate, Object... more) {
        Object[] all = new Object[more.length + 2];
        all[0] = "door";
        all[1] = "front";
        System.arraycopy(more, 0, all, 2, more.length);
        return owner.ask(gate, "unlock", all);
    }

    @Test
    void aNamedActionWaitsForTheOperator() {
        Owner owner = new Owner(folder, BY_OPERATOR);
        try (ActionGate gate = owner.gate(plant)) {
            assertThat(owner.ask(gate, "unlock", "door", "back")).isEmpty();
            assertThat(front(owner, gate))
                    .isEqualTo("unlock of act:plant waits to be confirmed; see 'ganglion confirm'");
            assertThat(plant.heard).containsExactly("unlock{door=back}");
            assertThat(owner.envelopes.confirm(id(owner), "").performed()).isTrue();
            assertThat(plant.heard).containsExactly("unlock{door=back}", "unlock{door=front}");
            assertThat(owner.envelopes.waiting()).isEmpty();
        }
        assertThat(owner.outcomes())
                .containsExactly("performed", "waits for confirmation", "confirmed");
    }

    @Test
    void whatADecisionSaysConfirmsNothing() {
        Owner owner = new Owner(folder, BY_PIN, PIN);
        try (ActionGate gate = owner.gate(plant)) {
            assertThat(front(owner, gate, "pin", "2468", "confirm", true, "confirmed", true))
                    .contains("waits to be confirmed with the PIN");
        }
        assertThat(plant.heard).isEmpty();
    }

    @Test
    void thePinConfirmsAndThreeWrongOnesLockItOut() {
        Owner owner = new Owner(folder, BY_PIN, PIN, "lockOutMinutes: 1");
        try (ActionGate gate = owner.gate(plant)) {
            front(owner, gate);
            String id = id(owner);
            assertThatThrownBy(() -> owner.envelopes.confirm(id, ""))
                    .hasMessageContaining("ganglion confirm " + id + " --pin");
            for (String wrong : List.of("1", "2", "3")) {
                assertThatThrownBy(() -> owner.envelopes.confirm(id, wrong))
                        .hasMessageContaining("not the PIN");
            }
            assertThatThrownBy(() -> owner.envelopes.confirm(id, "2468"))
                    .hasMessageContaining("try again in 1 minute");
            owner.pass(61_000);
            front(owner, gate);
            assertThat(owner.envelopes.confirm(id(owner), "2468").performed()).isTrue();
        }
        assertThat(plant.heard).containsExactly("unlock{door=front}");
    }

    @Test
    void aRestartAndAnotherDeviceForgetNoWrongPin() {
        for (String wrong : List.of("1", "2", "3")) {
            Owner owner = new Owner(folder, BY_PIN, PIN, "target: unit");
            try (ActionGate gate = owner.gate(plant, "unit", wrong)) {
                front(owner, gate);
                assertThatThrownBy(() -> owner.envelopes.confirm(id(owner), wrong))
                        .hasMessageContaining("not the PIN");
            }
            owner.envelopes.close();
        }
        Owner owner = new Owner(folder, BY_PIN, PIN, "target: unit");
        try (ActionGate gate = owner.gate(plant)) {
            front(owner, gate);
            assertThatThrownBy(() -> owner.envelopes.confirm(id(owner), "2468"))
                    .hasMessageContaining("too many wrong PINs");
        }
        assertThat(plant.heard).isEmpty();
    }

    @Test
    void noTwoThatWaitHaveOneName() {
        Owner owner = new Owner(folder, "confirm: [{action: heat, by: operator}]", "target: unit");
        try (ActionGate one = owner.gate(plant);
                ActionGate two = owner.gate(plant, "unit", "2")) {
            for (int i = 0; i < 10; i++) {
                owner.ask(one, "heat", "power", i * 1.0);
                owner.ask(two, "heat", "power", i * 1.0);
            }
            assertThat(owner.envelopes.waiting().stream().map(each -> each.get("id")).distinct())
                    .hasSize(20)
                    .allSatisfy(id -> assertThat(String.valueOf(id)).matches("[a-z2-9]{6}"));
        }
    }

    @Test
    void newRulesHaveNothingWaitAtOnce() {
        Owner owner = new Owner(folder, BY_OPERATOR);
        try (ActionGate gate = owner.gate(plant)) {
            front(owner, gate);
            String id = id(owner);
            owner.write("confirm: [{action: unlock, by: pin}]", PIN);
            owner.envelopes.read();
            assertThatThrownBy(() -> owner.envelopes.confirm(id, ""))
                    .hasMessageContaining("nothing waits under");
        }
        assertThat(plant.heard).isEmpty();
    }

    @Test
    void aConfirmationComesTooLate() {
        Owner owner = new Owner(folder, BY_OPERATOR, "confirmWithinSeconds: 5");
        try (ActionGate gate = owner.gate(plant)) {
            front(owner, gate);
            String id = id(owner);
            owner.pass(5000);
            assertThatThrownBy(() -> owner.envelopes.confirm(id, ""))
                    .hasMessageContaining("nothing waits under '" + id + "'");
        }
        assertThat(plant.heard).isEmpty();
    }

    @Test
    void oneConfirmationIsForOneAction() {
        Owner owner = new Owner(folder, BY_OPERATOR);
        try (ActionGate gate = owner.gate(plant)) {
            front(owner, gate);
            front(owner, gate);
            String id = id(owner);
            owner.envelopes.confirm(id, "");
            assertThatThrownBy(() -> owner.envelopes.confirm(id, ""))
                    .hasMessageContaining("nothing waits");
        }
        assertThat(plant.heard).hasSize(1);
    }

    @Test
    void whatWasConfirmedIsCheckedOnceMore() {
        Owner owner = new Owner(folder, BY_OPERATOR, "rate: {action: unlock, everyMillis: 1000}");
        try (ActionGate gate = owner.gate(plant)) {
            front(owner, gate);
            owner.ask(gate, "unlock", "door", "back");
            assertThat(owner.envelopes.confirm(id(owner), "").refusal()).contains("within 1000 ms");
        }
        assertThat(plant.heard).containsExactly("unlock{door=back}");
    }

    @Test
    void otherRulesOrAnotherRouteHaveNothingWait() {
        Owner owner = new Owner(folder, BY_OPERATOR);
        try (ActionGate gate = owner.gate(plant)) {
            front(owner, gate);
            owner.write(BY_OPERATOR, "deny: [heat]");
            owner.envelopes.read();
            owner.ask(gate, "fill_on");
            assertThat(owner.envelopes.waiting()).isEmpty();
            front(owner, gate);
        }
        assertThat(owner.envelopes.waiting()).as("its route stopped").isEmpty();
    }

    @Test
    void aFloodDoesNotFillTheMemory() {
        Owner owner = new Owner(folder, "confirm: [{action: heat, by: operator}]");
        try (ActionGate gate = owner.gate(plant)) {
            for (int i = 0; i < 100; i++) {
                owner.ask(gate, "heat", "power", i * 0.5);
            }
            assertThat(owner.ask(gate, "heat", "power", 99.0)).contains("too many actions");
            assertThat(owner.envelopes.waiting()).hasSize(16);
        }
        assertThat(plant.heard).isEmpty();
    }

    @Test
    void theOperatorsCommandsAnswerWithSentences() {
        Owner owner = new Owner(folder, BY_OPERATOR);
        EnvelopeCommands commands = new EnvelopeCommands(owner.envelopes);
        try (ActionGate gate = owner.gate(plant)) {
            front(owner, gate);
            assertThat(commands.apply(Map.of("command", "confirm")))
                    .containsEntry("ok", true)
                    .hasEntrySatisfying("waiting", list -> assertThat((List<?>) list).hasSize(1));
            assertThat(commands.apply(Map.of("command", "confirm", "id", "nobody")))
                    .containsEntry("ok", false);
            assertThat(commands.apply(Map.of("command", "confirm", "id", id(owner))))
                    .containsEntry("ok", true)
                    .containsEntry("sentence", "unlock{door=front} was done");
            assertThat(commands.apply(Map.of("command", "undo", "actuator", "plant")))
                    .containsEntry("ok", true);
            assertThat(commands.apply(Map.of("command", "undo", "actuator", "plant")))
                    .containsEntry("ok", false);
        }
    }
}
