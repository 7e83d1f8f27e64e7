package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plug-ins, components, models and route files come, change and go while the container runs. */
class DropInIT {
    private static final String ENCODE = "encode:wordpiece";
    private static final String INFER = "infer:nlu-micro";
    private static final String DECIDE = "decide:slots";

    @TempDir Path folder;
    private Path routes;
    private Path bundles;

    @BeforeEach
    void folders() throws IOException {
        routes = Files.createDirectory(folder.resolve("routes"));
        bundles = Files.createDirectory(folder.resolve("bundles"));
    }

    private Ganglion run(String... more) {
        List<String> arguments = new ArrayList<>(List.of("run", routes.toString()));
        arguments.addAll(List.of(more));
        return Ganglion.start(
                folder,
                Map.of("GANGLION_BUNDLES", bundles.toString()),
                arguments.toArray(String[]::new));
    }

    private static Predicate<String> has(String... parts) {
        return line -> List.of(parts).stream().allMatch(line::contains);
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }

    @Test
    void aVendorsPluginIsUsedWithinTwoSecondsAndWaitedForAgainWhenItGoes() throws IOException {
        Path input = Folders.write(routes.resolve("in.txt"), "turn on the light\n");
        Path light = Folders.write(folder.resolve("brightness"), "0");
        Folders.write(
                routes.resolve("actions.yaml"),
                "iot_hue_lighton: led_on\niot_hue_lightoff: led_off\n");
        Folders.route(
                routes,
                "led",
                "sense:text?path=in.txt&follow=true",
                ENCODE,
                INFER,
                DECIDE,
                "act:led?file=" + light + "&actions=actions.yaml");
        Path jar =
                Folders.jar(
                        Ganglion.root().resolve("examples/01-your-own-actuator/target"),
                        "example-actuator-led");
        try (Ganglion run = run()) {
            run.awaitErr(
                    has(
                            "route.camel.yaml waits for the actuator 'led' of act:led; there are: home, mqtt"));
            assertThat(run.out()).isEmpty();
            long droppedNanos = System.nanoTime();
            Path dropped = Folders.drop(jar, bundles);
            run.awaitOut(has("-- ", "route.camel.yaml runs"));
            long waitedMillis = (System.nanoTime() - droppedNanos) / 1_000_000;
            System.out.println("the dropped plug-in was used after " + waitedMillis + " ms");
            assertThat(waitedMillis).isLessThan(10_000);
            run.awaitOut(has("turn on the light", "-> led_on"));
            assertThat(light).hasContent("255");
            append(input, "turn off the light\n");
            run.awaitOut(has("turn off the light", "-> led_off"));
            assertThat(light).hasContent("0");
            Files.delete(dropped);
            run.awaitErr(2, has("waits for the actuator 'led'"));
            Folders.drop(jar, bundles);
            run.awaitOut(2, has("route.camel.yaml runs"));
            assertThat(run.interrupt().exitStatus()).isIn(0, 130, 143);
        }
    }

    @Test
    void aCamelComponentThatIsDroppedInServesTheRouteThatWaitedForIt() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (Ganglion run =
                Ganglion.start(
                        folder,
                        Map.of("GANGLION_BUNDLES", bundles.toString()),
                        "run",
                        Ganglion.route("http-commands"),
                        "--set",
                        "port=" + port)) {
            run.awaitErr(
                    has(
                            "waits for the Camel component 'netty-http'",
                            "drop its bundle into the folder"));
            Folders.drop(Folders.httpComponent(), bundles);
            run.awaitOut(has("route.camel.yaml runs"));
            HttpResponse<String> answer = post(port, "switch on the light in the hall".getBytes());
            assertThat(answer.statusCode()).isEqualTo(200);
            Map<String, Object> decision =
                    com.fasterxml.jackson.jr.ob.JSON.std.mapFrom(answer.body());
            assertThat(decision)
                    .containsEntry("name", "iot_hue_lighton")
                    .containsEntry("parameters", Map.of("house_place", "hall"))
                    .containsEntry("sure", true);
            assertThat(((Number) decision.get("confidence")).doubleValue()).isBetween(0.5, 1.0);
            run.awaitOut(has("switch on the light in the hall", "-> light_on {room=hall}"));
            HttpResponse<String> refused = post(port, new byte[] {'l', (byte) 0xFF});
            assertThat(refused.statusCode()).isEqualTo(500);
            run.awaitErr(has("is not valid UTF-8", "send UTF-8"));
            assertThat(post(port, "switch off the light".getBytes()).statusCode()).isEqualTo(200);
        }
    }

    private static HttpResponse<String> post(int port, byte[] body) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/command"))
                        .timeout(Duration.ofSeconds(20))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void anEditedRouteBehavesDifferentlyAndLosesNoLine() throws IOException {
        Folders.route(routes, "edited", "sense:text?path=-", ENCODE, INFER, DECIDE);
        int number = 0;
        try (Ganglion run = run("--json")) {
            run.type(line(number++));
            run.awaitOut(has("\"type\":\"decision\"", "\"route\":\"edited\""));
            Folders.route(routes, "renamed", "sense:text?path=-", ENCODE, INFER, DECIDE);
            while (run.out().stream().noneMatch(has("\"route\":\"renamed\""))) {
                run.type(line(number++));
                int typed = number;
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> run.out().size() >= typed);
                assertThat(number)
                        .as("lines until the edit took effect; %s", run.err())
                        .isLessThan(100_000);
            }
            run.input("");
            assertThat(run.exitStatus()).as("%s", run.err()).isZero();
            List<Map<String, Object>> decisions = run.json().subList(0, run.json().size() - 1);
            List<String> typed = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                typed.add(line(i).strip());
            }
            assertThat(decisions).extracting(line -> line.get("text")).isEqualTo(typed);
            List<Object> served =
                    decisions.stream().map(line -> line.get("route")).distinct().toList();
            assertThat(served).isEqualTo(List.of("edited", "renamed"));
        }
    }

    private static String line(int number) {
        return "turn on light number " + number + "\n";
    }

    @Test
    void linesOfAFollowedFileSurviveTheEditOfTheirRoute() throws IOException {
        Path input = Folders.write(routes.resolve("in.txt"), line(0));
        Folders.route(
                routes, "edited", "sense:text?path=in.txt&follow=true", ENCODE, INFER, DECIDE);
        try (Ganglion run = run("--json")) {
            run.awaitOut(has(line(0).strip()));
            Folders.route(
                    routes, "renamed", "sense:text?path=in.txt&follow=true", ENCODE, INFER, DECIDE);
            append(input, line(1));
            run.awaitOut(has("\"route\":\"renamed\"", line(0).strip()));
            append(input, line(2));
            run.awaitOut(has("\"route\":\"renamed\"", line(1).strip()));
            run.awaitOut(has("\"route\":\"renamed\"", line(2).strip()));
        }
    }

    @Test
    void aBrokenEditIsReportedWithItsLineAndTheLastGoodVersionRunsOn() {
        Path route = Folders.route(routes, "good", "sense:text?path=-", ENCODE, INFER, DECIDE);
        try (Ganglion run = run("--json")) {
            run.type("turn on the light\n");
            run.awaitOut(has("turn on the light"));
            Folders.write(
                    route,
                    "- route:\n    id: good\n    from:\n      uri: sense:text?path=-\n      stps: []\n");
            run.awaitErr(
                    has(
                            "ganglion: " + route + ":5: this is no route: ",
                            "mend the line, the file is loaded again when it is saved (its last good version runs on)"));
            run.type("turn off the light\n");
            run.awaitOut(has("turn off the light", "\"route\":\"good\""));
            Folders.route(
                    routes, "good", "sense:text?path=-", ENCODE, INFER, "decide:slots?above=two");
            run.awaitErr(
                    has(
                            "ganglion: "
                                    + route
                                    + ":8: decide:slots: 'above' takes a number from 0 to 1, found 'two'",
                            "(its last good version runs on)"));
            run.type("make me a cup of coffee\n");
            run.awaitOut(has("make me a cup of coffee", "\"route\":\"good\""));
            Folders.route(routes, "mended", "sense:text?path=-", ENCODE, INFER, DECIDE);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(100))
                    .until(
                            () -> {
                                run.type("lights please\n");
                                return run.out().stream().anyMatch(has("\"route\":\"mended\""));
                            });
        }
    }

    @Test
    void aModelThatIsDroppedInServesTheRouteThatWaitedForIt() throws IOException {
        Path models = Files.createDirectory(folder.resolve("models"));
        Path whole =
                Folders.copyModel(folder.resolve("downloaded"), "nlu-micro", "bought").getParent();
        Folders.route(routes, "waiting", "sense:text?path=in.txt", ENCODE, "infer:bought", DECIDE);
        Folders.write(routes.resolve("in.txt"), "turn on the light\n");
        try (Ganglion run =
                Ganglion.start(
                        folder,
                        Map.of("GANGLION_MODELS", models.toString()),
                        "run",
                        routes.toString(),
                        "--json")) {
            run.awaitErr(
                    has(
                            "waits for the model 'bought' of infer:bought; of models there is none in "
                                    + models));
            Files.move(whole, models.resolve("bought"), StandardCopyOption.ATOMIC_MOVE);
            run.awaitOut(has("\"model\":\"bought@1\"", "\"intent\":\"iot_hue_lighton\""));
            assertThat(run.exitStatus()).as("%s", run.err()).isZero();
        }
    }

    @Test
    void aRouteFileThatIsRemovedStopsItsRouteAndNoOther() throws IOException {
        Path leaving =
                Folders.route(
                        routes.resolve("leaving"),
                        "leaving",
                        "sense:text?path=in.txt&follow=true",
                        ENCODE,
                        INFER,
                        DECIDE);
        Folders.route(
                routes.resolve("staying"),
                "staying",
                "sense:text?path=in.txt&follow=true",
                ENCODE,
                INFER,
                DECIDE);
        Path left = Folders.write(routes.resolve("leaving/in.txt"), "turn on the light\n");
        Path stayed = Folders.write(routes.resolve("staying/in.txt"), "make me a cup of coffee\n");
        try (Ganglion run = run()) {
            run.awaitOut(has("turn on the light"));
            run.awaitOut(has("make me a cup of coffee"));
            Files.delete(leaving);
            run.awaitOut(has("leaving/route.camel.yaml was removed"));
            append(left, "nobody hears this\n");
            append(stayed, "turn off the light\n");
            run.awaitOut(has("turn off the light"));
            assertThat(run.out()).noneMatch(has("nobody hears this"));
        }
    }
}
