package dev.ganglion.actuator.speech;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Options;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Opens devices as a route does. */
final class Speech {
    private Speech() {}

    static Actuator.Device open(SpeechActuator actuator, String... given) {
        Map<String, String> options = new HashMap<>();
        for (String option : given) {
            options.put(
                    option.substring(0, option.indexOf('=')),
                    option.substring(option.indexOf('=') + 1));
        }
        return actuator.open(Options.of("act:speech", actuator.options(), options, Path.of("")));
    }

    static void say(Actuator.Device device, String text) {
        device.perform("say", Map.of("text", text));
    }

    static void needsEspeak() {
        boolean there = false;
        for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
            there |= !folder.isEmpty() && Files.isExecutable(Path.of(folder, "espeak-ng"));
        }
        assumeTrue(there, "espeak-ng is not installed; apt-get install espeak-ng");
    }
}
