package dev.ganglion.tokenizer.wordpiece;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The vocabularies of the tests. */
final class Vocabularies {
    private static final String BERT =
            "\"normalizer\":{\"type\":\"BertNormalizer\",\"clean_text\":true,"
                    + "\"handle_chinese_chars\":true,\"strip_accents\":null,\"lowercase\":true}";

    private Vocabularies() {}

    /** 4,000 tokens, trained for this project. */
    static Path nluMicro() {
        URL url = Vocabularies.class.getResource("/nlu-micro-tokenizer.json");
        try {
            return Path.of(Objects.requireNonNull(url).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The 30,522 tokens of BERT, as all-MiniLM-L6-v2 has them. */
    static String miniLm() throws IOException {
        try (InputStream stream =
                Vocabularies.class.getResourceAsStream("/all-minilm-l6-v2-q-tokenizer.json")) {
            return new String(
                    Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A vocabulary that has nearly each character, alone and inside words: nothing is unknown. */
    static String characters() {
        StringBuilder tokens = new StringBuilder();
        int id = 5;
        for (int c = 0x21; c <= 0x10FFFF; c++) {
            int type = Character.getType(c);
            boolean listed =
                    type != Character.SURROGATE
                            && type != Character.PRIVATE_USE
                            && (type != Character.UNASSIGNED || c % 64 == 0);
            // Of the many ideographs some will do.
            if (listed && !(c >= 0x20000 && c < 0x2F800 && c % 64 != 0)) {
                for (String prefix : new String[] {"", "##"}) {
                    tokens.append(",\"").append(prefix);
                    if (c == '"' || c == '\\') {
                        tokens.append('\\');
                    }
                    tokens.appendCodePoint(c).append("\":").append(id++);
                }
            }
        }
        return json(tokens.toString(), "", "##");
    }

    /**
     * A small tokenizer.json with the ids 0 to 4 taken.
     *
     * @param tokens JSON, each with a comma in front
     * @param added JSON, more added tokens, each with a comma in front
     */
    static String json(String tokens, String added, String prefix) {
        return "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":["
                + added(0, "[PAD]", "")
                + ","
                + added(1, "[UNK]", "")
                + ","
                + added(2, "[CLS]", "")
                + ","
                + added(3, "[SEP]", "")
                + ","
                + added(4, "[MASK]", "lstrip")
                + added
                + "],"
                + BERT
                + ",\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},"
                + "\"post_processor\":{\"type\":\"BertProcessing\",\"sep\":[\"[SEP]\",3],"
                + "\"cls\":[\"[CLS]\",2]},"
                + "\"decoder\":{\"type\":\"WordPiece\",\"prefix\":\""
                + prefix
                + "\",\"cleanup\":true},"
                + "\"model\":{\"type\":\"WordPiece\",\"unk_token\":\"[UNK]\","
                + "\"continuing_subword_prefix\":\""
                + prefix
                + "\",\"max_input_chars_per_word\":100,\"vocab\":{\"[PAD]\":0,\"[UNK]\":1,"
                + "\"[CLS]\":2,\"[SEP]\":3,\"[MASK]\":4"
                + tokens
                + "}}}";
    }

    /** An added token as JSON; {@code flags} names those that are true. */
    static String added(int id, String content, String flags) {
        StringBuilder json = new StringBuilder("{\"id\":" + id + ",\"content\":\"" + content + '"');
        for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
            json.append(",\"").append(flag).append("\":").append(flags.contains(flag));
        }
        return json.append(",\"special\":").append(!flags.contains("plain")).append('}').toString();
    }

    static Path write(Path folder, String json) throws IOException {
        return Files.writeString(folder.resolve("tokenizer.json"), json);
    }
}
