package dev.ganglion.testkit.toy;

import dev.ganglion.api.sense.Sensor;
import dev.ganglion.testkit.SensorContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** Proves the parts of the kit that a sensor without file and thread cannot show. */
public class LinesSensorTest extends SensorContract {
    @TempDir Path folder;

    @Override
    protected Sensor sensor() {
        return new LinesSensor();
    }

    @Override
    protected Map<String, String> options() {
        return Map.of("path", file("good.txt", "one\ntwo\nthree\n"));
    }

    @Override
    protected Map<String, String> missing() {
        return Map.of("path", folder.resolve("absent.txt").toString());
    }

    @Override
    protected Map<String, String> withABadItem() {
        return Map.of("path", file("bad.txt", "one\n\nthree\n"));
    }

    private String file(String name, String content) {
        try {
            return Files.writeString(folder.resolve(name), content).toString();
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }
}
