package dev.ganglion.sensor.audio;

import java.util.List;
import javax.sound.sampled.LineUnavailableException;
import org.jspecify.annotations.Nullable;

/** What records sound on this machine: Java Sound, but for tests that pull plugs. */
interface CaptureDevices {
    /** {@return the names of the devices that are there now} */
    List<String> names();

    /** {@return the rates at which a device may record, by what it says; none when it is gone} */
    List<Integer> ratesHz(@Nullable String name);

    /** {@return the rates and channels that a device says it has, for messages} */
    String offered(@Nullable String name);

    /**
     * Opens a device and has it record: 16 bits, signed, little-endian.
     *
     * @param name one of {@link #names}; null for the one that the system prefers
     * @param bufferFrames how much the device keeps for a reader that is late
     * @throws LineUnavailableException when another has it, or it does not have the rate
     * @throws IllegalArgumentException when it is not there, or does not have the rate
     */
    Line open(@Nullable String name, int sampleRateHz, int channels, int bufferFrames)
            throws LineUnavailableException;

    /** A device that records. */
    interface Line extends AutoCloseable {
        /**
         * Waits until as many bytes were recorded.
         *
         * @param count in whole frames
         * @return fewer when the device is gone or closed
         * @throws IllegalStateException when the device is gone
         */
        int read(byte[] into, int count);

        /** Ends the recording, and a read that waits; from any thread, more than once. */
        @Override
        void close();
    }
}
