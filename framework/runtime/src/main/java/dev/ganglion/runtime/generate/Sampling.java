package dev.ganglion.runtime.generate;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How a token is picked among those that may follow, with the names, the order and the defaults of
 * llama.cpp, but for the temperature.
 *
 * @param temperature 0 for the likeliest token; higher is more varied
 * @param topK only so many of the likeliest; 0 for all
 * @param topP only the likeliest that have this probability together; 1 for all
 * @param minP only those that are at least so probable in relation to the likeliest; 0 for all
 * @param repeatPenalty makes a token less likely that is among the last 64 that were picked; 1 for
 *     nothing
 * @param seed the same seed, the same choices
 */
public record Sampling(
        double temperature, int topK, double topP, double minP, double repeatPenalty, long seed) {
    /** The likeliest token each time: what holds when nothing is said. */
    public static final Sampling GREEDY = new Sampling(0, 40, 0.95, 0.05, 1, 0);

    private static final List<Parameter> KEYS =
            List.of(
                    Parameter.number("temperature", "1", 0, 100).withDefault("0"),
                    Parameter.integer("top_k", "1", 0, 1_000_000).withDefault("40"),
                    Parameter.number("top_p", "1", 0, 1).withDefault("0.95"),
                    Parameter.number("min_p", "1", 0, 1).withDefault("0.05"),
                    Parameter.number("repeat_penalty", "1", 0.01, 100).withDefault("1"),
                    Parameter.integer("seed", "1", 0, Integer.MAX_VALUE).withDefault("0"));

    /**
     * Reads one line of JSON: {@code {"top_k": 5, "temperature": 0.2}}. What it leaves out has its
     * default.
     *
     * @param owner whose it is, for messages
     * @throws GanglionException of kind SETUP when it is no JSON object, or has a key or value that
     *     does not exist, listing those that do
     */
    public static Sampling parse(String owner, String json) {
        Map<String, Object> given;
        try {
            given = JSON.std.mapFrom(json);
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    owner
                            + ": the sampling is a JSON object such as {\"top_k\": 5,"
                            + " \"temperature\": 0.2}, found '"
                            + json
                            + "'",
                    e);
        }
        Options options = Options.of(owner + ": the sampling", KEYS, given, Path.of(""));
        return new Sampling(
                options.number("temperature"),
                (int) options.integer("top_k"),
                options.number("top_p"),
                options.number("min_p"),
                options.number("repeat_penalty"),
                options.integer("seed"));
    }
}
