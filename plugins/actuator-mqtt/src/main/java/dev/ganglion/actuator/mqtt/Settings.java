package dev.ganglion.actuator.mqtt;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options of a connection, checked.
 *
 * @param owner who has them, for messages
 * @param broker {@code tcp://host:port}, or with ssl, ws or wss
 * @param clientId null for one that is made up for each connection
 * @param home the file of rooms, null for the one that comes with the plug-in
 */
record Settings(
        String owner,
        String broker,
        @Nullable String clientId,
        @Nullable String username,
        @Nullable Path passwordFile,
        String discoveryPrefix,
        String topicPrefix,
        @Nullable Path home,
        long timeoutMillis) {
    private static final Set<String> SCHEMES = Set.of("tcp", "ssl", "ws", "wss");

    static Settings of(Options options) {
        String username = options.has("username") ? options.text("username") : null;
        Path passwordFile = options.has("passwordFile") ? options.path("passwordFile") : null;
        if (passwordFile != null && username == null) {
            throw setup(
                    options.owner(),
                    "passwordFile needs the option username beside it, which is not given; add it");
        }
        return new Settings(
                options.owner(),
                broker(options),
                options.has("clientId") ? options.text("clientId") : null,
                username,
                passwordFile,
                topic(options, "discoveryPrefix"),
                topic(options, "topicPrefix"),
                options.has("home") ? options.path("home") : null,
                options.integer("timeoutMillis"));
    }

    /** {@return the same options, given by somebody else} */
    Settings ownedBy(String newOwner) {
        return new Settings(
                newOwner,
                broker,
                clientId,
                username,
                passwordFile,
                discoveryPrefix,
                topicPrefix,
                home,
                timeoutMillis);
    }

    private static String broker(Options options) {
        String broker = options.text("broker").strip();
        String expected = "broker takes tcp://host:port, or the same with ssl, ws or wss";
        try {
            URI uri = new URI(broker);
            if (uri.getRawUserInfo() != null) {
                // Not repeated in the message, for it may hold the password.
                throw setup(
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
            throw setup(options.owner(), expected + ", found '" + broker + "'");
        } catch (URISyntaxException e) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    options.owner() + ": " + expected + ", found '" + broker + "'",
                    e);
        }
    }

    private static String topic(Options options, String name) {
        String topic = options.text(name).strip();
        if (!topic.matches("[^/+#\\u0000\\s]+(/[^/+#\\u0000\\s]+)*")) {
            throw setup(
                    options.owner(),
                    name
                            + " takes words joined by slashes, without +, # and blanks, found '"
                            + topic
                            + "'");
        }
        return topic;
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
                throw setup(owner, "passwordFile " + file + " is empty, a password was expected");
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

    private static GanglionException setup(String owner, String what) {
        return new GanglionException(GanglionException.Kind.SETUP, owner + ": " + what);
    }
}
