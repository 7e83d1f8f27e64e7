package dev.ganglion.decider.nearest;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How the vectors of the tokens become the vector of the sentence. */
enum Pooling {
    /** The mean over all tokens, special ones included, padding left out. */
    MEAN,
    /** The vector of the first token. */
    FIRST,
    /** The model pools itself. */
    NONE;

    static final List<String> NAMES = Arrays.stream(values()).map(Pooling::word).toList();

    static Pooling of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** {@return what it reads: a vector, or one per token} */
    TensorSpec spec(String tensor, long dimensions) {
        return this == NONE
                ? TensorSpec.of(tensor, Tensor.Type.FLOAT32, "1", 1, dimensions)
                : TensorSpec.of(tensor, Tensor.Type.FLOAT32, "1", 1, TensorSpec.ANY, dimensions);
    }
}
