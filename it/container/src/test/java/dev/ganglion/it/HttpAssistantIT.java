package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands over HTTP, with what comes of them as it happens. */
class HttpAssistantIT {
    @TempDir Path folder;
    private final HttpClient client = HttpClient.newHttpClient();
    private int port;
    private Ganglion run;

    @BeforeEach
    void start() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Path bundles = Files.createDirectory(folder.resolve("bundles"));
        Folders.drop(Folders.httpComponent(), bundles);
        run =
                Ganglion.start(
                        folder,
                        Map.of("GANGLION_BUNDLES", bundles.toString()),
                        "run",
                        Ganglion.route("http-assistant"),
                        "--set",
                        "port=" + port,
                        "--set",
                        "clientPerMinute=12");
        run.awaitOut(line -> line.contains(" runs"));
    }

    @AfterEach
    void stop() {
        run.close();
    }

    private HttpRequest.Builder post(String body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/command"))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void theActionComesBeforeTheAnswerAndTheAnswerPieceByPiece() throws Exception {
        HttpResponse<java.util.stream.Stream<String>> response =
                client.send(
                        post("it is far too dark in the office")
                                .header("Accept", "text/event-stream")
                                .build(),
                        HttpResponse.BodyHandlers.ofLines());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElse(""))
                .startsWith("text/event-stream");
        List<String> events = new ArrayList<>();
        StringBuilder reply = new StringBuilder();
        String event = "";
        for (String line : response.body().collect(Collectors.toList())) {
            if (line.startsWith("event: ")) {
                event = line.substring("event: ".length());
                events.add(event);
            } else if (line.startsWith("data: ") && event.equals("reply")) {
                Map<String, Object> data = JSON.std.mapFrom(line.substring("data: ".length()));
                data.values().forEach(reply::append);
            } else if (line.startsWith("data: ") && event.equals("action")) {
                assertThat(line).contains("HassTurnOn", "office", "home-lm");
            }
        }
        assertThat(events).startsWith("heard", "action", "reply").endsWith("end");
        assertThat(events.stream().filter("reply"::equals).count()).isGreaterThan(3);
        assertThat(reply).hasToString("Turning on the lights in the office.");
        run.awaitErr(line -> line.contains("\"desk lamp\"") && line.contains("\"on\":true"));
    }

    @Test
    void whoeverWantsOneObjectGetsItAtTheEnd() throws Exception {
        HttpResponse<String> response = send(post("turn on the kitchen lights"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(JSON.std.mapFrom(response.body()))
                .containsEntry("reply", "Turning on the lights in the kitchen.")
                .containsEntry("text", "turn on the kitchen lights");
        HttpResponse<String> refused = send(post("turn on the light in the cellar"));
        assertThat(String.valueOf(JSON.std.mapFrom(refused.body()).get("refused")))
                .contains("cellar");
    }

    @Test
    void whatIsTooLargeTooOftenOrFromAWebPageIsRefused() throws Exception {
        assertThat(send(post("x".repeat(5000))).statusCode()).isEqualTo(413);
        HttpResponse<String> page =
                send(post("turn on the lights").header("Origin", "http://evil"));
        assertThat(page.statusCode()).isEqualTo(403);
        assertThat(page.body()).contains("error");
        int status = 0;
        for (int i = 0; i < 20 && status != 429; i++) {
            status = send(post("what time is it")).statusCode();
        }
        assertThat(status).isEqualTo(429);
    }
}
