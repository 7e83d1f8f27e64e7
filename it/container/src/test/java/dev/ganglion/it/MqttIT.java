package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands over a real Mosquitto switch devices as Home Assistant sees them. */
class MqttIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir Path folder;

    @Test
    void aPublishedCommandSwitchesTheLightThatHomeAssistantDiscovers() throws Exception {
        String mosquitto =
                Stream.of("/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto")
                        .filter(file -> Files.isExecutable(Path.of(file)))
                        .findFirst()
                        .orElse("");
        assumeTrue(
                !mosquitto.isEmpty(),
                "Mosquitto is not installed; there is no broker to test against");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        Path configuration =
                Folders.write(
                        folder.resolve("mosquitto.conf"),
                        "listener "
                                + port
                                + " 127.0.0.1\nallow_anonymous true\npersistence false\n");
        Process broker =
                new ProcessBuilder(mosquitto, "-c", configuration.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("mosquitto.log").toFile())
                        .start();
        try {
            Awaitility.await()
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> listens(port));
            commandsSwitch("tcp://127.0.0.1:" + port);
        } finally {
            broker.destroy();
            assertThat(broker.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private void commandsSwitch(String address) throws Exception {
        Map<String, String> seen = new ConcurrentHashMap<>();
        MqttClient watcher = watch(address, seen);
        try (Ganglion run =
                Ganglion.start(
                        folder,
                        "run",
                        Ganglion.route("mqtt-commands"),
                        "--json",
                        "--set",
                        "broker=" + address)) {
            await(seen, "ganglion/availability", "online");
            List<String> configs =
                    seen.keySet().stream()
                            .filter(
                                    topic ->
                                            topic.startsWith("homeassistant/light/")
                                                    && topic.contains("kitchen"))
                            .sorted()
                            .toList();
            assertThat(configs).as("%s", seen.keySet()).isNotEmpty();
            Map<String, Object> light = JSON.std.mapFrom(seen.get(configs.get(0)));
            assertThat(light)
                    .containsKeys("name", "unique_id", "command_topic", "device")
                    .containsEntry("schema", "json")
                    .containsEntry("availability_topic", "ganglion/availability");
            String state = String.valueOf(light.get("state_topic"));
            assertThat(JSON.std.mapFrom(seen.get(state))).containsEntry("state", "OFF");

            // The device is there before the route listens: the command is given until it was
            // heard.
            Awaitility.await()
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(
                            () -> {
                                publish(watcher, "ganglion/commands", "turn on the kitchen lights");
                                assertThat(JSON.std.mapFrom(seen.get(state)))
                                        .containsEntry("state", "ON");
                            });
            run.awaitOut(
                    line ->
                            line.contains("\"route\":\"mqtt-commands\"")
                                    && line.contains("\"name\":\"light_on\""));
            publish(watcher, "ganglion/commands", "switch off the kitchen lights");
            awaitState(seen, state, "OFF");

            // Home Assistant's own switch.
            publish(watcher, String.valueOf(light.get("command_topic")), "{\"state\":\"ON\"}");
            awaitState(seen, state, "ON");

            Map<String, String> retained = new ConcurrentHashMap<>();
            MqttClient late = watch(address, retained);
            Awaitility.await()
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> retained.containsKey(state));
            assertThat(JSON.std.mapFrom(retained.get(state))).containsEntry("state", "ON");
            assertThat(retained).containsKey(configs.get(0));
            late.disconnect();
            late.close();

            run.interrupt().exitStatus();
            await(seen, "ganglion/availability", "offline");
            assertThat(run.json())
                    .last()
                    .satisfies(
                            line ->
                                    assertThat(line)
                                            .containsEntry("type", "summary")
                                            .containsEntry("failed", 0));
        } finally {
            watcher.disconnect();
            watcher.close();
        }
    }

    private static void publish(MqttClient client, String topic, String text) throws MqttException {
        client.publish(topic, text.getBytes(StandardCharsets.UTF_8), 1, false);
    }

    private static void await(Map<String, String> seen, String topic, String message) {
        Awaitility.await()
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(seen).containsEntry(topic, message));
    }

    private static void awaitState(Map<String, String> seen, String topic, String state) {
        Awaitility.await()
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(
                        () ->
                                assertThat(JSON.std.mapFrom(seen.get(topic)))
                                        .containsEntry("state", state));
    }

    /** Keeps the newest message of each topic. */
    private static MqttClient watch(String address, Map<String, String> seen) throws MqttException {
        MqttClient client =
                new MqttClient(
                        address,
                        "watcher-" + System.identityHashCode(seen),
                        new MemoryPersistence());
        client.setCallback(
                new MqttCallback() {
                    @Override
                    public void messageArrived(String topic, MqttMessage message) {
                        seen.put(topic, new String(message.getPayload(), StandardCharsets.UTF_8));
                    }

                    @Override
                    public void disconnected(MqttDisconnectResponse response) {}

                    @Override
                    public void mqttErrorOccurred(MqttException exception) {}

                    @Override
                    public void deliveryComplete(IMqttToken token) {}

                    @Override
                    public void connectComplete(boolean reconnect, String serverUri) {}

                    @Override
                    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
                });
        client.connect();
        client.subscribe("#", 1);
        return client;
    }
}
