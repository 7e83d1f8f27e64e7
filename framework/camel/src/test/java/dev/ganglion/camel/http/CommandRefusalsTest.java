package dev.ganglion.camel.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.camel.http.TestServer.Raw;
import dev.ganglion.camel.word.Sentences;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class CommandRefusalsTest {
    private final AtomicInteger handled = new AtomicInteger();
    private final TestServer server;

    CommandRefusalsTest() throws Exception {
        server =
                new TestServer(
                        "&maxBodyBytes=100&maxHeaderSize=600",
                        (text, follower, exchange) -> {
                            handled.incrementAndGet();
                            follower.heard(text);
                        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void refused(HttpResponse<String> answer, int status, String... words)
            throws IOException {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        assertThat(JSON.std.mapFrom(answer.body()).get("error").toString()).contains(words);
        assertThat(handled).hasValue(0);
    }

    private HttpResponse<String> send(byte[] body) throws Exception {
        return server.send(server.request().POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    @Test
    void aBodyThatIsTooLongIsRefusedWithItsLengthSaidOrNot() throws Exception {
        refused(send(new byte[101]), 413, "at most 100 bytes");
        refused(send(new byte[500_000]), 413, "at most 100 bytes");
        HttpRequest.BodyPublisher chunks =
                HttpRequest.BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(new byte[101]));
        refused(server.send(server.request().POST(chunks)), 413, "at most 100 bytes");
        assertThat(server.post("x".repeat(100)).statusCode()).isEqualTo(200);
    }

    @Test
    void whoAsksBeforeSendingIsToldNoAndSendsNothing() throws Exception {
        try (Raw raw = server.raw()) {
            raw.send(
                    "POST /command HTTP/1.1",
                    "Host: here",
                    "Expect: 100-continue",
                    "Content-Length: 5000",
                    "");
            assertThat(raw.rest()).startsWith("HTTP/1.1 413").contains("connection: close");
        }
        try (Raw raw = server.raw()) {
            raw.send(
                    "POST /command HTTP/1.1",
                    "Host: here",
                    "Expect: 100-continue",
                    "Content-Length: 4",
                    "");
            raw.until("HTTP/1.1 100");
            raw.send("on");
            raw.until("HTTP/1.1 200");
        }
        assertThat(handled).hasValue(1);
    }

    @Test
    void whoAsksBeforeSendingTooOftenIsToldWhenToComeBackOnAnotherConnection() throws Exception {
        try (TestServer few =
                        new TestServer("&clientPerMinute=1", (text, follower, exchange) -> {});
                Raw raw = few.raw()) {
            raw.command("x");
            raw.until("{");
            raw.send(
                    "POST /command HTTP/1.1",
                    "Host: here",
                    "Expect: 100-continue",
                    "Content-Length: 4",
                    "");
            assertThat(raw.rest())
                    .contains("HTTP/1.1 429", "retry-after: ", "connection: close")
                    .doesNotContain("HTTP/1.1 100");
        }
    }

    @Test
    void aBodyThatNeverEndsIsNotReadForEver() throws Exception {
        try (Raw raw = server.raw()) {
            raw.send("POST /command HTTP/1.1", "Host: here", "Transfer-Encoding: chunked", "");
            String chunk = "400\r\n" + "x".repeat(1024);
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 100_000; i++) {
                                    raw.send(chunk);
                                }
                            })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void anEmptyBodyAndOneThatIsNoTextAreRefused() throws Exception {
        refused(send(new byte[0]), 400, "a command expected, nothing found");
        refused(server.post(" \n"), 400, "nothing found");
        refused(send(new byte[] {'l', (byte) 0xFF}), 400, "UTF-8");
        refused(server.post("{", "Content-Type", "application/json"), 400, "{\"text\"");
        refused(server.post("{\"text\": 1}", "Content-Type", "application/json"), 400, "text");
        for (String body :
                new String[] {
                    "[]",
                    "null",
                    "1",
                    "\"on\"",
                    "",
                    " ",
                    "{\"text\":\"on\"} {}",
                    "{\"text\":\"on\"} on"
                }) {
            refused(server.post(body, "Content-Type", "application/json"), 400, "JSON object");
        }
        refused(
                server.post("{\"text\":\" \"}", "Content-Type", "application/json"),
                400,
                "nothing");
    }

    @Test
    void otherMethodsTypesPathsAndPagesAreRefused() throws Exception {
        HttpResponse<String> get = server.send(server.request().GET());
        refused(get, 405, "POST", "GET was found");
        assertThat(get.headers().firstValue("allow")).contains("POST");
        refused(
                server.send(server.request().PUT(HttpRequest.BodyPublishers.ofString("x"))),
                405,
                "PUT");
        refused(server.post("x", "Content-Type", "text/xml"), 415, "text/plain", "'text/xml'");
        refused(server.post("x", "Content-Type", "text/plain; charset=latin1"), 415, "UTF-8");
        refused(server.post("x", "Content-Encoding", "gzip"), 415, "'gzip'");
        refused(server.post("x", "Origin", "http://evil.example"), 403, "http://evil.example");
        try (Raw raw = server.raw()) {
            raw.send("HEAD /command HTTP/1.1", "Host: here", "");
            assertThat(raw.rest()).startsWith("HTTP/1.1 405").doesNotContain("{");
        }
        try (Raw raw = server.raw()) {
            raw.send("POST /other HTTP/1.1", "Host: here", "Content-Length: 0", "");
            raw.until("HTTP/1.1 404");
            assertThat(raw.until("{")).contains("taken at /command, not at /other");
        }
    }

    @Test
    void aHeadThatIsTooLongAndWhatIsNoRequestAreRefused() throws Exception {
        try (Raw raw = server.raw()) {
            raw.send("POST /command HTTP/1.1", "Host: here", "Long: " + "x".repeat(600), "");
            assertThat(raw.rest()).startsWith("HTTP/1.1 431").contains("maxHeaderSize");
        }
        try (Raw raw = server.raw()) {
            raw.send("POST /command?" + "x".repeat(5000) + " HTTP/1.1", "");
            assertThat(raw.rest()).startsWith("HTTP/1.1 414");
        }
        try (Raw raw = server.raw()) {
            raw.send("POST /command HTTP/1.1", "Transfer-Encoding: chunked", "", "zz", "");
            assertThat(raw.rest()).startsWith("HTTP/1.1 400").contains("connection: close");
        }
        assertThat(handled).hasValue(0);
    }

    @Test
    void tooManyRequestsAreRefusedWithTheTimeToWait() throws Exception {
        try (TestServer few =
                new TestServer("&clientPerMinute=2", (text, follower, exchange) -> {})) {
            assertThat(few.post("x").statusCode()).isEqualTo(200);
            assertThat(few.send(few.request().GET()).statusCode()).isEqualTo(405);
            HttpResponse<String> third = few.post("x");
            refused(third, 429, "at most 2 requests a minute", "from one client");
            assertThat(third.headers().firstValueAsLong("retry-after").getAsLong())
                    .isBetween(1L, 30L);
        }
        try (TestServer few = new TestServer("&allPerMinute=1", (text, follower, exchange) -> {})) {
            assertThat(few.post("x").statusCode()).isEqualTo(200);
            refused(few.post("x"), 429, "at most 1 requests a minute are taken in all");
        }
    }

    @Test
    void whileAsManyAsMayBeAreUnderWayMoreAreRefused() throws Exception {
        CountDownLatch under = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (TestServer one =
                new TestServer(
                        "&atOnce=1",
                        (text, follower, exchange) -> {
                            under.countDown();
                            assertThat(go.await(30, TimeUnit.SECONDS)).isTrue();
                        })) {
            CompletableFuture<HttpResponse<String>> first =
                    one.client.sendAsync(
                            one.request().POST(HttpRequest.BodyPublishers.ofString("x")).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(under.await(30, TimeUnit.SECONDS)).isTrue();
            HttpResponse<String> second = one.post("y");
            refused(second, 429, "1 commands are under way already");
            assertThat(second.headers().firstValue("retry-after")).contains("1");
            go.countDown();
            assertThat(first.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            assertThat(one.post("z").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void optionsThatThereAreNotAreRefusedWhenTheRouteIsMade() throws Exception {
        try (TestServer none = new TestServer()) {
            assertThatThrownBy(() -> none.route("a", "&atonce=1", (t, f, e) -> {}))
                    .extracting(Sentences::of)
                    .asString()
                    .contains("an option 'atonce' that there is not", "maxBodyBytes, client");
            for (String bad : new String[] {"0", "many", "-1", "99999999999"}) {
                assertThatThrownBy(() -> none.route("a", "&atOnce=" + bad, (t, f, e) -> {}))
                        .extracting(Sentences::of)
                        .asString()
                        .contains("atOnce", "from 1 to 1048576 expected, '" + bad + "' found");
            }
        }
    }

    @Test
    void aListedPageMaySendCommands() throws Exception {
        try (TestServer open =
                new TestServer("&origins=http://panel.local,http://b", (t, f, e) -> {})) {
            assertThat(open.post("x", "Origin", "http://panel.local").statusCode()).isEqualTo(200);
            assertThat(open.post("x", "Origin", "http://panel").statusCode()).isEqualTo(403);
        }
    }

    @Test
    void anEditedRouteHasItsNewLimitsAndASecondOnItsPortIsRefused() throws Exception {
        assertThat(server.post("x".repeat(101)).statusCode()).isEqualTo(413);
        assertThatThrownBy(() -> server.route("second", "&atOnce=2", (t, f, e) -> {}))
                .satisfies(thrown -> assertThat(Sentences.isBusyPort(thrown)).isTrue());
        server.camel.getRouteController().stopRoute("commands");
        server.camel.removeRoute("commands");
        server.route("edited", "&maxBodyBytes=200", (text, follower, exchange) -> {});
        assertThat(server.post("x".repeat(101)).statusCode()).isEqualTo(200);
        assertThat(server.post("x".repeat(201)).statusCode()).isEqualTo(413);
    }
}
