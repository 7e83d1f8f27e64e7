package dev.ganglion.sensor.audio;

import dev.ganglion.api.sense.Sensor;
import dev.ganglion.testkit.SensorContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class AudioSensorContractTest {
    abstract static class WavFiles extends SensorContract {
        @TempDir Path folder;
        private final Sensor sensor = new AudioSensor();

        @BeforeEach
        void write() throws IOException {
            double[] sound = Wav.tone(440, 0.5, 16_000, 1_000);
            Path good = Files.createDirectory(folder.resolve("good"));
            new Wav().write(good.resolve("a.wav"), sound);
            Path mixed = Files.createDirectory(folder.resolve("mixed"));
            Files.writeString(mixed.resolve("a.wav"), "no sound");
            new Wav().write(mixed.resolve("b.wav"), sound);
        }

        @Override
        protected Sensor sensor() {
            return sensor;
        }

        @Override
        protected Map<String, String> missing() {
            return Map.of("path", folder.resolve("none.wav").toString());
        }
    }

    /** As fast as the sink takes it. */
    @Nested
    class AsFastAsItIsTaken extends WavFiles {
        @Override
        protected Map<String, String> options() {
            return Map.of("path", folder.resolve("good/a.wav").toString());
        }

        @Override
        protected Map<String, String> withABadItem() {
            return Map.of("path", folder.resolve("mixed").toString());
        }
    }

    /** As fast as it was spoken. */
    @Nested
    class InRealTime extends WavFiles {
        @Override
        protected Map<String, String> options() {
            return Map.of("path", folder.resolve("good").toString(), "pace", "realtime");
        }

        @Override
        protected Map<String, String> withABadItem() {
            return Map.of("path", folder.resolve("mixed").toString(), "pace", "realtime");
        }
    }

    /** A device of the test's own, but the machine's clock. */
    @Nested
    class AMicrophone extends SensorContract {
        protected final FakeDevices devices = new FakeDevices();
        private final Sensor sensor = new AudioSensor(devices, Clock.SYSTEM);

        @Override
        protected Sensor sensor() {
            return sensor;
        }

        @Override
        protected Map<String, String> options() {
            return Map.of("blockMillis", "1");
        }

        @Override
        protected void stimulate() {
            devices.speak(new int[16]);
            devices.speak(new int[16]);
        }

        @Override
        protected Map<String, String> missing() {
            return Map.of("device", "bluetooth");
        }

        @Override
        protected Map<String, String> withABadItem() {
            return Map.of();
        }
    }

    /** It has another rate, and is asked for by its word. */
    @Nested
    class AMicrophoneThatIsResampled extends AMicrophone {
        AMicrophoneThatIsResampled() {
            devices.onlyRateHz = 48_000;
        }

        @Override
        protected Map<String, String> options() {
            return Map.of("path", "microphone", "blockMillis", "1");
        }

        @Override
        protected void stimulate() {
            // Two blocks, and what the filter needs ahead of them.
            devices.speak(new int[2 * 48 + 150]);
        }
    }
}
