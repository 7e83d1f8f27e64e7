package dev.ganglion.camel.http;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.util.URISupport;

/**
 * What an address with {@code commands=true} allows.
 *
 * @param maxBodyBytes how long a body may be
 * @param clientPerMinute how many requests a minute each client may make; one that was silent may
 *     make them at once
 * @param allPerMinute and all clients together
 * @param atOnce how many commands may be under way
 * @param origins from which web pages browsers may send commands, none unless given
 */
record CommandOptions(
        int maxBodyBytes, int clientPerMinute, int allPerMinute, int atOnce, Set<String> origins) {
    private static final String WANTED = "commands";
    private static final List<String> NAMES =
            List.of(WANTED, "maxBodyBytes", "clientPerMinute", "allPerMinute", "atOnce", "origins");

    static boolean wanted(String uri) {
        return "true".equals(String.valueOf(parameters(uri).get(WANTED)));
    }

    /**
     * Reads an address as its endpoint keeps it: with the parameters alone that netty-http does not
     * know.
     *
     * @throws GanglionException of kind SETUP when there is one that nobody knows, or it is no
     *     number from 1
     */
    static CommandOptions of(String uri) {
        Map<String, Object> parameters = parameters(uri);
        for (String name : parameters.keySet()) {
            if (!NAMES.contains(name)) {
                throw new GanglionException(
                        Kind.SETUP,
                        "the address '"
                                + uri
                                + "' has an option '"
                                + name
                                + "' that there is not; beside those of netty-http it has: "
                                + String.join(", ", NAMES));
            }
        }
        List<String> origins = new ArrayList<>();
        Object given = parameters.get("origins");
        if (given != null) {
            // Camel keeps it as it is in an address.
            String listed = URLDecoder.decode(given.toString(), StandardCharsets.UTF_8);
            origins.addAll(Arrays.asList(listed.split(",")));
        }
        return new CommandOptions(
                number(uri, parameters, "maxBodyBytes", 4096),
                number(uri, parameters, "clientPerMinute", 60),
                number(uri, parameters, "allPerMinute", 300),
                number(uri, parameters, "atOnce", 8),
                Set.copyOf(origins));
    }

    private static int number(
            String uri, Map<String, Object> parameters, String name, int byDefault) {
        Object given = parameters.get(name);
        if (given == null) {
            return byDefault;
        }
        try {
            int number = Integer.parseInt(given.toString());
            if (number >= 1 && number <= 1 << 20) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new GanglionException(
                Kind.SETUP,
                "the option "
                        + name
                        + " of '"
                        + uri
                        + "': a whole number from 1 to 1048576 expected, '"
                        + given
                        + "' found");
    }

    private static Map<String, Object> parameters(String uri) {
        int query = uri.indexOf('?');
        try {
            return query < 0 ? Map.of() : URISupport.parseQuery(uri.substring(query + 1));
        } catch (URISyntaxException e) {
            return Map.of(); // Camel has refused such an address before
        }
    }
}
