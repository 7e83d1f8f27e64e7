package dev.ganglion.testkit;

import dev.ganglion.api.data.Tensor;
import java.util.Map;

/**
 * One step whose results another implementation computed.
 *
 * @param inputs all inputs of the step, by name
 * @param outputs the outputs to compare, by name; those that are left out are not compared
 */
public record GoldenStep(Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
    /** Copies the maps. */
    public GoldenStep {
        inputs = Map.copyOf(inputs);
        outputs = Map.copyOf(outputs);
    }
}
