package dev.ganglion.it.bench;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Greedy generation with an engine, told by lines when to make a round; see {@code generate.c},
 * which does the same.
 */
public final class GeneratingMain {
    private static final String CONTEXT = "contextTokens";

    private GeneratingMain() {}

    /**
     * Takes the class of the engine, the format, the weights, and how many tokens fit, are
     * generated, in how many sequences; then the ids of the prompt.
     */
    public static void main(String[] arguments) throws Exception {
        Engine engine = (Engine) Class.forName(arguments[0]).getDeclaredConstructor().newInstance();
        ModelPackage source =
                ModelPackage.of(new ModelId("bench", "1"), arguments[1], Path.of(arguments[2]));
        boolean bounded =
                engine.options().stream().anyMatch(option -> option.name().equals(CONTEXT));
        Options options =
                Options.of(
                        "bench",
                        engine.options(),
                        bounded ? Map.of(CONTEXT, arguments[3]) : Map.of(),
                        source.folder());
        int tokens = Integer.parseInt(arguments[4]);
        int sequences = Integer.parseInt(arguments[5]);
        int[] prompt =
                Arrays.stream(arguments, 6, arguments.length).mapToInt(Integer::parseInt).toArray();
        BufferedReader told =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = System.out;
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        try (Model model = engine.load(source, options);
                TokenSession session = (TokenSession) model.open()) {
            out.println("ready");
            while (told.readLine() != null) {
                long nanos = 0;
                long busyNanos = 0;
                int hash = 1;
                for (int sequence = 0; sequence < sequences; sequence++) {
                    session.reset();
                    session.feed(prompt, 0, prompt.length);
                    long start = System.nanoTime();
                    long busyStart = threads.getCurrentThreadCpuTime();
                    hash = generate(session, tokens, hash);
                    busyNanos += threads.getCurrentThreadCpuTime() - busyStart;
                    nanos += System.nanoTime() - start;
                }
                out.println(nanos + " " + busyNanos + " " + Integer.toUnsignedString(hash));
            }
        }
    }

    private static int generate(TokenSession session, int tokens, int hash) {
        int[] next = new int[1];
        float[] logits = new float[session.logits().elements()];
        int sum = hash;
        for (int i = 0; i < tokens; i++) {
            next[0] = likeliest(session.logits(), logits);
            sum = 31 * sum + next[0];
            session.feed(next, 0, 1);
        }
        return sum;
    }

    /** Arrays are read faster than buffers by Java's first compiler. */
    private static int likeliest(Tensor tensor, float[] logits) {
        tensor.floats().get(0, logits);
        int best = 0;
        float most = logits[0];
        for (int id = 1; id < logits.length; id++) {
            if (logits[id] > most) {
                most = logits[id];
                best = id;
            }
        }
        return best;
    }
}
