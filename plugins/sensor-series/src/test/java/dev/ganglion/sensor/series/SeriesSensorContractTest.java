package dev.ganglion.sensor.series;

import dev.ganglion.api.sense.Sensor;
import dev.ganglion.testkit.SensorContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class SeriesSensorContractTest {
    /** A file that is there, read to its end. */
    @Nested
    class AFile extends SensorContract {
        @TempDir Path folder;
        private final Sensor sensor = new SeriesSensor();

        @BeforeEach
        void write() throws IOException {
            Files.writeString(folder.resolve("good.csv"), "a,b\n1,2\n3,4\n5,6\n");
            Files.writeString(folder.resolve("bad.csv"), "a,b\n1,2\nx,4\n5,6\n");
        }

        @Override
        protected Sensor sensor() {
            return sensor;
        }

        @Override
        protected Map<String, String> options() {
            return options("good.csv");
        }

        private Map<String, String> options(String file) {
            return Map.of(
                    "path", folder.resolve(file).toString(), "columns", "b,a", "units", "Cel,%");
        }

        @Override
        protected Map<String, String> missing() {
            return options("none.csv");
        }

        @Override
        protected Map<String, String> withABadItem() {
            return options("bad.csv");
        }
    }

    /** A broker to which readings are published while the sensor is open. */
    @Nested
    class ABroker extends SensorContract {
        private final Sensor sensor = new SeriesSensor();
        private Mosquitto mosquitto;
        private Publisher publisher;

        @BeforeEach
        void start() throws MqttException {
            mosquitto = new Mosquitto();
            publisher = new Publisher(mosquitto.uri());
        }

        @AfterEach
        void stop() throws MqttException {
            if (publisher != null) {
                publisher.close();
            }
            if (mosquitto != null) {
                mosquitto.close();
            }
        }

        @Override
        protected Sensor sensor() {
            return sensor;
        }

        @Override
        protected Map<String, String> options() {
            return Map.of("broker", mosquitto.uri(), "topic", "room/#", "columns", "a,b");
        }

        @Override
        protected void stimulate() {
            mosquitto.awaitSubscriptionOrQuiet();
            publisher.say("room/1", "1,2");
            publisher.say("room/1", "x,2");
            publisher.say("room/1", "{\"a\": 3, \"b\": 4}");
        }

        @Override
        protected Map<String, String> missing() {
            return Map.of();
        }

        @Override
        protected Map<String, String> withABadItem() {
            return options();
        }
    }

    /** A serial port into which a device writes while the sensor is open. */
    @Nested
    class ASerialPort extends SensorContract {
        private final Sensor sensor = new SeriesSensor();
        private Cable cable;

        @BeforeEach
        void plugIn() {
            cable = new Cable();
        }

        @AfterEach
        void unplug() {
            if (cable != null) {
                cable.close();
            }
        }

        @Override
        protected Sensor sensor() {
            return sensor;
        }

        @Override
        protected Map<String, String> options() {
            return Map.of("serial", cable.port(), "baud", "9600", "columns", "a,b");
        }

        @Override
        protected void stimulate() {
            cable.awaitReaderOrQuiet();
            cable.say("\n1,2\nx,2\n3,4\n");
        }

        @Override
        protected Map<String, String> missing() {
            return Map.of("serial", "/dev/ttyNone7", "baud", "9600", "columns", "a,b");
        }

        @Override
        protected Map<String, String> withABadItem() {
            return options();
        }
    }
}
