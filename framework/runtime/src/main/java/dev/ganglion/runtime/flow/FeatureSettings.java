package dev.ganglion.runtime.flow;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.encode.FeatureExtractor;
import dev.ganglion.runtime.model.Lease;
import java.util.function.Function;

/**
 * How a route extracts features. A lane keeps one open extractor per settings object, so a route
 * makes one and keeps it.
 *
 * @param extractor the plug-in
 * @param options its checked options for one version of a model, whose card may have its say
 */
public record FeatureSettings(FeatureExtractor extractor, Function<Lease, Options> options) {}
