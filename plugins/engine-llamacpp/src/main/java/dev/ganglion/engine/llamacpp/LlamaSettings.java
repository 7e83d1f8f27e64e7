package dev.ganglion.engine.llamacpp;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;

/**
 * The options of a model.
 *
 * @param threads that share a step, the caller's included
 * @param contextTokens that fit into a stream; 0 when it is not said
 * @param mapped whether the weights stay in the file
 * @param embeddings whether it gives sentence vectors instead of tokens
 */
record LlamaSettings(int threads, int contextTokens, boolean mapped, boolean embeddings) {
    private static final String THREADS = "threads";
    private static final String CONTEXT_TOKENS = "contextTokens";
    private static final String MEMORY = "memory";
    private static final String EMBEDDINGS = "embeddings";

    /** Keys and values of a stream are allocated and zeroed at once, gigabytes for 131072. */
    private static final int MOST_TOKENS_UNASKED = 4096;

    static final List<Parameter> PARAMETERS =
            List.of(
                    Parameter.integer(THREADS, "1", 1, 256)
                            .withDefault("1")
                            .describedAs("threads that share a step, the caller's included"),
                    Parameter.integer(CONTEXT_TOKENS, "1", 1, 1 << 20)
                            .describedAs(
                                    "tokens that fit into a stream, up to those that the model was"
                                            + " trained for; by default these or the card's"
                                            + " maxTokens, but no more than "
                                            + MOST_TOKENS_UNASKED),
                    Parameter.choice(MEMORY, List.of("mapped", "resident"))
                            .withDefault("mapped")
                            .describedAs(
                                    "whether weights stay in the file, or are copied, and into the"
                                            + " order that kernels like"),
                    Parameter.flag(EMBEDDINGS)
                            .withDefault("false")
                            .describedAs("whether it gives sentence vectors instead of tokens"));

    static LlamaSettings of(Options options) {
        return new LlamaSettings(
                Math.toIntExact(options.integer(THREADS)),
                options.has(CONTEXT_TOKENS) ? Math.toIntExact(options.integer(CONTEXT_TOKENS)) : 0,
                options.text(MEMORY).equals("mapped"),
                options.flag(EMBEDDINGS));
    }

    /**
     * {@return how many tokens fit into a stream}
     *
     * @param trainedTokens how many the model was trained for
     */
    int capacity(ModelPackage source, int trainedTokens) {
        int given = contextTokens > 0 ? contextTokens : source.maxTokens();
        if (given > trainedTokens) {
            throw new GanglionException(
                    Kind.SETUP,
                    "model "
                            + source.id()
                            + " was trained for "
                            + trainedTokens
                            + " tokens, found "
                            + given
                            + " in "
                            + (contextTokens > 0
                                    ? "the option contextTokens"
                                    : "maxTokens of its card")
                            + ", "
                            + (given - trainedTokens)
                            + " too many; give fewer");
        }
        if (contextTokens > 0) {
            return contextTokens;
        }
        return Math.min(given > 0 ? given : trainedTokens, MOST_TOKENS_UNASKED);
    }
}
