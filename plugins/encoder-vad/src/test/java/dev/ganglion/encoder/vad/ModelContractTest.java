package dev.ganglion.encoder.vad;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.encode.Segmenter;
import dev.ganglion.api.infer.Session;
import dev.ganglion.testkit.SegmenterContract;
import dev.ganglion.testkit.Tensors;
import java.util.List;
import java.util.Map;

class ModelContractTest extends SegmenterContract {
    @Override
    protected Segmenter segmenter() {
        return new VadEncoder();
    }

    @Override
    protected Map<String, String> options() {
        return Map.of(
                "detector",
                FakeVad.NAME,
                "speechMillis",
                "64",
                "silenceMillis",
                "128",
                "padMillis",
                "64");
    }

    @Override
    protected Tensor content() {
        float[] sound = Sound.frames(0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0);
        return Tensors.of(sound, sound.length);
    }

    @Override
    protected Session session(String name) {
        return new FakeVad();
    }

    @Override
    protected List<Tensor> brokenItems() {
        return List.of(
                Tensors.of(new float[] {0, Float.NaN}, 2),
                Tensors.of(new float[] {Float.NEGATIVE_INFINITY}, 1),
                Tensors.of(new int[] {1, 2}, 2),
                Tensors.of(new float[] {1, 2}, 2, 1));
    }
}
