package dev.ganglion.camel.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was said, out of the body of a request.
 *
 * @param text the command, empty when it is refused
 * @param refusal why it is refused, or null
 */
record CommandText(String text, @Nullable Refusal refusal) {
    private static final String JSON_TYPE = "application/json";

    /** {@return why a body of this type is not read, or null} */
    static @Nullable Refusal refused(@Nullable String contentType, @Nullable String encoding) {
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            return Refusal.of(
                    415, "a body without content-encoding expected, '" + encoding + "' found");
        }
        if (contentType == null) {
            return null;
        }
        // The last of them is what curl -d says when it is not told what it sends.
        boolean known =
                switch (type(contentType)) {
                    case "text/plain", JSON_TYPE, "application/x-www-form-urlencoded" -> true;
                    default -> false;
                };
        String charset = charset(contentType);
        return known && (charset.equals("utf-8") || charset.equals("us-ascii"))
                ? null
                : Refusal.of(
                        415,
                        "content-type text/plain or application/json in UTF-8 expected, '"
                                + contentType
                                + "' found");
    }

    private static String type(String contentType) {
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    private static String charset(String contentType) {
        for (String parameter : contentType.toLowerCase(Locale.ROOT).split(";")) {
            if (parameter.strip().startsWith("charset=")) {
                return parameter.strip().substring("charset=".length()).replace("\"", "");
            }
        }
        return "utf-8";
    }

    static CommandText of(byte[] body, @Nullable String contentType) {
        String said;
        try {
            said = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            return refused("a command in UTF-8 expected, other bytes found; send UTF-8");
        }
        if (contentType != null && type(contentType).equals(JSON_TYPE)) {
            try (JsonParser parser = JSON.std.createParser(said)) {
                Map<String, Object> object = JSON.std.mapFrom(parser);
                if (object == null || parser.nextToken() != null) {
                    return refused(
                            "one JSON object expected: {\"text\": \"…\"}; none or more found");
                }
                if (!(object.get("text") instanceof String text)) {
                    return refused("a JSON object with a text expected: {\"text\": \"…\"}");
                }
                said = text;
            } catch (IOException e) {
                return refused("a JSON object expected: {\"text\": \"…\"}; this is none");
            }
        }
        said = said.strip();
        return said.isEmpty()
                ? refused("a command expected, nothing found; send it as the body")
                : new CommandText(said, null);
    }

    private static CommandText refused(String sentence) {
        return new CommandText("", Refusal.of(400, sentence));
    }
}
