package dev.ganglion.actuator.home;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.testkit.ActuatorContract;
import java.util.HashMap;
import java.util.Map;

class HomeActuatorContractTest extends ActuatorContract {
    private final Actuator actuator = new HomeActuator();

    @Override
    protected Actuator actuator() {
        return actuator;
    }

    @Override
    protected Map<String, String> options() {
        return Map.of("print", "none");
    }

    @Override
    protected Map<String, Map<String, Object>> examples() {
        Map<String, Map<String, Object>> examples = new HashMap<>();
        examples.put("light_on", Map.of("room", "kitchen", "brightness", 80.0));
        examples.put("light_off", Map.of("room", "the lounge"));
        examples.put("light_dim", Map.of("room", "kitchen", "by", 10.0));
        examples.put("light_brighten", Map.of());
        examples.put("light_colour", Map.of("room", "all", "colour", "warm white"));
        examples.put("plug_on", Map.of("device", "wemo plug socket"));
        examples.put("plug_off", Map.of("device", "kettle", "room", "kitchen"));
        examples.put("coffee_make", Map.of());
        examples.put("vacuum_start", Map.of("room", "bedroom"));
        examples.put("volume_up", Map.of());
        examples.put("volume_down", Map.of("by", 5.0));
        examples.put("volume_mute", Map.of("room", "living room"));
        examples.put("thermostat_set", Map.of("room", "office", "temperature", 21.5));
        return examples;
    }

    @Override
    protected Map<String, Map<String, Object>> unknownThings() {
        return Map.of(
                "light_on", Map.of("room", "cellar"),
                "light_off", Map.of("room", "porch"),
                "light_colour", Map.of("room", "moon", "colour", "red"),
                "plug_on", Map.of("device", "tumble dryer"),
                "plug_off", Map.of("device", "kettle", "room", "attic"),
                "vacuum_start", Map.of("room", "cellar"),
                "thermostat_set", Map.of("room", "garden", "temperature", 20.0));
    }

    @Override
    protected Map<String, String> unreachable() {
        return Map.of("home", "no-such-home.yaml", "print", "none");
    }
}
