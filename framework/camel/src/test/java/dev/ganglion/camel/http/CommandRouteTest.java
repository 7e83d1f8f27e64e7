package dev.ganglion.camel.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.camel.route.RouteContext;
import dev.ganglion.camel.route.RouteFiles;
import dev.ganglion.camel.word.Words;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.model.ModelStore;
import dev.ganglion.runtime.plugin.Plugins;
import dev.ganglion.runtime.wiring.Wiring;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A route that understands and has no device. */
@Timeout(120)
class CommandRouteTest {
    @TempDir Path folder;

    private static HttpResponse<String> post(int port, String text, String accept)
            throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/command"))
                                .timeout(Duration.ofSeconds(30))
                                .header("Accept", accept)
                                .POST(HttpRequest.BodyPublishers.ofString(text))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aRouteWithoutADeviceAnswersWithTheDecisionAndTheReply() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Files.writeString(
                folder.resolve("rules.yaml"),
                """
                rules:
                  - intent: none
                    say: [hello]
                    reply: Hello to you.
                """);
        Files.writeString(
                folder.resolve("understand.yaml"),
                """
                stages:
                  - {name: rules, rules: rules.yaml}
                otherwise: Pardon?
                """);
        Path route =
                Files.writeString(
                        folder.resolve("talk.camel.yaml"),
                        """
                        - route:
                            id: talk
                            from:
                              uri: netty-http:http://127.0.0.1:%d/command?commands=true
                              steps:
                                - to: cascade:understand.yaml
                        """
                                .formatted(port));
        Plugins plugins = new Plugins();
        Path models = Files.createDirectories(folder.resolve("models"));
        try (ModelHost host = new ModelHost(new ModelStore(models), plugins, 1000)) {
            Words words = new Words(plugins, host);
            DefaultCamelContext camel = RouteContext.create(words, Map.of());
            camel.start();
            try (RouteFiles files = new RouteFiles(camel, words, new Wiring(plugins, host))) {
                files.load(route);
                assertThat(files.status().get(0).state())
                        .as(files.status().get(0).sentence())
                        .isEqualTo(RouteFiles.State.RUNNING);
                Map<String, Object> hello =
                        JSON.std.mapFrom(post(port, "hello", "application/json").body());
                assertThat(hello)
                        .containsEntry("text", "hello")
                        .containsEntry("action", Map.of("intent", "none"))
                        .containsEntry("hop", "rules")
                        .containsEntry("reply", "Hello to you.")
                        .doesNotContainKey("refused");
                assertThat(post(port, "hello", "text/event-stream").body())
                        .containsSubsequence(
                                "event: heard", "event: action", "event: reply", "event: end")
                        .containsOnlyOnce("Hello to you.")
                        .containsOnlyOnce("event: action");
                assertThat(JSON.std.mapFrom(post(port, "mumble", "application/json").body()))
                        .containsEntry("reply", "Pardon?")
                        .containsKey("refused");
            } finally {
                camel.stop();
            }
        }
    }
}
