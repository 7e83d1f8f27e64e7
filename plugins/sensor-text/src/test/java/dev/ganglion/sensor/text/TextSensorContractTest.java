package dev.ganglion.sensor.text;

import dev.ganglion.api.sense.Sensor;
import dev.ganglion.testkit.SensorContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class TextSensorContractTest {
    /** A file that is there, read to its end. */
    @Nested
    class AFile extends SensorContract {
        @TempDir Path folder;
        private final Sensor sensor = new TextSensor();

        @BeforeEach
        void write() throws IOException {
            Files.writeString(folder.resolve("good.txt"), "one\ntwo\n\nthree\n");
            Files.write(folder.resolve("bad.txt"), new byte[] {'a', '\n', -1, '\n', 'b', '\n'});
        }

        @Override
        protected Sensor sensor() {
            return sensor;
        }

        @Override
        protected Map<String, String> options() {
            return Map.of("path", folder.resolve("good.txt").toString());
        }

        @Override
        protected Map<String, String> missing() {
            return Map.of("path", folder.resolve("none.txt").toString());
        }

        @Override
        protected Map<String, String> withABadItem() {
            return Map.of("path", folder.resolve("bad.txt").toString());
        }
    }

    /** A folder that is followed: what comes is appended while it is open. */
    @Nested
    class AFolderThatIsFollowed extends SensorContract {
        @TempDir Path folder;
        private final Sensor sensor = new TextSensor();

        @Override
        protected Sensor sensor() {
            return sensor;
        }

        @Override
        protected Map<String, String> options() {
            return Map.of("path", folder.toString(), "follow", "true");
        }

        @Override
        protected void stimulate() {
            try {
                Files.write(
                        folder.resolve("a.txt"),
                        new byte[] {'a', '\n', -1, '\n', 'b', '\n'},
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        protected Map<String, String> missing() {
            return Map.of("path", folder.resolve("none").toString(), "follow", "true");
        }

        @Override
        protected Map<String, String> withABadItem() {
            return options();
        }
    }
}
