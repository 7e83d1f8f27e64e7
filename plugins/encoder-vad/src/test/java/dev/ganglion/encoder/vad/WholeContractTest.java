package dev.ganglion.encoder.vad;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.encode.Segmenter;
import dev.ganglion.testkit.SegmenterContract;
import dev.ganglion.testkit.Tensors;
import java.util.Map;

class WholeContractTest extends SegmenterContract {
    @Override
    protected Segmenter segmenter() {
        return new VadEncoder();
    }

    @Override
    protected Map<String, String> options() {
        return Map.of("sampleRateHz", "8000", "maxMillis", "1000", "whole", "true", "peak", "0.9");
    }

    @Override
    protected Tensor content() {
        float[] sound = Sound.murmur(8_000, 5, 0.001f, 0.5, 1, 2, 3.6);
        return Tensors.of(sound, sound.length);
    }
}
