package dev.ganglion.api.encode;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Session;
import java.util.function.Function;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Finds the utterances in a stream that does not say where they begin and end: opens one, passes on
 * what belongs to it, and closes it. Implemented by vendors; named in a route by {@code encode:},
 * right after {@code sense:}.
 */
@ConsumerType
public interface Segmenter extends Plugin {
    /** {@return what it takes, with its unit and its rate} */
    TensorSpec input(Options options);

    /** {@return what the samples of an utterance hold, with its unit and its rate} */
    TensorSpec output(Options options);

    /**
     * Opens the work on one stream.
     *
     * @param models opens a session of a model by its name, for those that run one; whoever opens
     *     it closes it
     * @return pushed with the samples of the stream; gives those of its utterances, {@link
     *     Sample#last} at the end of each, with the time at which what they hold was captured and a
     *     sequence that rises. Only the results may depend on how the input was cut, not what they
     *     hold together. The flush closes an utterance that is open
     */
    Stage<Sample<Tensor>, Sample<Tensor>> open(Options options, Function<String, Session> models);
}
