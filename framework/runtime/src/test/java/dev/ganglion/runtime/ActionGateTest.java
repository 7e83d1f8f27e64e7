package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.runtime.act.Action;
import dev.ganglion.runtime.act.ActionGate;
import dev.ganglion.runtime.act.Rehearsal;
import dev.ganglion.testkit.toy.RecordingActuator;
import dev.ganglion.testkit.toy.RecordingActuator.Performed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ActionGateTest {
    private final AtomicLong clockNanos = new AtomicLong(-5);
    private final RecordingActuator house = new RecordingActuator();

    private ActionGate gate(Actuator actuator) {
        Options options = Options.of("test", actuator.options(), Map.of(), Path.of(""));
        return new ActionGate(actuator, options, null);
    }

    private static Decision sure(String name, Object... parameters) {
        return decision(name, true, parameters);
    }

    private static Decision decision(String name, boolean sure, Object... parameters) {
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            map.put((String) parameters[i], parameters[i + 1]);
        }
        return new Decision(name, map, 0.9, sure);
    }

    private @Nullable Action perform(ActionGate gate, Decision decision) {
        return gate.perform(decision, clockNanos.get());
    }

    @Test
    void aSureDecisionBecomesTheActionOfItsName() {
        try (ActionGate gate = gate(house)) {
            Action action = perform(gate, sure("light_on", "room", "hall"));
            assertThat(action).isEqualTo(new Action("light_on", Map.of("room", "hall"), ""));
            assertThat(action.performed()).isTrue();
        }
        assertThat(house.performed())
                .containsExactly(new Performed("light_on", Map.of("room", "hall")));
        assertThat(house.openDevices()).isZero();
    }

    @Test
    void anUnsureDecisionNeverActs() {
        try (ActionGate gate = gate(house)) {
            assertThat(perform(gate, decision("light_on", false, "room", "hall"))).isNull();
        }
        assertThat(house.performed()).isEmpty();
    }

    @Test
    void onlyDeclaredActionsReachTheDevice() {
        try (ActionGate gate = gate(house)) {
            assertThat(perform(gate, sure("open_door", "room", "hall"))).isNull();
        }
        assertThat(house.performed()).isEmpty();
    }

    @Test
    void onlyDeclaredParametersReachTheDevice() {
        try (ActionGate gate = gate(house)) {
            perform(gate, sure("light_on", "room", "hall", "colour", "red"));
        }
        assertThat(house.performed())
                .containsExactly(new Performed("light_on", Map.of("room", "hall")));
    }

    @Test
    void aRequiredParameterThatWasNotSaidIsRefused() {
        try (ActionGate gate = gate(house)) {
            Action action = perform(gate, sure("set_level", "room", "hall"));
            assertThat(action.performed()).isFalse();
            assertThat(action.refusal())
                    .isEqualTo(
                            "set_level needs 'level' (a number from 0 to 100 in %), and"
                                    + " 'set_level' came with: {room=hall}");
        }
        assertThat(house.performed()).isEmpty();
    }

    @Test
    void aNumberOutOfRangeIsRefused() {
        try (ActionGate gate = gate(house)) {
            Action action = perform(gate, sure("set_level", "room", "hall", "level", 250.0));
            assertThat(action.refusal())
                    .isEqualTo(
                            "set_level: 'level' takes a number from 0 to 100 in %, found '250.0'");
        }
        assertThat(house.performed()).isEmpty();
        assertThat(house.madeSafe()).as("nothing was begun").isZero();
    }

    @Test
    void whatTheWorldDoesNotHaveIsRefusedAndTheDeviceIsLeftAlone() {
        try (ActionGate gate = gate(house)) {
            assertThat(perform(gate, sure("light_on", "room", "garage")).refusal())
                    .contains("there is no room 'garage'; there are: kitchen, hall, bedroom");
        }
        assertThat(house.madeSafe()).isZero();
    }

    @Test
    void aDeviceThatFailedIsMadeSafeAndItsFailureIsPassedOn() {
        for (Kind kind : List.of(Kind.RETRY, Kind.SETUP, Kind.REOPEN)) {
            RecordingActuator failing = new RecordingActuator();
            GanglionException failure = new GanglionException(kind, "forced");
            failing.failWith(failure);
            try (ActionGate gate = gate(failing)) {
                assertThat(refused(kind, () -> perform(gate, sure("light_on", "room", "hall"))))
                        .isSameAs(failure);
                assertThat(failing.madeSafe()).isOne();
                failing.failWith(null);
                assertThat(perform(gate, sure("light_on", "room", "hall")).performed()).isTrue();
                assertThat(failing.madeSafe()).isOne();
            }
        }
    }

    @Test
    void anUnexpectedExceptionBecomesARetryWithItsCauseAndTheDeviceIsMadeSafe() {
        Bell bell = new Bell(0);
        bell.failure = new IllegalStateException("forced");
        try (ActionGate gate = gate(bell)) {
            assertThat(refused(Kind.RETRY, () -> perform(gate, sure("ring"))))
                    .hasMessage(
                            "act:bell failed at ring{} (java.lang.IllegalStateException: forced);"
                                    + " look after the device")
                    .hasCause(bell.failure);
        }
        assertThat(bell.heard).containsExactly("ring", "safe", "close");
    }

    @Test
    void aSetupFailureOfAnActionWithoutParametersIsNoRefusal() {
        Bell bell = new Bell(0);
        bell.failure = new GanglionException(Kind.SETUP, "the bell has no clapper");
        try (ActionGate gate = gate(bell)) {
            assertThat(refused(Kind.SETUP, () -> perform(gate, sure("ring"))))
                    .isSameAs(bell.failure);
        }
    }

    @Test
    void aDeviceThatEvenFailsToBecomeSafeDoesNotHideWhatFailedFirst() {
        Bell bell = new Bell(0);
        bell.failure = new GanglionException(Kind.RETRY, "first");
        bell.safeFailure = new IllegalStateException("second");
        try (ActionGate gate = gate(bell)) {
            assertThat(catchThrowable(() -> perform(gate, sure("ring"))))
                    .isSameAs(bell.failure)
                    .hasSuppressedException(bell.safeFailure);
        }
    }

    @Test
    void anActionThatComesTooSoonIsRefusedUntilItsIntervalIsOver() {
        Bell bell = new Bell(1_000);
        try (ActionGate gate = gate(bell)) {
            assertThat(perform(gate, sure("ring")).performed()).isTrue();
            clockNanos.addAndGet(999_000_000);
            Action early = perform(gate, sure("ring"));
            assertThat(early.performed()).isFalse();
            assertThat(early.refusal())
                    .isEqualTo(
                            "act:bell takes 'ring' every 1000 ms at most, and the last one was 999"
                                    + " ms ago");
            assertThat(perform(gate, sure("stop")).performed()).as("another action").isTrue();
            clockNanos.addAndGet(1_000_000);
            assertThat(perform(gate, sure("ring")).performed()).isTrue();
        }
        assertThat(bell.heard).containsExactly("ring", "stop", "ring", "close");
    }

    @Test
    void theDeviceIsMadeSafeWhenAsked() {
        try (ActionGate gate = gate(house)) {
            gate.makeSafe();
        }
        assertThat(house.madeSafe()).isOne();
    }

    @Test
    void aDeviceThatIsNotThereIsPassedOn() {
        Options options =
                Options.of("test", house.options(), Map.of("device", "villa"), Path.of(""));
        assertThat(refused(Kind.SETUP, () -> new ActionGate(house, options, null)))
                .hasMessageContaining("there is no device 'villa'");
    }

    /** Fails and limits its rate, which the recording actuator does not. */
    private static final class Bell implements Rehearsal, Actuator.Device {
        final List<String> heard = new ArrayList<>();
        RuntimeException failure;
        RuntimeException safeFailure;

        private final long intervalMillis;

        Bell(long intervalMillis) {
            this.intervalMillis = intervalMillis;
        }

        @Override
        public String name() {
            return "bell";
        }

        @Override
        public List<Parameter> options() {
            return List.of();
        }

        @Override
        public Device open(Options options) {
            return this;
        }

        @Override
        public List<ActionSpec> actions(Options options) {
            return List.of(
                    new ActionSpec("ring", List.of(), intervalMillis), ActionSpec.of("stop"));
        }

        @Override
        public void perform(String action, Map<String, Object> parameters) {
            heard.add(action);
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public void makeSafe() {
            heard.add("safe");
            if (safeFailure != null) {
                throw safeFailure;
            }
        }

        @Override
        public void close() {
            heard.add("close");
        }
    }
}
