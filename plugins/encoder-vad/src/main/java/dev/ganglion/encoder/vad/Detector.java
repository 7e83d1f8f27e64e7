package dev.ganglion.encoder.vad;

import dev.ganglion.api.data.Tensor;

/** Says of one frame after the other how likely it holds speech. One stream, one thread. */
interface Detector extends AutoCloseable {
    /**
     * {@return the probability of speech, 0 to 1}
     *
     * @param frame finite samples, follows the frame of the call before
     */
    double probability(Tensor frame);

    /** Says that no utterance is open: who must start anew once may do it now. Never throws. */
    void between();

    /** Forgets what it heard; never throws. */
    void reset();

    /** Frees what it holds; a second call does nothing. */
    @Override
    void close();
}
