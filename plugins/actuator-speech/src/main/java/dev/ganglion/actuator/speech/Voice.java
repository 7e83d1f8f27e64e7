package dev.ganglion.actuator.speech;

import dev.ganglion.api.data.GanglionException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Speaks, on whichever thread it is asked to. */
interface Voice {
    /** One text to be spoken, once. */
    interface Utterance {
        /**
         * Speaks, and returns when that is done, or at once after it was cancelled.
         *
         * @throws GanglionException of kind RETRY when it failed or took too long
         */
        void speak() throws InterruptedException;

        /** Ends it, before, while or after it is spoken; from any thread. */
        void cancel();
    }

    /**
     * Prepares a text; nothing is heard yet.
     *
     * @param file the WAV file to write, null for the sound device
     */
    Utterance prepare(String text, @Nullable Path file);
}
