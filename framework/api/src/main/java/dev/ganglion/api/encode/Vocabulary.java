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

    /**
     * The bytes that an id stands for in the middle of a text, in UTF-8; a character may be cut
     * between two ids. A grammar reads them.
     *
     * @return not to be changed; empty for an id that stands for no text, such as a control token
     * @throws GanglionException of kind SETUP when the vocabulary does not know; the message says
     *     what its kind is
     */
    default byte[] piece(int id) {
        throw new GanglionException(
                GanglionException.Kind.SETUP,
                "a vocabulary of "
                        + getClass().getSimpleName()
                        + " does not say what each id stands for, so that no grammar can be read"
                        + " with it; leave the grammar out, or choose a tokenizer that does");
    }

    /** Frees what the vocabulary holds; does nothing unless overridden. */
    @Override
    default void close() {}
}
