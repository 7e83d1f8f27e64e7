package dev.ganglion.api.infer;

import dev.ganglion.api.data.TensorSpec;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Loaded weights, shared by all streams. Implemented by vendors; thread-safe.
 *
 * <p>The framework closes a model only after its last session was closed. A model whose bundle was
 * stopped goes on serving the sessions that are open, so an engine must not close models when it is
 * deactivated.
 */
@ConsumerType
public interface Model extends AutoCloseable {
    /**
     * {@return what a session takes, hidden state left out; the tokens of a {@link TokenSession}
     * are not listed}
     */
    List<TensorSpec> inputs();

    /** {@return what a session gives, hidden state left out} */
    List<TensorSpec> outputs();

    /**
     * {@return a new stream through the model, from its start}
     *
     * @throws IllegalStateException when the model was closed
     */
    Session open();

    /** {@return the memory that the model maps from files, in bytes, 0 when unknown} */
    default long mappedBytes() {
        return 0;
    }

    /** {@return the memory that the model allocated, arenas included, in bytes, 0 when unknown} */
    default long allocatedBytes() {
        return 0;
    }

    /** Frees the weights; a second call does nothing. */
    @Override
    void close();
}
