package dev.ganglion.sensor.wyoming;

import dev.ganglion.api.sense.Sensor;
import dev.ganglion.testkit.SensorContract;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Nested;

class WyomingSensorContractTest {
    abstract static class Kind extends SensorContract {
        final int port;
        boolean bad;
        private final Sensor sensor = new WyomingSensor();

        Kind() throws IOException {
            port = Peer.freePort();
        }

        @Override
        protected Sensor sensor() {
            return sensor;
        }

        /** What the sensor does not take any more, or does not answer, is no matter here. */
        void say(String text, int answers) {
            if (bad) {
                bad = false;
                say("this is no event~", 1);
            }
            try (Peer peer = new Peer(port)) {
                peer.send(text);
                for (int i = 0; i < answers; i++) {
                    peer.next();
                }
            } catch (IOException closed) {
                // As it is to be after the sensor was closed.
            }
        }

        @Override
        protected Map<String, String> missing() {
            // Set aside for documentation: no machine has it.
            return Map.of("host", "192.0.2.1", "port", String.valueOf(port));
        }
    }

    @Nested
    class Text extends Kind {
        Text() throws IOException {}

        @Override
        protected Map<String, String> options() {
            return Map.of("port", String.valueOf(port));
        }

        @Override
        protected void stimulate() {
            say(
                    "{\"type\":\"transcript\",\"data\":{\"text\":\"on\"}}~"
                            + "{\"type\":\"transcript\",\"data\":{\"text\":\"off\"}}~",
                    2);
        }

        @Override
        protected Map<String, String> withABadItem() {
            bad = true;
            return options();
        }
    }

    @Nested
    class Sound extends Kind {
        Sound() throws IOException {}

        @Override
        protected Map<String, String> options() {
            return Map.of("port", String.valueOf(port), "kind", "audio");
        }

        @Override
        protected void stimulate() {
            say(
                    "{\"type\":\"audio-start\",\"data\":{\"rate\":16000,\"width\":2,\"channels\":1}}~"
                            + "{\"type\":\"audio-chunk\",\"payload_length\":640}~"
                            + "s".repeat(640)
                            + "{\"type\":\"audio-stop\"}~",
                    1);
        }

        @Override
        protected Map<String, String> withABadItem() {
            bad = true;
            return options();
        }
    }
}
