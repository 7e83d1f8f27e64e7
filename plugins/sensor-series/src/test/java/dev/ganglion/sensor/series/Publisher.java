package dev.ganglion.sensor.series;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;

/** A sensor at a broker. */
final class Publisher implements AutoCloseable {
    private final MqttClient client;

    Publisher(String uri) throws MqttException {
        this(uri, new MqttConnectionOptions());
    }

    Publisher(String uri, MqttConnectionOptions options) throws MqttException {
        client = new MqttClient(uri, "publisher-" + UUID.randomUUID(), new MemoryPersistence());
        client.connect(options);
    }

    void say(String topic, String payload) {
        say(topic, payload.getBytes(StandardCharsets.UTF_8), false);
    }

    void retain(String topic, String payload) {
        say(topic, payload.getBytes(StandardCharsets.UTF_8), true);
    }

    void say(String topic, byte[] payload, boolean retained) {
        try {
            client.publish(topic, payload, 1, retained);
        } catch (MqttException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws MqttException {
        if (client.isConnected()) {
            client.disconnect(0);
        }
        client.close();
    }
}
