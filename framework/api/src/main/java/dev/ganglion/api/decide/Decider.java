package dev.ganglion.api.decide;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;
import java.util.function.Function;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Says what a model's numbers mean. Implemented by vendors; named in a route by {@code decide:}.
 */
@ConsumerType
public interface Decider extends Plugin {
    /**
     * What it reads from the model, checked against the model's outputs when the route is wired.
     *
     * @throws GanglionException of kind SETUP when it cannot work with this model, saying what is
     *     missing in its card
     */
    List<TensorSpec> inputs(ModelPackage model, Options options);

    /**
     * Opens the work on one stream. Called again when the model is replaced.
     *
     * @param infer runs the model over a text from its start, as the route would, and gives the
     *     steps, to be used before the next call and before {@code open} returns; for deciders that
     *     compare with examples
     * @return pushed once after each step, which it may read but not advance; a decision may come
     *     at any step, and at the flush when none came before: the final pass. A decision that is
     *     sure ends the utterance: steps that are left are not run, and what is pushed after it
     *     begins another; unless it {@link #goesOn}
     */
    Stage<Steps, Decision> open(
            ModelPackage model, Options options, Function<CharSequence, Steps> infer);

    /**
     * {@return whether the utterance goes on after a decision that is sure} True for who watches a
     * stream, and says something about each step of it, or about each change.
     */
    default boolean goesOn(Options options) {
        return false;
    }
}
