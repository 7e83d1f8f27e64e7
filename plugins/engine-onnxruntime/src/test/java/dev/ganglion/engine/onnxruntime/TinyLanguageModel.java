package dev.ganglion.engine.onnxruntime;

import java.util.ArrayList;
import java.util.List;

/**
 * A causal language model of one layer with two heads, small enough to be computed by hand: keys
 * are the rows of a table, values are keys times (position + 1), and the logits after a token are
 * the sums of all keys and values, weighted, plus the number of tokens attended, plus the position
 * of the token. All numbers are whole and small, so that results are exact.
 */
final class TinyLanguageModel {
    static final int VOCABULARY = 7;
    private static final int WIDTH = 6;

    private TinyLanguageModel() {}

    private static float embedding(int id, int column) {
        return (id * 5 + column * 3) % 7 - 3;
    }

    private static float weight(int column, int id) {
        return (column * 4 + id * id * 3 + id) % 9 - 4;
    }

    /**
     * @param withMask whether it takes an attention mask
     * @param lastOnly whether it gives the logits of the last token only, {@code [1, vocabulary]}
     */
    static Proto onnx(boolean withMask, boolean lastOnly) {
        return onnx(withMask, lastOnly, "");
    }

    /**
     * The same, conditioned on what {@link #encoder} gives: to the logit of each id it adds the id
     * times the sum of what was heard. What it gives as the keys of that is wrong but for the first
     * token, as it is in models that were exported in the usual way.
     */
    static Proto conditioned() {
        return onnx(true, false, "decoder.");
    }

    /** What was heard, number by number. */
    static Proto encoder() {
        return Onnx.model(
                new Proto()
                        .message(1, Onnx.node("Unsqueeze", "audio axis", "last_hidden_state"))
                        .message(5, Onnx.longs("axis", new long[] {1}, 2))
                        .message(11, Onnx.value("audio", Onnx.FLOAT, 1, -1))
                        .message(12, Onnx.value("last_hidden_state", Onnx.FLOAT, 1, -1, 1)));
    }

    private static Proto branch(Proto node, String output) {
        return new Proto()
                .message(1, node)
                .text(2, output)
                .message(12, Onnx.value(output, Onnx.FLOAT, 1, 1, -1, 1));
    }

    /** Has the keys of what was heard be {@code keys}, and the sum of them times the id. */
    private static void hear(Proto graph) {
        String past = "past_key_values.0.encoder.key";
        Proto fresh = Onnx.node("Unsqueeze", "encoder_hidden_states second", "fresh");
        Proto computed = Onnx.node("Unsqueeze", "encoder_hidden_states second", "computed");
        graph.message(
                        1,
                        Onnx.node(
                                "If",
                                "use_cache_branch",
                                "heardKeys",
                                Onnx.graph(
                                        "then_branch",
                                        branch(Onnx.node("Identity", past, "kept"), "kept")),
                                Onnx.graph("else_branch", branch(fresh, "fresh"))))
                .message(
                        1,
                        Onnx.node(
                                "If",
                                "use_cache_branch",
                                "present.0.encoder.key",
                                Onnx.graph(
                                        "then_branch",
                                        branch(Onnx.node("Neg", past, "wrong"), "wrong")),
                                Onnx.graph("else_branch", branch(computed, "computed"))))
                .message(
                        1,
                        Onnx.node("ReduceSum", "heardKeys", "heardSum", Onnx.whole("keepdims", 0)))
                .message(1, Onnx.node("Mul", "heardSum eachId", "heard"))
                .message(5, Onnx.longs("second", new long[] {1}, 1))
                .message(5, Onnx.floats("eachId", new long[] {VOCABULARY}, 0, 1, 2, 3, 4, 5, 6))
                .message(11, Onnx.value("encoder_hidden_states", Onnx.FLOAT, -1, -1, 1))
                .message(11, Onnx.value("use_cache_branch", Onnx.BOOL, 1))
                .message(11, Onnx.value(past, Onnx.FLOAT, -1, 1, -1, 1))
                .message(12, Onnx.value("present.0.encoder.key", Onnx.FLOAT, -1, 1, -1, 1));
    }

    private static Proto onnx(boolean withMask, boolean lastOnly, String ofTokens) {
        float[] table = new float[VOCABULARY * WIDTH];
        float[] weights = new float[WIDTH * VOCABULARY];
        for (int id = 0; id < VOCABULARY; id++) {
            for (int column = 0; column < WIDTH; column++) {
                table[id * WIDTH + column] = embedding(id, column);
                weights[column * VOCABULARY + id] = weight(column, id);
            }
        }
        Proto graph =
                new Proto()
                        .message(1, Onnx.node("Gather", "table input_ids", "keysFlat"))
                        .message(
                                1,
                                Onnx.node(
                                        "Cast",
                                        "position_ids",
                                        "positions",
                                        Onnx.whole("to", Onnx.FLOAT)))
                        .message(1, Onnx.node("Unsqueeze", "positions two", "column"))
                        .message(1, Onnx.node("Add", "column one", "factors"))
                        .message(1, Onnx.node("Mul", "keysFlat factors", "valuesFlat"));
        for (String kind : new String[] {"key", "value"}) {
            graph.message(1, Onnx.node("Reshape", kind + "sFlat heads", kind + "ByToken"))
                    .message(
                            1,
                            Onnx.node(
                                    "Transpose",
                                    kind + "ByToken",
                                    kind + "ByHead",
                                    Onnx.wholes("perm", 0, 2, 1, 3)))
                    .message(
                            1,
                            Onnx.node(
                                    "Concat",
                                    "past_key_values.0." + ofTokens + kind + " " + kind + "ByHead",
                                    "present.0." + ofTokens + kind,
                                    Onnx.whole("axis", 2)))
                    .message(
                            1,
                            Onnx.node(
                                    "ReduceSum",
                                    "present.0." + ofTokens + kind + " two",
                                    kind + "Sum",
                                    Onnx.whole("keepdims", 0)))
                    .message(
                            11,
                            Onnx.value(
                                    "past_key_values.0." + ofTokens + kind,
                                    Onnx.FLOAT,
                                    -1,
                                    2,
                                    -1,
                                    3))
                    .message(
                            12,
                            Onnx.value("present.0." + ofTokens + kind, Onnx.FLOAT, -1, 2, -1, 3));
        }
        graph.message(1, Onnx.node("Add", "keySum valueSum", "sums"))
                .message(1, Onnx.node("Reshape", "sums row", "sumRow"))
                .message(1, Onnx.node("MatMul", "sumRow weights", "base"));
        String base = "base";
        if (withMask) {
            graph.message(
                            1,
                            Onnx.node(
                                    "Cast",
                                    "attention_mask",
                                    "attended",
                                    Onnx.whole("to", Onnx.FLOAT)))
                    .message(1, Onnx.node("ReduceSum", "attended", "count"))
                    .message(1, Onnx.node("Add", "base count", "counted"))
                    .message(11, Onnx.value("attention_mask", Onnx.INT64, 1, -1));
            base = "counted";
        }
        if (lastOnly) {
            graph.message(1, Onnx.node("ReduceMax", "positions", "last"))
                    .message(1, Onnx.node("Reshape", base + " flat", "baseFlat"))
                    .message(1, Onnx.node("Add", "baseFlat last", "logits"))
                    .message(12, Onnx.value("logits", Onnx.FLOAT, 1, VOCABULARY));
        } else {
            if (!ofTokens.isEmpty()) {
                hear(graph);
                graph.message(1, Onnx.node("Add", base + " heard", "conditioned"));
                base = "conditioned";
            }
            graph.message(1, Onnx.node("Add", base + " column", "logits"))
                    .message(12, Onnx.value("logits", Onnx.FLOAT, -1, -1, VOCABULARY));
        }
        return Onnx.model(
                graph.message(5, Onnx.floats("table", new long[] {VOCABULARY, WIDTH}, table))
                        .message(5, Onnx.floats("weights", new long[] {WIDTH, VOCABULARY}, weights))
                        .message(5, Onnx.floats("one", new long[0], 1))
                        .message(5, Onnx.longs("two", new long[] {1}, 2))
                        .message(5, Onnx.longs("heads", new long[] {4}, 0, 0, 2, 3))
                        .message(5, Onnx.longs("row", new long[] {3}, 1, 1, WIDTH))
                        .message(5, Onnx.longs("flat", new long[] {2}, 1, VOCABULARY))
                        .message(11, Onnx.value("input_ids", Onnx.INT64, 1, -1))
                        .message(11, Onnx.value("position_ids", Onnx.INT64, 1, -1)));
    }

    /** The logits after these tokens, computed without any runtime. */
    static float[] logits(List<Integer> ids, boolean withMask) {
        float[] sums = new float[WIDTH];
        for (int position = 0; position < ids.size(); position++) {
            for (int column = 0; column < WIDTH; column++) {
                sums[column] += embedding(ids.get(position), column) * (position + 2);
            }
        }
        float[] logits = new float[VOCABULARY];
        for (int id = 0; id < VOCABULARY; id++) {
            logits[id] = ids.size() - 1 + (withMask ? ids.size() : 0);
            for (int column = 0; column < WIDTH; column++) {
                logits[id] += sums[column] * weight(column, id);
            }
        }
        return logits;
    }

    /** The logits after these tokens of the conditioned model. */
    static float[] logits(List<Integer> ids, float heard) {
        float[] logits = logits(ids, true);
        for (int id = 0; id < VOCABULARY; id++) {
            logits[id] += heard * id;
        }
        return logits;
    }

    /** What follows these tokens, the likeliest one each time, the first one where several are. */
    static int[] continuation(int[] prompt, int count, float heard) {
        List<Integer> ids = new ArrayList<>();
        for (int id : prompt) {
            ids.add(id);
        }
        int[] continuation = new int[count];
        for (int i = 0; i < count; i++) {
            float[] logits = logits(ids, heard);
            int best = 0;
            for (int id = 1; id < VOCABULARY; id++) {
                best = logits[id] > logits[best] ? id : best;
            }
            continuation[i] = best;
            ids.add(best);
        }
        return continuation;
    }
}
