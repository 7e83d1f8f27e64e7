package dev.ganglion.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Plugin;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What every actuator keeps to. A vendor's test says which actuator, and one example for each
 * action; what cannot be tried is switched off by an empty answer.
 */
public abstract class ActuatorContract extends PluginContract {
    private static final String SNAKE_CASE = "[a-z][a-z0-9]*(_[a-z0-9]+)*";

    /** An actuator's test needs no constructor. */
    protected ActuatorContract() {}

    /** {@return the actuator under test} */
    protected abstract Actuator actuator();

    /** {@return for the name of each declared action, parameters with which it succeeds} */
    protected abstract Map<String, Map<String, Object>> examples();

    /** {@return the options to open it with; none unless overridden} */
    protected Map<String, String> options() {
        return Map.of();
    }

    /**
     * {@return by action, parameters that fit its spec but name a thing that the world does not
     * have; empty when there are no things to name}
     */
    protected Map<String, Map<String, Object>> unknownThings() {
        return override("unknownThings(); an empty map when no action names a thing in the world");
    }

    /**
     * {@return options that name a device which is not there; empty when the actuator reaches for
     * none}
     */
    protected Map<String, String> unreachable() {
        return override("unreachable(); an empty map when the actuator reaches for no device");
    }

    @Override
    final Plugin plugin() {
        return actuator();
    }

    private Actuator.Device open() {
        return actuator().open(optionsOf(options()));
    }

    @Test
    void actionsHaveTheirOwnNamesInSnakeCase() {
        assertThat(actions())
                .isNotEmpty()
                .extracting(ActionSpec::name)
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(name).matches(SNAKE_CASE));
    }

    @Test
    void parametersHaveTheirOwnNamesInSnakeCaseWithinAnAction() {
        for (ActionSpec action : actions()) {
            assertThat(action.parameters())
                    .as(action.name())
                    .extracting(Parameter::name)
                    .doesNotHaveDuplicates()
                    .allSatisfy(name -> assertThat(name).matches(SNAKE_CASE));
        }
    }

    @Test
    void theActionsAreTheSameEachTime() {
        List<String> before = names();
        try (Actuator.Device device = open()) {
            device.makeSafe();
            assertThat(names()).isEqualTo(before);
        }
    }

    private Map<String, Object> example(String action) {
        Map<String, Object> example = examples().get(action);
        if (example == null) {
            throw new AssertionError("examples() has none for the action '" + action + "'");
        }
        return example;
    }

    private List<ActionSpec> actions() {
        return actuator().actions(optionsOf(options()));
    }

    private List<String> names() {
        return actions().stream().map(ActionSpec::name).toList();
    }

    @Test
    void eachDeclaredActionPerforms() {
        try (Actuator.Device device = open()) {
            assertThat(examples().keySet())
                    .as("examples() has one for each action")
                    .containsExactlyInAnyOrderElementsOf(names());
            for (ActionSpec action : actions()) {
                device.perform(action.name(), checked(action, example(action.name())));
            }
        }
    }

    @Test
    void eachDeclaredActionPerformsAgain() {
        try (Actuator.Device device = open()) {
            for (int round = 0; round < 2; round++) {
                for (ActionSpec action : actions()) {
                    device.perform(action.name(), checked(action, example(action.name())));
                }
            }
        }
    }

    /**
     * Only what fits the spec ever reaches a device; the kit keeps to that as the framework does.
     */
    private static Map<String, Object> checked(ActionSpec action, Map<String, Object> parameters) {
        Map<String, Object> values = new HashMap<>();
        for (Parameter parameter : action.parameters()) {
            Object value = parameters.get(parameter.name());
            if (value != null) {
                values.put(parameter.name(), parameter.parse(action.name(), value));
            }
            assertThat(value != null || !parameter.isRequired())
                    .as(action.name() + " is given '" + parameter.name() + "'")
                    .isTrue();
        }
        assertThat(values.keySet()).as(action.name()).isEqualTo(parameters.keySet());
        return values;
    }

    @Test
    void aThingThatTheWorldDoesNotHaveIsRefusedByName() {
        Map<String, Map<String, Object>> unknown = unknownThings();
        assumeGiven(!unknown.isEmpty(), "unknownThings()");
        try (Actuator.Device device = open()) {
            unknown.forEach((action, parameters) -> assertRefused(device, action, parameters));
        }
    }

    private static void assertRefused(
            Actuator.Device device, String action, Map<String, Object> parameters) {
        assertThatThrownBy(() -> device.perform(action, parameters))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(GanglionException.Kind.INPUT);
                            assertThat(parameters.values())
                                    .as("one of them is named in: " + refused.getMessage())
                                    .anyMatch(
                                            value ->
                                                    String.valueOf(refused.getMessage())
                                                            .contains(value.toString()));
                        });
    }

    @Test
    void afterARefusalTheDeviceGoesOn() {
        Map<String, Map<String, Object>> unknown = unknownThings();
        assumeGiven(!unknown.isEmpty(), "unknownThings()");
        try (Actuator.Device device = open()) {
            unknown.forEach(
                    (action, parameters) -> {
                        assertRefused(device, action, parameters);
                        device.makeSafe();
                        device.perform(action, example(action));
                    });
        }
    }

    @Test
    void openRefusesADeviceThatIsNotThereNamingIt() {
        Map<String, String> missing = unreachable();
        assumeGiven(!missing.isEmpty(), "unreachable()");
        assertThatThrownBy(() -> actuator().open(optionsOf(missing)).close())
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused -> {
                            assertThat(refused.kind())
                                    .isIn(
                                            GanglionException.Kind.SETUP,
                                            GanglionException.Kind.RETRY);
                            assertThat(missing.values())
                                    .as("one of them is named in: " + refused.getMessage())
                                    .anyMatch(String.valueOf(refused.getMessage())::contains);
                        });
    }

    @Test
    void makeSafeNeverThrows() {
        Actuator.Device device = open();
        device.makeSafe();
        device.makeSafe();
        examples().forEach(device::perform);
        device.makeSafe();
        device.close();
        device.makeSafe();
    }

    @Test
    void makeSafeMayBeCalledFromAnotherThread() {
        try (Actuator.Device device = open()) {
            Threads.start(device::makeSafe).get();
        }
    }

    @Test
    void aDeviceMayBeClosedTwice() {
        Actuator.Device device = open();
        device.close();
        device.close();
    }

    @Test
    void noThreadIsLeftAfterClose() {
        // Once before counting: a library may keep threads of its own from its first use on.
        openPerformAndClose();
        Set<Thread> before = Threads.alive();
        openPerformAndClose();
        assertThat(Threads.leftSince(before)).isEmpty();
    }

    private void openPerformAndClose() {
        try (Actuator.Device device = open()) {
            examples().forEach(device::perform);
        }
    }
}
