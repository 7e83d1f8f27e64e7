package dev.ganglion.actuator.speech;

import java.io.Closeable;
import java.io.IOException;

/** Where sound goes that comes piece by piece. */
interface SoundOut extends Closeable {
    /** Takes whole frames; may wait until there is room. */
    void write(byte[] sound, int length) throws IOException;

    /** Returns when all of it has been written, or was heard. */
    void finish() throws IOException;

    /** Ends it at once; from any thread. */
    @Override
    void close();
}
