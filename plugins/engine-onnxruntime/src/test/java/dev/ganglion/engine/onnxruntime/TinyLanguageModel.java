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
                                    "past_key_values.0." + kind + " " + kind + "ByHead",
                                    "present.0." + kind,
                                    Onnx.whole("axis", 2)))
                    .message(
                            1,
                            Onnx.node(
                                    "ReduceSum",
                                    "present.0." + kind + " two",
                                    kind + "Sum",
                                    Onnx.whole("keepdims", 0)))
                    .message(11, Onnx.value("past_key_values.0." + kind, Onnx.FLOAT, -1, 2, -1, 3))
                    .message(12, Onnx.value("present.0." + kind, Onnx.FLOAT, -1, 2, -1, 3));
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

    /** What follows these tokens, the likeliest one each time, the first one where several are. */
    static int[] continuation(int[] prompt, int count, boolean withMask) {
        List<Integer> ids = new ArrayList<>();
        for (int id : prompt) {
            ids.add(id);
        }
        int[] continuation = new int[count];
        for (int i = 0; i < count; i++) {
            float[] logits = logits(ids, withMask);
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
