package dev.ganglion.sensor.series;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.eclipse.paho.mqttv5.common.util.MqttTopicValidator;
import org.jspecify.annotations.Nullable;

/**
 * The options of a subscription, checked.
 *
 * @param owner who has them, for messages
 * @param broker {@code tcp://host:port}, or with ssl, ws or wss
 * @param topic may have wildcards
 * @param clientId null for one that is made up for each connection
 */
record BrokerSettings(
        String owner,
        String broker,
        String topic,
        @Nullable String clientId,
        @Nullable String username,
        @Nullable Path passwordFile,
        long timeoutMillis) {
    private static final Set<String> SCHEMES = Set.of("tcp", "ssl", "ws", "wss");

    static BrokerSettings of(Options options) {
        return new BrokerSettings(
                options.owner(),
                broker(options),
                topic(options),
                options.has("clientId") ? options.text("clientId") : null,
                options.has("username") ? options.text("username") : null,
                options.has("passwordFile") ? options.path("passwordFile") : null,
                options.integer("timeoutMillis"));
    }

    private static String broker(Options options) {
        String broker = options.text("broker").strip();
        String expected = "broker takes tcp://host:port, or the same with ssl, ws or wss";
        try {
            URI uri = new URI(broker);
            if (uri.getRawUserInfo() != null) {
                // Not repeated in the message, for it may hold the password.
                throw Layout.setup(
                        options.owner(),
                        expected
                                + ", and a name or password was found in it; put them into username"
                                + " and passwordFile");
            }
            if (uri.getScheme() != null
                    && SCHEMES.contains(uri.getScheme())
                    && uri.getHost() != null) {
                return broker;
            }
            throw Layout.setup(options.owner(), expected + ", found '" + broker + "'");
        } catch (URISyntaxException e) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    options.owner() + ": " + expected + ", found '" + broker + "'",
                    e);
        }
    }

    private static String topic(Options options) {
        String topic = options.text("topic").strip();
        try {
            MqttTopicValidator.validate(topic, true, true);
            return topic;
        } catch (IllegalArgumentException e) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    options.owner()
                            + ": topic takes words joined by slashes, with + for any word and # at"
                            + " the end for all that follow, found '"
                            + topic
                            + "' ("
                            + e.getMessage()
                            + "); correct it",
                    e);
        }
    }

    /**
     * {@return the password as UTF-8, read anew each time, or null when none is used}
     *
     * @throws GanglionException of kind SETUP when the file cannot be read or is empty
     */
    byte @Nullable [] password() {
        Path file = passwordFile;
        if (file == null) {
            return null;
        }
        try {
            String password = Files.readString(file).stripTrailing();
            if (password.isEmpty()) {
                throw Layout.setup(
                        owner, "passwordFile " + file + " is empty, a password was expected");
            }
            return password.getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    owner
                            + ": passwordFile "
                            + file
                            + " cannot be read ("
                            + e
                            + "); name a file that holds the password as its only line",
                    e);
        }
    }
}
