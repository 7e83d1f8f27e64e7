package dev.ganglion.testkit.toy;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.encode.FeatureExtractor;
import java.util.function.Consumer;

/**
 * Nothing for ten values, three results for the eleventh: the least, the mean and the greatest of
 * them, each {@code FLOAT32[1]}. A flush gives the same of what is left. Takes {@code FLOAT32[any]}
 * without unit.
 */
public final class ToyExtractor implements FeatureExtractor {
    private static final TensorSpec INPUT =
            TensorSpec.of("values", Tensor.Type.FLOAT32, "1", TensorSpec.ANY);
    private static final TensorSpec OUTPUT = TensorSpec.of("values", Tensor.Type.FLOAT32, "1", 1);

    /** An extractor needs nothing. */
    public ToyExtractor() {}

    @Override
    public String name() {
        return "toy-eleven";
    }

    @Override
    public TensorSpec input(Options options) {
        return INPUT;
    }

    @Override
    public TensorSpec output(Options options) {
        return OUTPUT;
    }

    @Override
    public Stage<Tensor, Tensor> open(Options options) {
        return new Eleven();
    }

    private static final class Eleven implements Stage<Tensor, Tensor> {
        private final float[] held = new float[11];
        private final Tensor result = Tensor.allocate(Tensor.Type.FLOAT32, 1);
        private int count;

        @Override
        public void push(Tensor item, Consumer<? super Tensor> out) {
            boolean done = false;
            try {
                String mismatch = INPUT.mismatch(item);
                if (mismatch != null) {
                    throw new IllegalArgumentException("toy-eleven: " + mismatch);
                }
                for (int i = 0; i < item.elements(); i++) {
                    held[count++] = item.floats().get(i);
                    if (count == held.length) {
                        give(out);
                    }
                }
                done = true;
            } finally {
                if (!done) {
                    count = 0;
                }
            }
        }

        @Override
        public void flush(Consumer<? super Tensor> out) {
            if (count > 0) {
                try {
                    give(out);
                } finally {
                    count = 0;
                }
            }
        }

        private void give(Consumer<? super Tensor> out) {
            float least = held[0];
            float greatest = held[0];
            float sum = 0;
            for (int i = 0; i < count; i++) {
                least = Math.min(least, held[i]);
                greatest = Math.max(greatest, held[i]);
                sum += held[i];
            }
            float mean = sum / count;
            count = 0;
            give(least, out);
            give(mean, out);
            give(greatest, out);
        }

        private void give(float value, Consumer<? super Tensor> out) {
            result.floats().put(0, value);
            out.accept(result);
        }
    }
}
