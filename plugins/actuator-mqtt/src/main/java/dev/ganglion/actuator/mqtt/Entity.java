package dev.ganglion.actuator.mqtt;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A light or a switch as Home Assistant's MQTT integration knows it: the topics, the discovery
 * message, and the messages about its state. A light uses the JSON schema with a brightness of 1 to
 * 100 and a colour as red, green and blue; a switch says and hears {@code ON} and {@code OFF}.
 *
 * @param id unique on the broker, of {@code a-z 0-9 _}
 * @param topic what its topics start with
 */
record Entity(Plan.Item item, String id, String topic) {
    private static final int MAXIMUM_COMMAND_BYTES = 4096;
    private static final byte[] ON = bytes("ON");
    private static final byte[] OFF = bytes("OFF");

    /** {@return a name of {@code a-z 0-9 _}, for identifiers and topics} */
    static String identifier(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private boolean isLight() {
        return item.kind() == Plan.Kind.LIGHT;
    }

    String stateTopic() {
        return topic + "/state";
    }

    String commandTopic() {
        return topic + "/set";
    }

    String discoveryTopic(String discoveryPrefix) {
        return discoveryPrefix + "/" + (isLight() ? "light" : "switch") + "/" + id + "/config";
    }

    /**
     * {@return what Home Assistant needs to know; the devices of a room are one device there}
     *
     * @param topicPrefix who publishes it
     */
    byte[] discovery(String topicPrefix, String availabilityTopic) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", item.name());
        config.put("unique_id", id);
        config.put("state_topic", stateTopic());
        config.put("command_topic", commandTopic());
        config.put("availability_topic", availabilityTopic);
        config.put("payload_available", Hub.ONLINE);
        config.put("payload_not_available", Hub.OFFLINE);
        config.put("qos", 1);
        if (isLight()) {
            config.put("schema", "json");
            config.put("brightness", true);
            config.put("brightness_scale", 100);
            config.put("supported_color_modes", List.of("rgb"));
        }
        Map<String, Object> device = new LinkedHashMap<>();
        device.put("identifiers", List.of(identifier(topicPrefix + "_" + item.room())));
        device.put("name", item.room());
        device.put("suggested_area", item.room());
        device.put("manufacturer", "Ganglion");
        device.put("model", "act:mqtt");
        config.put("device", device);
        config.put("origin", Map.of("name", "Ganglion"));
        return json(config);
    }

    /** {@return what is published when it is in this state} */
    byte[] message(State state) {
        if (!isLight()) {
            return state.on() ? ON : OFF;
        }
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("state", state.on() ? "ON" : "OFF");
        message.put("brightness", state.brightnessPercent());
        message.put("color_mode", "rgb");
        Map<String, Object> color = new LinkedHashMap<>();
        color.put("r", state.rgb() >> 16);
        color.put("g", state.rgb() >> 8 & 0xFF);
        color.put("b", state.rgb() & 0xFF);
        message.put("color", color);
        return json(message);
    }

    private static byte[] json(Map<String, Object> map) {
        try {
            return JSON.std.asBytes(map);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * {@return the state that a command asks for}
     *
     * @throws GanglionException of kind INPUT when it asks for nothing that there is
     */
    State commanded(byte[] command, State now) {
        if (command.length > MAXIMUM_COMMAND_BYTES) {
            throw refused("at most " + MAXIMUM_COMMAND_BYTES + " bytes", command.length + " bytes");
        }
        if (!isLight()) {
            return now.switched(isOn(new String(command, StandardCharsets.UTF_8)));
        }
        Map<String, Object> asked = object(command);
        State next = now;
        if (asked.containsKey("brightness")) {
            int percent = whole(asked, "brightness", 100);
            next = percent == 0 ? next.switched(false) : next.bright(percent);
        }
        if (asked.get("color") instanceof Map<?, ?> color) {
            next =
                    next.coloured(
                            whole(color, "r", 255) << 16
                                    | whole(color, "g", 255) << 8
                                    | whole(color, "b", 255));
        } else if (asked.containsKey("color")) {
            throw refused("r, g and b as color", asked.get("color"));
        }
        return asked.containsKey("state") ? next.switched(isOn(asked.get("state"))) : next;
    }

    private Map<String, Object> object(byte[] command) {
        try {
            return JSON.std.mapFrom(command);
        } catch (IOException e) {
            String found = new String(command, StandardCharsets.UTF_8);
            throw new GanglionException(
                    GanglionException.Kind.INPUT, sentence("an object in JSON", found), e);
        }
    }

    private boolean isOn(@Nullable Object state) {
        if ("ON".equals(state)) {
            return true;
        }
        if ("OFF".equals(state)) {
            return false;
        }
        throw refused("ON or OFF", state);
    }

    private int whole(Map<?, ?> from, String key, int maximum) {
        if (from.get(key) instanceof Number number
                && number.doubleValue() >= 0
                && number.doubleValue() <= maximum) {
            return (int) Math.round(number.doubleValue());
        }
        throw refused("a number from 0 to " + maximum + " as " + key, from.get(key));
    }

    private GanglionException refused(String expected, @Nullable Object found) {
        return new GanglionException(GanglionException.Kind.INPUT, sentence(expected, found));
    }

    private String sentence(String expected, @Nullable Object found) {
        String shown = String.valueOf(found);
        return commandTopic()
                + ": "
                + expected
                + " was expected, found '"
                + (shown.length() > 80 ? shown.substring(0, 80) + "…" : shown)
                + "'; send what the discovery message of "
                + id
                + " declares";
    }
}
