package dev.ganglion.encoder.window;

import dev.ganglion.api.encode.FeatureExtractor;
import dev.ganglion.testkit.FeatureExtractorContract;
import java.util.Map;

/** Windows with gaps between them, column by column. */
class ColumnsContractTest extends FeatureExtractorContract {
    @Override
    protected FeatureExtractor extractor() {
        return new WindowEncoder();
    }

    @Override
    protected Map<String, String> options() {
        return Map.of("columns", "2", "length", "7", "hop", "11", "layout", "columns");
    }

    @Override
    protected int contentLength() {
        return 200;
    }
}
