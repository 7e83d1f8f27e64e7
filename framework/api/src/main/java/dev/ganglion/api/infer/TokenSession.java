package dev.ganglion.api.infer;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Tensor;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A session of a generative model: a sequence of tokens that can grow and be cut back. Implemented
 * by vendors.
 *
 * <p>The caller picks each next token from {@link #logits} and feeds it; cancelling is not feeding
 * further. {@link #run} computes what conditions the sequence, when the model has such inputs.
 */
@ConsumerType
public interface TokenSession extends Session {
    /** {@return how many tokens fit} */
    int capacity();

    /** {@return how many tokens are in} */
    int position();

    /**
     * Cuts the sequence back, as if the later tokens had never been fed.
     *
     * @param position 0 to {@link #position()}
     */
    void rewind(int position);

    /**
     * Feeds tokens: the prompt at once or the next one are the same thing.
     *
     * @param from the first index, inclusive
     * @param to the last index, exclusive
     * @throws IllegalArgumentException when an id is outside of the vocabulary
     * @throws GanglionException of kind INPUT when they do not fit any more (nothing was fed),
     *     REOPEN when cancelled (the position says how far it came)
     */
    void feed(int[] ids, int from, int to);

    /**
     * {@return {@code FLOAT32[vocabulary]}: what may follow the last token; valid until the next
     * feed, rewind or reset}
     */
    Tensor logits();
}
