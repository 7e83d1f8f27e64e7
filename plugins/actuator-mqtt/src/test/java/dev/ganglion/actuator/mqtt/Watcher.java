package dev.ganglion.actuator.mqtt;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Another client of the broker, as Home Assistant would be: hears everything, says commands. */
final class Watcher implements AutoCloseable, MqttCallback {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final MqttClient client;
    private final Map<String, String> last = new ConcurrentHashMap<>();
    private final Map<String, List<String>> all = new ConcurrentHashMap<>();

    Watcher(String uri) throws MqttException {
        client =
                new MqttClient(
                        uri, "watcher-" + System.identityHashCode(this), new MemoryPersistence());
        client.setCallback(this);
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(true);
        client.connect(options);
        client.subscribe("#", 1);
    }

    /** Waits until the last message of a topic is this one. */
    void awaitText(String topic, String payload) {
        await(topic).atMost(LIMIT).until(() -> payload.equals(last.get(topic)));
    }

    /** Waits until the last message of a topic is an object with these fields. */
    void awaitFields(String topic, Map<String, Object> fields) {
        await(topic + " " + fields)
                .atMost(LIMIT)
                .until(
                        () ->
                                last.containsKey(topic)
                                        && object(topic).entrySet().containsAll(fields.entrySet()));
    }

    Map<String, Object> object(String topic) throws IOException {
        return JSON.std.mapFrom(last.get(topic));
    }

    /** {@return how many messages of a topic came so far} */
    int count(String topic) {
        return all.getOrDefault(topic, List.of()).size();
    }

    void awaitCount(String topic, int count) {
        await(topic).atMost(LIMIT).until(() -> count(topic) >= count);
    }

    Map<String, String> last() {
        return last;
    }

    void say(String topic, String payload) throws MqttException {
        client.publish(topic, payload.getBytes(StandardCharsets.UTF_8), 1, false);
    }

    void retain(String topic, String payload) throws MqttException {
        client.publish(topic, payload.getBytes(StandardCharsets.UTF_8), 1, true);
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        String payload = new String(message.getPayload(), StandardCharsets.UTF_8);
        all.computeIfAbsent(topic, key -> new CopyOnWriteArrayList<>()).add(payload);
        last.put(topic, payload);
    }

    @Override
    public void close() throws MqttException {
        if (client.isConnected()) {
            client.disconnect(0);
        }
        client.close();
    }

    @Override
    public void disconnected(MqttDisconnectResponse why) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
}
