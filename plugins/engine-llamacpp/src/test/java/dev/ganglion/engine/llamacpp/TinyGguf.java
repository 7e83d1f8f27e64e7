package dev.ganglion.engine.llamacpp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Models of a few kilobytes, made for the tests: of each architecture what llama.cpp demands. */
final class TinyGguf {
    static final int VOCABULARY = 12;
    private static final int WIDTH = 8;
    private static final int INNER = 16;
    private static final int CONTEXT = 16;
    private static final int HEADS = 2;
    private static final int BUCKETS = 4;
    private static final int UINT32 = 4;
    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int TEXT = 8;
    private static final int ALIGNMENT = 32;

    private final String architecture;
    private final ByteBuffer entries = buffer();
    private final ByteBuffer outline = buffer();
    private final List<Integer> sizes = new ArrayList<>();
    private int entryCount;
    private int dataBytes;

    private TinyGguf(String architecture) {
        this.architecture = architecture;
        key("general.architecture", TEXT);
        text(entries, architecture);
        key("tokenizer.ggml.model", TEXT);
        text(entries, "none");
        number("vocab_size", VOCABULARY);
        number("context_length", CONTEXT);
        number("embedding_length", WIDTH);
        number("feed_forward_length", INNER);
        number("block_count", 1);
        number("attention.head_count", HEADS);
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A sentence encoder: it keeps nothing of the tokens before. */
    static TinyGguf bert() {
        TinyGguf bert = new TinyGguf("bert");
        bert.real("attention.layer_norm_epsilon", 1e-12f);
        bert.key("bert.attention.causal", BOOL);
        bert.entries.put((byte) 0);
        bert.key("tokenizer.ggml.token_type_count", UINT32);
        bert.entries.putInt(2);
        bert.tensor("token_embd.weight", WIDTH, VOCABULARY);
        bert.tensor("token_types.weight", WIDTH, 2);
        bert.tensor("position_embd.weight", WIDTH, CONTEXT);
        bert.norm("token_embd_norm");
        for (String part : List.of("attn_q", "attn_k", "attn_v", "attn_output")) {
            bert.tensor("blk.0." + part + ".weight", WIDTH, WIDTH);
            bert.tensor("blk.0." + part + ".bias", WIDTH);
        }
        bert.norm("blk.0.attn_output_norm");
        bert.tensor("blk.0.ffn_up.weight", WIDTH, INNER);
        bert.tensor("blk.0.ffn_down.weight", INNER, WIDTH);
        bert.norm("blk.0.layer_output_norm");
        return bert;
    }

    /** An encoder, and a decoder that reads what it gives. */
    static TinyGguf t5() {
        TinyGguf t5 = new TinyGguf("t5").encoder();
        t5.tensor("dec.output_norm.weight", WIDTH);
        t5.half("dec");
        t5.tensor("dec.blk.0.cross_attn_norm.weight", WIDTH);
        for (String part : List.of("q", "k", "v", "o")) {
            t5.tensor("dec.blk.0.cross_attn_" + part + ".weight", WIDTH, WIDTH);
        }
        return t5;
    }

    /** The encoder of the one above, alone. */
    static TinyGguf t5Encoder() {
        return new TinyGguf("t5encoder").encoder();
    }

    private TinyGguf encoder() {
        real("attention.layer_norm_rms_epsilon", 1e-6f);
        number("attention.relative_buckets_count", BUCKETS);
        tensor("token_embd.weight", WIDTH, VOCABULARY);
        tensor("enc.output_norm.weight", WIDTH);
        half("enc");
        return this;
    }

    private void half(String of) {
        String block = of + ".blk.0.";
        tensor(block + "attn_norm.weight", WIDTH);
        tensor(block + "attn_rel_b.weight", HEADS, BUCKETS);
        for (String part : List.of("q", "k", "v", "o")) {
            tensor(block + "attn_" + part + ".weight", WIDTH, WIDTH);
        }
        tensor(block + "ffn_norm.weight", WIDTH);
        tensor(block + "ffn_up.weight", WIDTH, INNER);
        tensor(block + "ffn_down.weight", INNER, WIDTH);
    }

    private void norm(String name) {
        tensor(name + ".weight", WIDTH);
        tensor(name + ".bias", WIDTH);
    }

    private void key(String key, int type) {
        text(entries, key);
        entries.putInt(type);
        entryCount++;
    }

    private void number(String key, int value) {
        key(architecture + "." + key, UINT32);
        entries.putInt(value);
    }

    private void real(String key, float value) {
        key(architecture + "." + key, FLOAT32);
        entries.putFloat(value);
    }

    private static void text(ByteBuffer to, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        to.putLong(bytes.length).put(bytes);
    }

    private void tensor(String name, int... shape) {
        text(outline, name);
        outline.putInt(shape.length);
        int elements = 1;
        for (int size : shape) {
            outline.putLong(size);
            elements *= size;
        }
        outline.putInt(0).putLong(dataBytes);
        sizes.add(elements);
        dataBytes += aligned(Float.BYTES * elements);
    }

    private static int aligned(int bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Weights that differ from each other and stay small. */
    Path writeTo(Path file) throws IOException {
        ByteBuffer whole = ByteBuffer.allocate(1 << 18).order(ByteOrder.LITTLE_ENDIAN);
        whole.put("GGUF".getBytes(StandardCharsets.UTF_8)).putInt(3);
        whole.putLong(sizes.size()).putLong(entryCount);
        whole.put(entries.flip()).put(outline.flip());
        int at = aligned(whole.position());
        int end = at + dataBytes;
        for (int elements : sizes) {
            for (int i = 0; i < elements; i++) {
                whole.putFloat(at + Float.BYTES * i, (float) Math.sin(1.7 * i + elements));
            }
            at += aligned(Float.BYTES * elements);
        }
        byte[] bytes = new byte[end];
        whole.get(0, bytes);
        return Files.write(file, bytes);
    }
}
