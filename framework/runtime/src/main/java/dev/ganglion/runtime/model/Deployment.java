package dev.ganglion.runtime.model;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a model is run on this device. The card says what its maker thinks, {@code etc/} what the
 * integrator wants; the latter wins.
 *
 * @param engine the name of the engine, or empty for whichever loads the format
 * @param isolation {@code in-process}, {@code worker}, or empty for in-process
 * @param replacement the keys of {@link Strategy#with}
 */
public record Deployment(String engine, String isolation, Map<String, String> replacement) {
    /** Nothing is said. */
    public static final Deployment NONE = new Deployment("", "", Map.of());

    /** Copies the map. */
    public Deployment {
        replacement = Map.copyOf(replacement);
    }

    /** {@return this, with what the other one says in its place} */
    public Deployment with(Deployment other) {
        Map<String, String> merged = new LinkedHashMap<>(replacement);
        merged.putAll(other.replacement);
        return new Deployment(
                other.engine.isEmpty() ? engine : other.engine,
                other.isolation.isEmpty() ? isolation : other.isolation,
                merged);
    }
}
