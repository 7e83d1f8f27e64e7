package dev.ganglion.api.encode;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A model's vocabulary: from text to ids and back. Implemented by vendors.
 *
 * <p>Thread-safe and shared; the stages that it opens belong to one stream each. {@link #close} is
 * called after the last of them was closed.
 */
@ConsumerType
public interface Vocabulary extends AutoCloseable {
    /** {@return how many ids there are: each id is 0 or more and smaller} */
    int size();

    /**
     * From text to ids. Nothing comes out before the flush, then exactly one {@link Tokens} for all
     * that was pushed, with the special tokens that the model expects.
     *
     * @param maxTokens how many the model takes, special tokens included; 0 for no limit
     * @param truncate whether a longer text is cut; otherwise the flush throws {@link
     *     GanglionException} of kind INPUT that says how many tokens there are and how many fit
     */
    Stage<CharSequence, Tokens> encoder(int maxTokens, boolean truncate);

    /**
     * From ids to text: what comes out, joined, is the text; a character cut between two ids comes
     * out whole.
     */
    Stage<Tokens, CharSequence> decoder();

    /** Frees what the vocabulary holds; does nothing unless overridden. */
    @Override
    default void close() {}
}
