package dev.ganglion.api.infer;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Tensor;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * One stream through a model, with its state. Implemented by vendors.
 *
 * <p>Implementing classes must comply with the following:
 *
 * <ul>
 *   <li>One thread at a time, except {@link #cancel}, which any thread may call at any time.
 *   <li>The same inputs after {@link #reset} give the same outputs as a new session.
 *   <li>A wrong name, type or shape is an {@link IllegalArgumentException} that names tensor,
 *       expectation and finding.
 *   <li>Use after {@link #close} is an {@link IllegalStateException}; closing twice is fine.
 *   <li>Nothing is allocated per step while the shapes stay.
 * </ul>
 */
@ConsumerType
public interface Session extends AutoCloseable {
    /**
     * The memory of an input, to be written before {@link #run}.
     *
     * @param shape the sizes for this step; each must fit the input's spec
     * @return the same memory as before while the shape stays; what was in it may be left or not
     */
    Tensor input(String name, long... shape);

    /**
     * Computes one step; the hidden state moves on.
     *
     * @throws IllegalArgumentException when an input was not written
     * @throws GanglionException of kind REOPEN when cancelled or broken
     */
    void run();

    /**
     * {@return what the last step computed, valid until the next call of {@link #run}, {@link
     * #reset} or {@link #close}}
     */
    Tensor output(String name);

    /** Forgets the state and a cancellation: the next step is the first of an utterance. */
    void reset();

    /**
     * Ends the step under way soon, from any thread; that step, and each one before the next {@link
     * #reset}, throws {@link GanglionException} of kind REOPEN. Never blocks; does nothing after
     * {@link #close}.
     */
    void cancel();

    /**
     * {@return whether another utterance can begin on it} A session whose model ran elsewhere, and
     * is gone, cannot; it is then replaced before a message has to fail. Asked between utterances;
     * cheap.
     */
    default boolean usable() {
        return true;
    }

    /** Frees the stream; a second call does nothing. */
    @Override
    void close();
}
