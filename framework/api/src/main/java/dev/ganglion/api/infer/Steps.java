package dev.ganglion.api.infer;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.model.ModelPackage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A model that is run by whoever reads it: one step per {@link #advance}. Provided by the
 * framework.
 *
 * <p>Classifying a batch of frames and generating tokens look the same from here, and stopping is
 * not pulling further. The time that a step takes is booked to the model, not to the reader. The
 * thread that pulls must be the one that handles the message. Once the message has been handled the
 * steps are over, and pulling them throws {@link IllegalStateException}.
 */
@ProviderType
public interface Steps {
    /**
     * Runs the next step.
     *
     * @return false when there is none left
     * @throws GanglionException when the model failed or was cancelled
     */
    boolean advance();

    /** {@return how many steps were run for this message} */
    int count();

    /**
     * What the last step computed under this name.
     *
     * @return valid until the next {@link #advance}
     * @throws IllegalArgumentException when the model has no such output; the message lists those
     *     that it has
     */
    Tensor output(String name);

    /** {@return what the model read, with the text; empty when it does not read tokens} */
    Tokens tokens();

    /**
     * {@return what the model has said so far in this message, control tokens left out; empty when
     * it does not generate} It grows with each {@link #advance}; read it before the next one.
     */
    CharSequence said();

    /**
     * {@return how likely the model held the token that the last {@link #advance} took, from 0 to
     * 1, before any grammar or sampling; 1 when it does not generate} May cost as much as a look at
     * each number of the vocabulary.
     */
    double probability();

    /** {@return the package of the model that is run, as it was when this message was taken up} */
    ModelPackage model();
}
