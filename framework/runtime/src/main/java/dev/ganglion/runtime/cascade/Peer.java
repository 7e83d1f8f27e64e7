package dev.ganglion.runtime.cascade;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

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
     * @throws GanglionException of kind RETRY when there is none, INPUT when it is none
     */
    public Answer ask(CharSequence text) {
        HttpRequest request =
                HttpRequest.newBuilder(address)
                        .timeout(timeout)
                        .header("Content-Type", "text/plain; charset=utf-8")
                        .header("Accept", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(text.toString()))
                        .build();
        try {
            HttpResponse<InputStream> response =
                    client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            byte[] body;
            try (InputStream in = response.body()) {
                body = in.readNBytes(LARGEST_ANSWER_BYTES + 1);
            }
            if (response.statusCode() != 200) {
                throw new GanglionException(
                        Kind.RETRY,
                        "the peer "
                                + address
                                + " answered with status "
                                + response.statusCode()
                                + "; 200 expected");
            }
            if (body.length > LARGEST_ANSWER_BYTES) {
                throw wrong("more than " + LARGEST_ANSWER_BYTES + " bytes");
            }
            return answer(new String(body, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.RETRY, "the peer " + address + " does not answer (" + e + ")", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GanglionException(
                    Kind.RETRY, "asking the peer " + address + " was interrupted", e);
        }
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
        Object reply = json.get("reply");
        return new Answer(
                new Decision(intent, parameters, within, within >= above),
                reply instanceof String text ? text : "");
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
