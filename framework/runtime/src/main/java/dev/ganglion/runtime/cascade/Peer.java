package dev.ganglion.runtime.cascade;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Another machine that understands: a POST of the text, answered by {@code {"action": {"intent":
 * …}, "reply": …, "confidence": …}}, as a Ganglion behind HTTP gives it. Thread-safe.
 */
public final class Peer {
    private static final int LARGEST_ANSWER_BYTES = 64 * 1024;
    private static final double UNSAID_CONFIDENCE = 0;

    private final URI address;
    private final Duration timeout;
    private final double above;
    private final HttpClient client;

    /**
     * What it answered.
     *
     * @param decision sure when its confidence was enough
     * @param reply what it would say; may be empty
     */
    public record Answer(Decision decision, String reply) {}

    /**
     * Asks nobody yet.
     *
     * @param timeoutMillis how long it has to answer
     * @param above the confidence from which its answer is sure
     */
    public Peer(URI address, long timeoutMillis, double above) {
        this.address = address;
        this.timeout = Duration.ofMillis(timeoutMillis);
        this.above = above;
        this.client =
                HttpClient.newBuilder()
                        .connectTimeout(timeout)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
    }

    /**
     * Asks, and waits for the answer.
     *
     * @param leftNanos how long there is at most, beside the timeout of the stage
     * @throws GanglionException of kind RETRY when there is none, INPUT when it is none
     */
    public Answer ask(CharSequence text, long leftNanos) {
        HttpRequest request =
                HttpRequest.newBuilder(address)
                        .header("Content-Type", "text/plain; charset=utf-8")
                        .header("Accept", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(text.toString()))
                        .build();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        CompletableFuture<HttpResponse<Void>> asked =
                client.sendAsync(
                        request,
                        HttpResponse.BodyHandlers.ofByteArrayConsumer(
                                part -> part.ifPresent(bytes -> add(bytes, body))));
        try {
            // The head and the body have one limit: a peer may stall after either.
            HttpResponse<Void> response =
                    asked.get(Math.min(timeout.toNanos(), leftNanos), TimeUnit.NANOSECONDS);
            if (response.statusCode() != 200) {
                throw new GanglionException(
                        Kind.RETRY,
                        "the peer "
                                + address
                                + " answered with status "
                                + response.statusCode()
                                + "; 200 expected");
            }
            return answer(body.toString(StandardCharsets.UTF_8));
        } catch (ExecutionException e) {
            throw new GanglionException(
                    Kind.RETRY,
                    "the peer " + address + " does not answer (" + e.getCause() + ")",
                    e);
        } catch (TimeoutException e) {
            throw new GanglionException(
                    Kind.RETRY,
                    "the peer "
                            + address
                            + " does not answer within "
                            + TimeUnit.NANOSECONDS.toMillis(Math.min(timeout.toNanos(), leftNanos))
                            + " ms",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GanglionException(
                    Kind.RETRY, "asking the peer " + address + " was interrupted", e);
        } finally {
            asked.cancel(true);
        }
    }

    private static void add(byte[] part, ByteArrayOutputStream body) {
        if (body.size() + part.length > LARGEST_ANSWER_BYTES) {
            throw new IllegalStateException(
                    "its answer has more than " + LARGEST_ANSWER_BYTES + " bytes");
        }
        body.write(part, 0, part.length);
    }

    private Answer answer(String body) {
        Map<String, Object> json;
        try {
            json = JSON.std.mapFrom(body);
        } catch (IOException e) {
            throw wrong("'" + shortened(body) + "'");
        }
        if (!(json.get("action") instanceof Map<?, ?> action)
                || !(action.get("intent") instanceof String intent)
                || intent.isBlank()) {
            throw wrong("'" + shortened(body) + "'");
        }
        Map<String, Object> parameters = new LinkedHashMap<>();
        action.forEach(
                (key, value) -> {
                    if (!"intent".equals(key) && value != null) {
                        parameters.put(
                                String.valueOf(key),
                                value instanceof Integer whole
                                        ? (Object) (long) whole
                                        : value instanceof Number || value instanceof Boolean
                                                ? value
                                                : value.toString());
                    }
                });
        double confidence =
                json.get("confidence") instanceof Number said
                        ? said.doubleValue()
                        : UNSAID_CONFIDENCE;
        double within = confidence >= 0 && confidence <= 1 ? confidence : UNSAID_CONFIDENCE;
        // What the peer was not sure of, or may not do itself, is not done here on its word.
        boolean sure =
                within >= above
                        && json.get("refused") == null
                        && !Boolean.FALSE.equals(json.get("sure"));
        return new Answer(
                new Decision(intent, parameters, within, sure),
                sure && json.get("reply") instanceof String text ? text : "");
    }

    private GanglionException wrong(String found) {
        return new GanglionException(
                Kind.INPUT,
                "the peer "
                        + address
                        + " gave no answer that can be used: a JSON object with \"action\", which"
                        + " has an \"intent\", expected, found "
                        + found);
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
