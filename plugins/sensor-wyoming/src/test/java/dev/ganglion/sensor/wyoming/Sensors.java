package dev.ganglion.sensor.wyoming;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.sense.Sensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Opens sensors as a route does. */
final class Sensors {
    private Sensors() {}

    static AutoCloseable open(Sensor.Sink sink, int port, String... given) {
        Map<String, String> options = new HashMap<>(Map.of("port", String.valueOf(port)));
        for (String option : given) {
            options.put(
                    option.substring(0, option.indexOf('=')),
                    option.substring(option.indexOf('=') + 1));
        }
        WyomingSensor sensor = new WyomingSensor();
        return sensor.open(
                Options.of("sense:wyoming", sensor.options(), options, Path.of("")), sink);
    }
}
