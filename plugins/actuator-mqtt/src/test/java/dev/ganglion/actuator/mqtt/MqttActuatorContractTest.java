package dev.ganglion.actuator.mqtt;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.testkit.ActuatorContract;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class MqttActuatorContractTest extends ActuatorContract {
    private static Mosquitto mosquitto;

    private final Actuator actuator = new MqttActuator();

    @BeforeAll
    static void start() {
        mosquitto = new Mosquitto();
    }

    @AfterAll
    static void stop() {
        if (mosquitto != null) {
            mosquitto.close();
        }
    }

    @Override
    protected Actuator actuator() {
        return actuator;
    }

    @Override
    protected Map<String, String> options() {
        return Map.of("broker", mosquitto.uri());
    }

    @Override
    protected Map<String, Map<String, Object>> examples() {
        return Map.of(
                "light_on", Map.of("room", "kitchen", "brightness", 80.0),
                "light_off", Map.of("room", "the lounge"),
                "light_dim", Map.of("room", "kitchen", "by", 10.0),
                "light_brighten", Map.of(),
                "light_colour", Map.of("room", "all", "colour", "warm white"),
                "plug_on", Map.of("device", "wemo plug socket"),
                "plug_off", Map.of("device", "kettle", "room", "kitchen"));
    }

    @Override
    protected Map<String, Map<String, Object>> unknownThings() {
        return Map.of(
                "light_on", Map.of("room", "cellar"),
                "light_colour", Map.of("room", "moon", "colour", "red"),
                "plug_on", Map.of("device", "tumble dryer"),
                "plug_off", Map.of("device", "kettle", "room", "attic"));
    }

    @Override
    protected Map<String, String> unreachable() {
        return Map.of("broker", "tcp://127.0.0.1:" + Mosquitto.freePort());
    }
}
