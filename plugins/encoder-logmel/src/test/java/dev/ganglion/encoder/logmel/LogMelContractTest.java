package dev.ganglion.encoder.logmel;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.encode.FeatureExtractor;
import dev.ganglion.testkit.FeatureExtractorContract;
import dev.ganglion.testkit.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class LogMelContractTest extends FeatureExtractorContract {
    private final LogMelEncoder encoder = new LogMelEncoder();

    @Override
    protected FeatureExtractor extractor() {
        return encoder;
    }

    @Override
    protected Map<String, String> options() {
        return Kws.OPTIONS;
    }

    @Override
    protected List<Tensor> brokenItems() {
        List<Tensor> broken = new ArrayList<>(super.brokenItems());
        broken.add(Tensors.of(new float[] {0, Float.NaN, 0}, 3));
        broken.add(Tensors.of(new float[] {Float.NEGATIVE_INFINITY}, 1));
        return broken;
    }
}
