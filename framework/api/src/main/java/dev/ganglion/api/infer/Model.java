package dev.ganglion.api.infer;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;
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

    /**
     * {@return why its sessions must make their steps one by one, as the end of a sentence; null
     * when {@link #runTogether} takes less time than that} May take as long as a few steps.
     */
    default @Nullable String onlyAlone() {
        return "its engine computes one stream at a time";
    }

    /**
     * Makes one step of each of these sessions. To each it is as if its {@link Session#run} had
     * been called, but for the rounding of the arithmetic, and that a cancelled session may finish
     * this step and refuse the next.
     *
     * @param sessions of this model, each once; the list is the caller's again afterwards
     * @throws IllegalArgumentException when an input was not written; unless they make their steps
     *     one by one, no session made its step
     * @throws GanglionException of kind REOPEN when the step failed; none of the sessions may be
     *     used before a reset
     */
    default void runTogether(List<Session> sessions) {
        for (int i = 0; i < sessions.size(); i++) {
            sessions.get(i).run();
        }
    }

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
