package dev.ganglion.api.sense;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.TensorSpec;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Something that notices: a file, a microphone, a thermometer. Implemented by vendors; named in a
 * route by {@code sense:}.
 *
 * <p>Implementing classes must comply with the following:
 *
 * <ul>
 *   <li>{@link #open} returns at once; what takes time happens on the sensor's own threads, which
 *       are daemons.
 *   <li>After the returned handle was closed, no sample comes any more and no thread is left;
 *       closing twice is fine.
 *   <li>A bad item is given to {@link Sink#failed} and the next one goes on.
 * </ul>
 */
@ConsumerType
public interface Sensor extends Plugin {
    /** {@return what the samples hold: {@link TensorSpec#TEXT} or a tensor with its unit} */
    TensorSpec output(Options options);

    /**
     * Starts to notice.
     *
     * @return stops it when closed, and waits until the sample that is under way has been taken
     * @throws GanglionException of kind SETUP when the device or file is not there, naming it
     */
    AutoCloseable open(Options options, Sink sink);

    /**
     * Where samples go. Provided by the framework; may be called from any thread, for one stream by
     * one at a time.
     */
    @ProviderType
    interface Sink {
        /**
         * Has the sample handled, on the calling thread, and returns when that is done. For sources
         * that can wait, such as files: nothing is lost.
         */
        void put(Sample<?> sample);

        /**
         * Hands the sample over without blocking, unless the route asks for that. For sources that
         * cannot wait, such as microphones. When the pipeline is behind, the route says what is
         * dropped: this sample, or the oldest that still waits; either is counted. The end of an
         * utterance moves to a sample that stays, where one does.
         *
         * @return false when this sample was dropped
         */
        boolean offer(Sample<?> sample);

        /**
         * Has the sample handled like {@link #put}, and tells a follower what comes of it, for
         * sources that answer: a client that waits at the other end of a connection.
         */
        default void ask(Sample<?> sample, Follower follower) {
            put(sample);
        }

        /** Reports an item that could not become a sample; it counts as failed. */
        void failed(String stream, long sequence, GanglionException cause);

        /**
         * Says that the device is gone for now, and what it takes for it to be back; the route is
         * shown as waiting until the next sample comes. Does nothing unless overridden.
         */
        default void away(String sentence) {}

        /** Says that everything that is there for now has been given; more may come. */
        void caughtUp();

        /** Says that nothing will come any more. */
        void ended();
    }

    /**
     * Follows one message from its sample to what came of it, on the thread that handles it: return
     * quickly. Implemented by sensors that answer. Each method does nothing unless overridden.
     */
    @ConsumerType
    interface Follower {
        /** What was said is known: the text itself, or what speech was taken for. */
        default void heard(CharSequence text) {}

        /**
         * It was decided, and acted on if there was something to do.
         *
         * @param refusal why the action was not performed, or empty
         */
        default void decided(Decision decision, String refusal) {}

        /** More of the answer; all of them, joined, are the answer. The piece may be reused. */
        default void said(CharSequence piece) {}

        /**
         * Nothing more comes of it.
         *
         * @param failure the sentence that says why it failed, or empty
         */
        default void ended(String failure) {}
    }
}
