package com.example.led;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.testkit.ActuatorContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class LedActuatorTest extends ActuatorContract {
    @TempDir Path folder;

    @Override
    protected Actuator actuator() {
        return new LedActuator();
    }

    @Override
    protected Map<String, String> options() {
        Path file = folder.resolve("brightness");
        try {
            Files.writeString(file, "0");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.of("file", file.toString());
    }

    @Override
    protected Map<String, Map<String, Object>> examples() {
        return Map.of("led_on", Map.of("brightness", 100L), "led_off", Map.of());
    }

    @Override
    protected Map<String, Map<String, Object>> unknownThings() {
        return Map.of(); // a light names no rooms
    }

    @Override
    protected Map<String, String> unreachable() {
        return Map.of("file", folder.resolve("no-such-light").toString());
    }
}
