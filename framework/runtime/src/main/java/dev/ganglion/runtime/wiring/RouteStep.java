package dev.ganglion.runtime.wiring;

import java.nio.file.Path;
import java.util.Map;

/**
 * One of the five words in a route.
 *
 * @param word {@code sense}, {@code encode}, {@code infer}, {@code decide} or {@code act}
 * @param name what follows the colon: a plug-in, or for {@code infer} a model
 * @param parameters what follows the question mark
 * @param folder what relative paths start from: the folder of the route file
 */
public record RouteStep(String word, String name, Map<String, String> parameters, Path folder) {
    /** Copies the parameters. */
    public RouteStep {
        parameters = Map.copyOf(parameters);
    }

    @Override
    public String toString() {
        return word + ":" + name;
    }
}
