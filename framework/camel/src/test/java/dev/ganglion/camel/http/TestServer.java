package dev.ganglion.camel.http;

import dev.ganglion.api.sense.Sensor;
import dev.ganglion.camel.route.RouteContext;
import dev.ganglion.camel.word.Followers;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A context with a route that takes commands, and clients for it. */
final class TestServer implements AutoCloseable {
    /** What the words of a route do. */
    interface Handling {
        void handle(String text, Sensor.Follower follower, Exchange exchange) throws Exception;
    }

    static final int LIMIT_MILLIS = 30_000;

    final DefaultCamelContext camel = RouteContext.bare();
    final int port;
    final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    TestServer() throws IOException {
        this(TestServer.class.getClassLoader());
    }

    /** Where Camel finds its components. */
    TestServer(ClassLoader loader) throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        HttpCommands.addTo(camel);
        camel.setApplicationContextClassLoader(loader);
        camel.start();
    }

    TestServer(String options, Handling handling) throws Exception {
        this();
        route("commands", options, handling);
    }

    void route(String id, String options, Handling handling) throws Exception {
        String uri = uri(options);
        camel.addRoutes(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from(uri).routeId(id).process(exchange -> handle(exchange, handling));
                    }
                });
    }

    private static void handle(Exchange exchange, Handling handling) throws Exception {
        handling.handle(
                exchange.getMessage().getBody(String.class),
                exchange.getProperty(Followers.PROPERTY, Sensor.Follower.class),
                exchange);
    }

    String uri(String options) {
        return "netty-http:http://127.0.0.1:" + port + "/command?commands=true" + options;
    }

    HttpRequest.Builder request() {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/command"))
                .timeout(Duration.ofMillis(LIMIT_MILLIS));
    }

    HttpResponse<String> post(String text, String... headers) throws Exception {
        HttpRequest.Builder request = request().POST(HttpRequest.BodyPublishers.ofString(text));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    Raw raw() throws IOException {
        return new Raw(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** A connection that is written by hand. */
    record Raw(Socket socket, BufferedReader in) implements AutoCloseable {
        Raw(Socket socket) throws IOException {
            this(
                    socket,
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.UTF_8)));
            socket.setSoTimeout(LIMIT_MILLIS);
        }

        void send(String... lines) throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (String line : lines) {
                all.write(line.getBytes(StandardCharsets.UTF_8));
                all.write('\r');
                all.write('\n');
            }
            socket.getOutputStream().write(all.toByteArray());
        }

        void command(String text, String... headers) throws IOException {
            send("POST /command HTTP/1.1", "Host: here");
            send(headers);
            send("Content-Length: " + text.length(), "");
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        }

        /** {@return the lines up to one that begins so} */
        String until(String start) throws IOException {
            StringBuilder before = new StringBuilder();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                before.append(line).append('\n');
                if (line.startsWith(start)) {
                    return before.toString();
                }
            }
            throw new IOException("no line begins with '" + start + "' in: " + before);
        }

        /** {@return what comes until the connection is closed} */
        String rest() throws IOException {
            StringBuilder rest = new StringBuilder();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                rest.append(line).append('\n');
            }
            return rest.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Override
    public void close() {
        camel.stop();
    }
}
