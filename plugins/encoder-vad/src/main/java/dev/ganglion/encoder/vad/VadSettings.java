package dev.ganglion.encoder.vad;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;

/**
 * The options, checked against each other and counted in frames.
 *
 * @param owner who has the options, for messages
 * @param detector {@code energy}, or the name of a model
 * @param sampleRateHz 8000 or 16000
 * @param above the probability from which a frame is speech
 * @param below the probability under which an utterance may end
 * @param speechFrames how many in a row must be speech for an utterance to begin, 1 or more
 * @param silenceFrames how many without speech end it, 1 or more
 * @param padFrames how many go with it before its speech
 * @param tailFrames how many go with it after its speech
 * @param maxFrames how many it has at most
 * @param whole whether an utterance is given as one tensor
 * @param peak the size of its largest sample then, or 0 to leave it
 */
record VadSettings(
        String owner,
        String detector,
        int sampleRateHz,
        double above,
        double below,
        int speechFrames,
        int silenceFrames,
        int padFrames,
        int tailFrames,
        long maxFrames,
        boolean whole,
        double peak) {
    static final String ENERGY = "energy";

    private static final int FRAME_MILLIS = 32;

    /** What is gathered is bounded always. */
    private static final long MAX_MILLIS_WHOLE = 30_000;

    private static final long LONGEST_WHOLE = 600_000;

    /** As Silero does. */
    private static final double HYSTERESIS = 0.15;

    /**
     * Reads them.
     *
     * @throws GanglionException of kind SETUP when one does not fit another
     */
    static VadSettings of(Options options) {
        long sampleRateHz = options.integer("sampleRateHz");
        if (sampleRateHz != 8_000 && sampleRateHz != 16_000) {
            throw setup(
                    options,
                    "'sampleRateHz' takes 8000 or 16000 in Hz, found '"
                            + sampleRateHz
                            + "'; have the sensor resample to one of them");
        }
        double above = options.number("above");
        double below =
                options.has("below") ? options.number("below") : Math.max(0, above - HYSTERESIS);
        if (below > above) {
            throw setup(
                    options,
                    "'below' takes a number up to 'above' ("
                            + above
                            + "), found '"
                            + below
                            + "'; speech would end where it begins");
        }
        int speech = Math.max(1, framesFor(options.integer("speechMillis")));
        int silence = framesFor(options.integer("silenceMillis"));
        int pad = framesFor(options.integer("padMillis"));
        boolean whole = options.flag("whole");
        double peak = options.number("peak");
        if (peak > 0 && !whole) {
            throw setup(
                    options,
                    "'peak' takes a number only with whole=true, found '"
                            + peak
                            + "'; the loudest sample of an utterance is not known before its end");
        }
        long most = Long.MAX_VALUE;
        if (whole || options.has("maxMillis")) {
            long maxMillis =
                    options.has("maxMillis") ? options.integer("maxMillis") : MAX_MILLIS_WHOLE;
            if (whole && maxMillis > LONGEST_WHOLE) {
                throw setup(
                        options,
                        "'maxMillis' takes up to "
                                + LONGEST_WHOLE
                                + " ms with whole=true, which holds an utterance in memory, found '"
                                + maxMillis
                                + "'");
            }
            most = maxMillis / FRAME_MILLIS;
            if (most < pad + speech) {
                throw setup(
                        options,
                        "'maxMillis' takes at least what opens an utterance, which is "
                                + (pad + speech) * FRAME_MILLIS
                                + " ms in frames of "
                                + FRAME_MILLIS
                                + " ms ('padMillis' and 'speechMillis'), found '"
                                + maxMillis
                                + "'; give more, or lower those");
            }
        }
        return new VadSettings(
                options.owner(),
                options.text("detector"),
                (int) sampleRateHz,
                above,
                below,
                speech,
                silence,
                pad,
                Math.min(pad, silence),
                most,
                whole,
                peak);
    }

    private static int framesFor(long millis) {
        return (int) ((millis + FRAME_MILLIS - 1) / FRAME_MILLIS);
    }

    private static GanglionException setup(Options options, String message) {
        return new GanglionException(Kind.SETUP, options.owner() + ": " + message);
    }

    /** {@return how many samples a frame has} */
    int frameSamples() {
        return sampleRateHz * FRAME_MILLIS / 1_000;
    }

    /** {@return how many frames may wait until it is known where they belong} */
    int heldFrames() {
        return Math.max(padFrames + speechFrames, silenceFrames - tailFrames + 1);
    }
}
