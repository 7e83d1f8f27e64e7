package dev.ganglion.actuator.speech;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.testkit.ActuatorContract;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class SpeechActuatorContractTest {
    abstract static class Output extends ActuatorContract {
        private final Actuator actuator = new SpeechActuator();

        @Override
        protected Actuator actuator() {
            return actuator;
        }

        @Override
        protected Map<String, Map<String, Object>> examples() {
            return Map.of("say", Map.of("text", "The light is on."));
        }

        /** What cannot be said is as unknown to this world as a room that a house does not have. */
        @Override
        protected Map<String, Map<String, Object>> unknownThings() {
            return Map.of();
        }

        @Override
        protected Map<String, String> unreachable() {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return Map.of("to", "target", "server", "tcp://127.0.0.1:" + socket.getLocalPort());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Nested
    class IntoAFolder extends Output {
        @TempDir Path folder;

        @BeforeEach
        void needsEspeak() {
            Speech.needsEspeak();
        }

        @Override
        protected Map<String, String> options() {
            return Map.of("to", folder.toString());
        }
    }

    @Nested
    class Nowhere extends Output {
        @Override
        protected Map<String, String> options() {
            return Map.of("to", "none");
        }
    }
}
