package dev.ganglion.wyoming;

import dev.ganglion.api.data.GanglionException;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** Where a service is. */
public record Address(String host, int port) {
    private static final int MAXIMUM_PORT = 65_535;

    /**
     * Reads {@code tcp://host:port}.
     *
     * @param option which option it is, with its owner, for messages
     * @throws GanglionException of kind SETUP when it is something else
     */
    public static Address of(String option, String text) {
        try {
            URI uri = new URI(text.strip());
            String host = uri.getHost();
            if ("tcp".equals(uri.getScheme())
                    && host != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawPath().isEmpty()
                    && uri.getPort() > 0
                    && uri.getPort() <= MAXIMUM_PORT) {
                // IPv6 addresses stand in brackets, which only URIs need.
                return new Address(host.replaceAll("[\\[\\]]", ""), uri.getPort());
            }
            throw refused(option, text, null);
        } catch (URISyntaxException e) {
            throw refused(option, text, e);
        }
    }

    private static GanglionException refused(
            String option, String text, @Nullable Throwable cause) {
        return new GanglionException(
                GanglionException.Kind.SETUP,
                option
                        + " takes tcp://host:port, such as tcp://127.0.0.1:10200, found "
                        + Quote.of(text),
                cause);
    }

    @Override
    public String toString() {
        return "tcp://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
