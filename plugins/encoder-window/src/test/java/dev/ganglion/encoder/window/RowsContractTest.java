package dev.ganglion.encoder.window;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.encode.FeatureExtractor;
import dev.ganglion.testkit.FeatureExtractorContract;
import dev.ganglion.testkit.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Windows that overlap, row by row, normalised. */
class RowsContractTest extends FeatureExtractorContract {
    @Override
    protected FeatureExtractor extractor() {
        return new WindowEncoder();
    }

    @Override
    protected Map<String, String> options() {
        return Map.of(
                "columns", "3",
                "units", "Cel,%,lx",
                "length", "10",
                "hop", "3",
                "mean", "0.1,-0.2,0.3",
                "deviation", "2");
    }

    @Override
    protected int contentLength() {
        return 200;
    }

    @Override
    protected List<Tensor> brokenItems() {
        List<Tensor> broken = new ArrayList<>(super.brokenItems());
        broken.add(Tensors.of(new float[] {0, 0, 0, 0, Float.NaN, 0}, 2, 3));
        broken.add(Tensors.of(new float[] {Float.NEGATIVE_INFINITY, 0, 0}, 1, 3));
        broken.add(Tensor.allocate(Tensor.Type.FLOAT32, 4, 2));
        return broken;
    }
}
