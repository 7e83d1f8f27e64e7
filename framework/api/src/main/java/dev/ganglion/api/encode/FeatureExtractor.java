package dev.ganglion.api.encode;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Turns what a sensor gives into what a model reads. Implemented by vendors; named in a route by
 * {@code encode:}.
 */
@ConsumerType
public interface FeatureExtractor extends Plugin {
    /** {@return what it takes, with its unit} */
    TensorSpec input(Options options);

    /** {@return what each result looks like, with its unit} */
    TensorSpec output(Options options);

    /** {@return the work on one stream; its results are reused by the next call} */
    Stage<Tensor, Tensor> open(Options options);
}
