package dev.ganglion.engine.onnxruntime;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How many tokens a second a causal language model gives, the likeliest one each time, on one
 * thread. Not a test: {@code main} with the ONNX file, the number of tokens, and the ids of the
 * prompt; {@code ORT_DISABLE_TELEMETRY=1} as for the engine.
 */
final class GenerationSpeed {
    private static final int ROUNDS = 40;

    private GenerationSpeed() {}

    public static void main(String[] arguments) {
        ModelPackage source =
                ModelPackage.of(new ModelId("measured", "1"), "onnx", Path.of(arguments[0]));
        int tokens = Integer.parseInt(arguments[1]);
        int[] prompt = Arrays.stream(arguments).skip(2).mapToInt(Integer::parseInt).toArray();
        try (Model model = Fixtures.load(source);
                TokenSession session = (TokenSession) model.open()) {
            long[] all = new long[ROUNDS];
            long[] prefill = new long[ROUNDS];
            long[] rewind = new long[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                session.reset();
                long start = System.nanoTime();
                session.feed(prompt, 0, prompt.length);
                prefill[round] = System.nanoTime() - start;
                int[] next = {likeliest(session.logits())};
                for (int token = 1; token < tokens; token++) {
                    session.feed(next, 0, 1);
                    next[0] = likeliest(session.logits());
                }
                all[round] = System.nanoTime() - start;
                start = System.nanoTime();
                session.rewind(prompt.length);
                rewind[round] = System.nanoTime() - start;
            }
            show("prompt of " + prompt.length + " tokens", prefill, 1);
            show("prompt and " + tokens + " tokens", all, tokens);
            show("rewind by " + (tokens - 1) + " tokens", rewind, 1);
        }
    }

    private static void show(String what, long[] nanos, int tokens) {
        Arrays.sort(nanos);
        double median = nanos[nanos.length / 2];
        System.out.printf(
                "%s: least %.1f us, median %.1f us%s%n",
                what,
                nanos[0] / 1e3,
                median / 1e3,
                tokens == 1
                        ? ""
                        : ", tokens/s at most "
                                + Math.round(tokens * 1e9 / nanos[0])
                                + ", median "
                                + Math.round(tokens * 1e9 / median));
    }

    private static int likeliest(Tensor logits) {
        FloatBuffer values = logits.floats();
        int best = 0;
        for (int id = 1; id < logits.elements(); id++) {
            best = values.get(id) > values.get(best) ? id : best;
        }
        return best;
    }
}
