package dev.ganglion.tokenizer.huggingface;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@code tokenizer.json}, read for the bytes that ids stand for and that the native library does
 * not give: of a character that is cut between several ids it says U+FFFD.
 *
 * @param pieces by id; null where the library is to be asked
 */
record PieceFile(byte @Nullable [][] pieces) {
    private static final JsonFactory JSON =
            JsonFactory.builder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();

    /** Kinds of decoders that look at what follows. */
    private static final Set<String> UNKNOWN = Set.of("BPEDecoder", "CTC");

    private static final int BYTES = 256;

    static PieceFile read(Path file, int size) {
        String[] tokens = new String[size];
        String[] added = new String[size];
        Set<String> decoders = new HashSet<>();
        try (JsonParser json = JSON.createParser(Files.readAllBytes(file))) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "model" -> readModel(json, tokens);
                    case "added_tokens" -> readAdded(json, added);
                    case "decoder" -> readDecoder(json, decoders);
                    default -> json.skipChildren();
                }
            }
        } catch (IOException | IndexOutOfBoundsException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "vocabulary "
                            + file
                            + " cannot be read again ("
                            + e
                            + "); leave it as it is while it is in use",
                    e);
        }
        for (String decoder : decoders) {
            if (UNKNOWN.contains(decoder)) {
                throw new GanglionException(
                        Kind.SETUP,
                        "vocabulary "
                                + file
                                + " has a decoder of the kind "
                                + decoder
                                + ", by which an id alone stands for nothing, so that no grammar can"
                                + " be read with it; leave the grammar out");
            }
        }
        return new PieceFile(pieces(tokens, added, decoders));
    }

    private static byte[][] pieces(String[] tokens, String[] added, Set<String> decoders) {
        byte[][] pieces = new byte[tokens.length][];
        int[] bytes = decoders.contains("ByteLevel") ? bytesOfCharacters() : new int[0];
        boolean fallback = decoders.contains("ByteFallback");
        for (int id = 0; id < pieces.length; id++) {
            String token = tokens[id];
            if (added[id] != null) {
                pieces[id] = added[id].getBytes(StandardCharsets.UTF_8);
            } else if (token == null) {
                pieces[id] = new byte[0];
            } else if (bytes.length > 0) {
                pieces[id] = bytes(token, bytes);
            } else if (fallback && token.matches("<0x[0-9A-F]{2}>")) {
                pieces[id] = new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)};
            }
        }
        return pieces;
    }

    /** As the library has it, a token with any other character is what it says. */
    private static byte[] bytes(String token, int[] bytes) {
        byte[] piece = new byte[token.length()];
        for (int i = 0; i < piece.length; i++) {
            char c = token.charAt(i);
            if (c >= bytes.length || bytes[c] < 0) {
                return token.getBytes(StandardCharsets.UTF_8);
            }
            piece[i] = (byte) bytes[c];
        }
        return piece;
    }

    /**
     * Visible characters of Latin 1 stand for themselves, the others for characters from 256 on.
     */
    private static int[] bytesOfCharacters() {
        int[] bytes = new int[2 * BYTES];
        Arrays.fill(bytes, -1);
        int next = BYTES;
        for (int b = 0; b < BYTES; b++) {
            boolean visible = b > ' ' && b < 0x7F || b > 0xA0 && b != 0xAD;
            bytes[visible ? b : next++] = b;
        }
        return bytes;
    }

    private static void readModel(JsonParser json, String[] tokens) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean vocabulary = json.currentName().equals("vocab");
            JsonToken value = json.nextToken();
            if (vocabulary && value == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String token = json.currentName();
                    json.nextToken();
                    tokens[json.getIntValue()] = token;
                }
            } else if (vocabulary && value == JsonToken.START_ARRAY) {
                for (int id = 0; json.nextToken() == JsonToken.START_ARRAY; id++) {
                    json.nextToken();
                    tokens[id] = json.getText();
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        json.skipChildren();
                    }
                }
            } else {
                json.skipChildren();
            }
        }
    }

    /** A special token stands for no text, another one for what it says. */
    private static void readAdded(JsonParser json, String[] added) throws IOException {
        while (json.nextToken() == JsonToken.START_OBJECT) {
            int id = -1;
            String content = "";
            boolean special = false;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "id" -> id = json.getIntValue();
                    case "content" -> content = json.getText();
                    case "special" -> special = json.getBooleanValue();
                    default -> json.skipChildren();
                }
            }
            added[id] = special ? "" : content;
        }
    }

    /** Also those inside of a sequence. */
    private static void readDecoder(JsonParser json, Set<String> kinds) throws IOException {
        int depth = json.currentToken().isStructStart() ? 1 : 0;
        while (depth > 0) {
            JsonToken token = json.nextToken();
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.VALUE_STRING && "type".equals(json.currentName())) {
                kinds.add(json.getText());
            }
        }
    }
}
