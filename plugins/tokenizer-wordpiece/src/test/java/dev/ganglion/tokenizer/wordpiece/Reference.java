package dev.ganglion.tokenizer.wordpiece;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.nio.charset.StandardCharsets;

/**
 * Hugging Face's own tokenizer, called through DJL's native library without the tensors and strings
 * that DJL builds around each result.
 */
final class Reference implements AutoCloseable {
    private final long handle;

    Reference(String json) {
        LibUtils.checkStatus();
        handle = TokenizersLibrary.LIB.createTokenizerFromString(json);
        TokenizersLibrary.LIB.disableTruncation(handle);
        TokenizersLibrary.LIB.disablePadding(handle);
    }

    /**
     * What the tokenizer says of one text: ids, and spans in code points, null for what it adds.
     */
    record Encoded(long[] ids, CharSpan[] spans) {}

    Encoded[] encode(String... texts) {
        long[] encodings = TokenizersLibrary.LIB.batchEncode(handle, texts, true);
        Encoded[] results = new Encoded[texts.length];
        for (int i = 0; i < texts.length; i++) {
            results[i] =
                    new Encoded(
                            TokenizersLibrary.LIB.getTokenIds(encodings[i]),
                            TokenizersLibrary.LIB.getTokenCharSpans(encodings[i]));
            TokenizersLibrary.LIB.deleteEncoding(encodings[i]);
        }
        return results;
    }

    String decode(long[] ids, boolean skipSpecialTokens) {
        return TokenizersLibrary.LIB.decode(handle, ids, skipSpecialTokens);
    }

    /** For a tokenizer made by {@link #bytes}: what became of the text before it was cut. */
    String normalize(String text) {
        long encoding = TokenizersLibrary.LIB.encode(handle, text, true);
        long[] ids = TokenizersLibrary.LIB.getTokenIds(encoding);
        TokenizersLibrary.LIB.deleteEncoding(encoding);
        byte[] bytes = new byte[ids.length];
        int size = 0;
        for (long id : ids) {
            if (id < 256) {
                bytes[size++] = (byte) id;
            }
        }
        return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }

    /**
     * A tokenizer whose ids are the bytes of the normalized text, without the added tokens.
     *
     * @param normalizer JSON
     * @param preTokenizers JSON, what comes before the bytes, with a comma behind
     * @param added JSON, the added tokens, whose ids start at 256
     * @param wordMarks whether each word gets a space in front
     */
    static Reference bytes(
            String normalizer, String preTokenizers, String added, boolean wordMarks) {
        StringBuilder vocabulary = new StringBuilder();
        int other = 256;
        for (int b = 0; b < 256; b++) {
            // The letters that stand for bytes in a byte-level BPE: printable ones for themselves.
            boolean printable =
                    b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE && b <= 0xFF;
            int letter = printable ? b : other++;
            vocabulary
                    .append(b == 0 ? "" : ",")
                    .append(letter == '"' || letter == '\\' ? "\"\\" : "\"")
                    .append((char) letter)
                    .append("\":")
                    .append(b);
        }
        return new Reference(
                "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":["
                        + added
                        + "],\"normalizer\":"
                        + normalizer
                        + ",\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":["
                        + preTokenizers
                        + "{\"type\":\"ByteLevel\",\"add_prefix_space\":"
                        + wordMarks
                        + ",\"trim_offsets\":false,\"use_regex\":false}]},\"post_processor\":null,"
                        + "\"decoder\":null,\"model\":{\"type\":\"BPE\",\"dropout\":null,"
                        + "\"unk_token\":null,\"continuing_subword_prefix\":null,"
                        + "\"end_of_word_suffix\":null,\"fuse_unk\":false,\"byte_fallback\":false,"
                        + "\"vocab\":{"
                        + vocabulary
                        + "},\"merges\":[]}}");
    }

    @Override
    public void close() {
        TokenizersLibrary.LIB.deleteTokenizer(handle);
    }
}
