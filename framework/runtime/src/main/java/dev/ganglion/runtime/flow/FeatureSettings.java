package dev.ganglion.runtime.flow;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.encode.FeatureExtractor;

/**
 * How a route extracts features. A lane keeps one open extractor per settings object, so a route
 * makes one and keeps it.
 *
 * @param extractor the plug-in
 * @param options its checked options
 */
public record FeatureSettings(FeatureExtractor extractor, Options options) {}
