package dev.ganglion.encoder.logmel;

import dev.ganglion.api.encode.FeatureExtractor;
import dev.ganglion.testkit.FeatureExtractorContract;
import java.util.Map;

/** Frames that do not overlap, and a window that fills the transform. */
class FramesSideBySideContractTest extends FeatureExtractorContract {
    private final LogMelEncoder encoder = new LogMelEncoder();

    @Override
    protected FeatureExtractor extractor() {
        return encoder;
    }

    @Override
    protected Map<String, String> options() {
        return Map.of("windowMillis", "16", "hopMillis", "16", "bands", "20", "stack", "3");
    }
}
