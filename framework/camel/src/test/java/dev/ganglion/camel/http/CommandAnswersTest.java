package dev.ganglion.camel.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.camel.http.TestServer.Raw;
import dev.ganglion.camel.word.Followers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class CommandAnswersTest {
    private static final Decision ON =
            new Decision("HassTurnOn", Map.of("area", "kitchen", "level", 3L), 0.75, true);
    private static final String[] EVENTS = {"Accept", "text/event-stream"};

    private static final TestServer.Handling TURN_ON =
            (text, follower, exchange) -> {
                follower.heard(text);
                exchange.setProperty(Followers.HOP, "rules");
                follower.decided(ON, "");
                follower.said("Turning on ");
                follower.said("the löght.");
            };

    private static Map<String, Object> json(HttpResponse<String> answer) throws Exception {
        return JSON.std.mapFrom(answer.body());
    }

    @Test
    void theFirstEventArrivesBeforeTheRouteHasEnded() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (TestServer server =
                new TestServer(
                        "",
                        (text, follower, exchange) -> {
                            follower.heard(text);
                            assertThat(seen.await(30, TimeUnit.SECONDS)).isTrue();
                            follower.decided(ON, "");
                            ended.countDown();
                        })) {
            HttpRequest request =
                    server.request()
                            .headers(EVENTS)
                            .POST(HttpRequest.BodyPublishers.ofString("turn it on"))
                            .build();
            HttpResponse<Stream<String>> answer =
                    server.client.send(request, HttpResponse.BodyHandlers.ofLines());
            assertThat(answer.headers().firstValue("content-type"))
                    .contains("text/event-stream; charset=utf-8");
            Iterator<String> lines = answer.body().iterator();
            assertThat(lines.next()).isEqualTo("event: heard");
            assertThat(lines.next()).isEqualTo("data: {\"text\":\"turn it on\"}");
            assertThat(ended.getCount()).isEqualTo(1);
            seen.countDown();
            List<String> rest = new ArrayList<>();
            lines.forEachRemaining(rest::add);
            assertThat(rest).contains("event: action", "event: end");
        }
    }

    @Test
    void eventsTellInOrderWhatWasHeardDecidedAndSaid() throws Exception {
        try (TestServer server = new TestServer("", TURN_ON)) {
            HttpResponse<String> answer = server.post("turn it on\n", EVENTS);
            String[] events = answer.body().split("\n\n");
            assertThat(events).hasSize(5);
            assertThat(events[0]).isEqualTo("event: heard\ndata: {\"text\":\"turn it on\"}");
            assertThat(events[1]).startsWith("event: action\ndata: {\"intent\":\"HassTurnOn\",");
            assertThat(JSON.std.mapFrom(events[1].substring(events[1].indexOf('{'))))
                    .isEqualTo(
                            Map.of(
                                    "intent",
                                    "HassTurnOn",
                                    "area",
                                    "kitchen",
                                    "level",
                                    3,
                                    "confidence",
                                    0.75,
                                    "hop",
                                    "rules"));
            assertThat(events[2]).isEqualTo("event: reply\ndata: {\"piece\":\"Turning on \"}");
            assertThat(events[3]).isEqualTo("event: reply\ndata: {\"piece\":\"the löght.\"}");
            assertThat(events[4]).isEqualTo("event: end\ndata: {}");
        }
    }

    @Test
    void whoDoesNotAskForEventsGetsOneObject() throws Exception {
        try (TestServer server = new TestServer("", TURN_ON)) {
            for (HttpResponse<String> answer :
                    List.of(
                            server.post("turn it on"),
                            server.post(
                                    "{\"text\": \"turn it on\"}",
                                    "Content-Type",
                                    "application/json; charset=UTF-8"))) {
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(json(answer))
                        .isEqualTo(
                                Map.of(
                                        "text",
                                        "turn it on",
                                        "action",
                                        Map.of(
                                                "intent",
                                                "HassTurnOn",
                                                "area",
                                                "kitchen",
                                                "level",
                                                3),
                                        "confidence",
                                        0.75,
                                        "hop",
                                        "rules",
                                        "reply",
                                        "Turning on the löght."));
            }
        }
    }

    @Test
    void whatTheGateRefusedAndWhatWasNotSureEnoughIsNoAction() throws Exception {
        try (TestServer server =
                new TestServer(
                        "",
                        (text, follower, exchange) ->
                                follower.decided(
                                        text.equals("unsure")
                                                ? new Decision("none", Map.of(), 0.2, false)
                                                : ON,
                                        text.equals("unsure") ? "" : "level 3 is above 2"))) {
            assertThat(server.post("up", EVENTS).body())
                    .startsWith("event: refused\n")
                    .contains("\"refused\":\"level 3 is above 2\"")
                    .doesNotContain("event: action");
            assertThat(json(server.post("up"))).containsEntry("refused", "level 3 is above 2");
            assertThat(server.post("unsure", EVENTS).body())
                    .startsWith("event: refused\n")
                    .contains("it is not sure enough to act");
        }
    }

    @Test
    void aFailureTellsTheClientNoMoreThanThatAndWhetherToTryAgain() throws Exception {
        try (TestServer server =
                new TestServer(
                        "",
                        (text, follower, exchange) -> {
                            follower.heard(text);
                            if (text.equals("oops")) {
                                throw new IllegalStateException("/secret/file");
                            }
                            throw new GanglionException(Kind.valueOf(text), "/secret/file");
                        })) {
            Map<String, Integer> expected =
                    Map.of("INPUT", 422, "RETRY", 503, "SETUP", 500, "REOPEN", 500, "oops", 500);
            for (Map.Entry<String, Integer> each : expected.entrySet()) {
                HttpResponse<String> answer = server.post(each.getKey());
                assertThat(answer.statusCode()).isEqualTo(each.getValue());
                assertThat(json(answer)).containsEntry("text", each.getKey());
                assertThat(json(answer).get("error").toString())
                        .contains("the log of the machine says why");
                assertThat(answer.body()).doesNotContain("secret");
                assertThat(answer.headers().firstValue("retry-after").isPresent())
                        .isEqualTo(each.getKey().equals("RETRY"));
                assertThat(server.post(each.getKey(), EVENTS).body())
                        .contains("event: error\ndata: {\"error\":")
                        .endsWith("event: end\ndata: {}\n\n")
                        .doesNotContain("secret");
            }
        }
    }

    @Test
    void headersOfTheRequestDoNotReachTheRoute() throws Exception {
        List<Map<String, Object>> headers = new ArrayList<>();
        try (TestServer server =
                new TestServer(
                        "",
                        (text, follower, exchange) ->
                                headers.add(Map.copyOf(exchange.getMessage().getHeaders())))) {
            assertThat(server.post("x", "CamelFileName", "/etc/passwd", "Mine", "y").statusCode())
                    .isEqualTo(200);
            assertThat(headers.get(0)).doesNotContainKeys("CamelFileName", "Mine");
        }
    }

    @Test
    void severalCommandsAreHandledAtOnce() throws Exception {
        CyclicBarrier together = new CyclicBarrier(4);
        try (TestServer server =
                new TestServer(
                        "",
                        (text, follower, exchange) -> {
                            together.await(30, TimeUnit.SECONDS);
                            follower.heard(text);
                        })) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                answers.add(
                        server.client.sendAsync(
                                server.request()
                                        .POST(HttpRequest.BodyPublishers.ofString("number " + i))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString()));
            }
            for (int i = 0; i < 4; i++) {
                assertThat(json(answers.get(i).get(30, TimeUnit.SECONDS)))
                        .containsEntry("text", "number " + i);
            }
        }
    }

    @Test
    void oneConnectionCarriesManyCommandsStreamedAndPlainAndRefused() throws Exception {
        try (TestServer server = new TestServer("&atOnce=1&maxBodyBytes=20", TURN_ON);
                Raw raw = server.raw()) {
            for (int i = 0; i < 10; i++) {
                raw.command("turn it on", "Accept: text/event-stream");
                assertThat(raw.until("HTTP/1.1")).startsWith("HTTP/1.1 200 OK");
                assertThat(raw.until("event: end")).contains("event: action").contains("chunked");
                assertThat(raw.until("0")).isNotEmpty();
                raw.command("turn it on");
                assertThat(raw.until("HTTP/1.1 200")).isNotEmpty();
                assertThat(raw.until("{")).doesNotContain("connection: close");
                raw.command("turn it on, and everything else too");
                assertThat(raw.until("HTTP/1.1")).contains("HTTP/1.1 413");
                assertThat(raw.until("{")).contains("at most 20 bytes");
            }
        }
    }

    @Test
    void whatIsToldAfterTheAnswerDoesNotDisturbTheConnection() throws Exception {
        CountDownLatch told = new CountDownLatch(2);
        try (TestServer server =
                        new TestServer(
                                "",
                                (text, follower, exchange) -> {
                                    follower.heard(text);
                                    exchange.getExchangeExtension()
                                            .addOnCompletion(
                                                    new SynchronizationAdapter() {
                                                        @Override
                                                        public void onDone(Exchange done) {
                                                            follower.decided(ON, "");
                                                            follower.said("too late");
                                                            follower.ended("");
                                                            told.countDown();
                                                        }
                                                    });
                                });
                Raw raw = server.raw()) {
            raw.command("first", "Accept: text/event-stream");
            assertThat(raw.until("event: end")).contains("first").doesNotContain("event: action");
            raw.command("second", "Accept: text/event-stream", "Connection: close");
            assertThat(raw.rest())
                    .contains("HTTP/1.1 200 OK", "second", "event: end")
                    .doesNotContain("too late");
            assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void anOldClientReadsTheStreamUntilTheConnectionIsClosed() throws Exception {
        try (TestServer server = new TestServer("", TURN_ON);
                Raw raw = server.raw()) {
            raw.send(
                    "POST /command HTTP/1.0",
                    "Accept: text/event-stream",
                    "Connection: keep-alive",
                    "Content-Length: 2",
                    "",
                    "on");
            assertThat(raw.rest())
                    .contains("connection: close")
                    .doesNotContain("chunked")
                    .contains("\n\nevent: heard\n")
                    .endsWith("event: end\ndata: {}\n\n");
        }
    }

    @Test
    void whoDoesNotWaitForTheAnswerGetsTheFirstWholeAndNoOther() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        try (TestServer server =
                        new TestServer(
                                "",
                                (text, follower, exchange) -> {
                                    follower.heard(text);
                                    assertThat(sent.await(30, TimeUnit.SECONDS)).isTrue();
                                });
                Raw raw = server.raw()) {
            raw.send(
                    "POST /command HTTP/1.1",
                    "Host: here",
                    "Accept: text/event-stream",
                    "Content-Length: 7",
                    "",
                    "first", // and the end of the line
                    "POST /command HTTP/1.1",
                    "Host: here",
                    "Content-Length: 8",
                    "",
                    "second");
            // Both came in one piece and were seen before this was written.
            raw.until("event: heard");
            sent.countDown();
            assertThat(raw.rest()).contains("event: end").doesNotContain("second");
        }
    }
}
