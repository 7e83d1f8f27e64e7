package dev.ganglion.encoder.logmel;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.util.List;

/**
 * The options, in samples where they were in milliseconds.
 *
 * @param windowSamples how long a frame is
 * @param hopSamples from the start of a frame to the start of the next, at most a window
 * @param fftSize a power of two, no shorter than the window
 * @param floor what is added to each band's energy, so that silence has a logarithm
 * @param stack how many frames make a row
 */
record Settings(
        int sampleRateHz,
        int windowSamples,
        int hopSamples,
        int fftSize,
        int bands,
        double lowHz,
        double highHz,
        double floor,
        double scale,
        double offset,
        int stack) {
    private static final int MOST_FFT = 65_536;

    /** The part of the spectrum that is used unless said otherwise; above, filters are leaky. */
    private static final double HIGH_OF_NYQUIST = 0.95;

    static final List<Parameter> PARAMETERS =
            List.of(
                    Parameter.integer("sampleRateHz", "Hz", 1, 1_000_000)
                            .withDefault("16000")
                            .describedAs("the rate of the audio"),
                    Parameter.number("windowMillis", "ms", 0.001, 60_000)
                            .withDefault("25")
                            .describedAs("how long a frame is; a whole number of samples"),
                    Parameter.number("hopMillis", "ms", 0.001, 60_000)
                            .withDefault("10")
                            .describedAs(
                                    "from the start of a frame to the start of the next; a whole"
                                            + " number of samples"),
                    Parameter.integer("fftSize", "1", PowerSpectrum.LEAST_SIZE, MOST_FFT)
                            .describedAs(
                                    "the length of the transform, a power of two; by default the"
                                            + " least that holds a window"),
                    Parameter.integer("bands", "1", 1, 1024)
                            .withDefault("40")
                            .describedAs("how many mel bands a frame has"),
                    Parameter.number("lowHz", "Hz", 0, 500_000)
                            .withDefault("60")
                            .describedAs("where the lowest band begins"),
                    Parameter.number("highHz", "Hz", 0, 500_000)
                            .describedAs(
                                    "where the highest band ends; by default 95 % of half the"
                                            + " sample rate"),
                    Parameter.number("floor", "1", 1e-30, 1e6)
                            .withDefault("1e-6")
                            .describedAs("what is added to a band's energy before the logarithm"),
                    Parameter.number("scale", "1", -1e6, 1e6)
                            .withDefault("1")
                            .describedAs("what the logarithm is multiplied by"),
                    Parameter.number("offset", "1", -1e6, 1e6)
                            .withDefault("0")
                            .describedAs("what is added then"),
                    Parameter.integer("stack", "1", 1, 1000)
                            .withDefault("1")
                            .describedAs("how many frames, one after the other, make a row"));

    /**
     * @throws GanglionException of kind SETUP when the options do not fit each other
     */
    static Settings of(Options options) {
        int sampleRateHz = (int) options.integer("sampleRateHz");
        int windowSamples = samples(options, "windowMillis", sampleRateHz);
        int hopSamples = samples(options, "hopMillis", sampleRateHz);
        if (hopSamples > windowSamples) {
            throw setup(
                    options,
                    "'hopMillis' is at most 'windowMillis', or samples would not be looked at;"
                            + " found "
                            + options.number("hopMillis")
                            + " and "
                            + options.number("windowMillis"));
        }
        double nyquistHz = sampleRateHz / 2.0;
        double lowHz = options.number("lowHz");
        double highHz =
                options.has("highHz") ? options.number("highHz") : HIGH_OF_NYQUIST * nyquistHz;
        if (highHz > nyquistHz) {
            throw setup(
                    options,
                    "'highHz' is at most half of 'sampleRateHz', "
                            + nyquistHz
                            + " Hz, found "
                            + highHz
                            + "; lower it, or take audio of a higher rate");
        }
        if (lowHz >= highHz) {
            throw setup(
                    options,
                    "'lowHz' is below 'highHz', found " + lowHz + " and " + highHz + " Hz");
        }
        return new Settings(
                sampleRateHz,
                windowSamples,
                hopSamples,
                fftSize(options, windowSamples),
                (int) options.integer("bands"),
                lowHz,
                highHz,
                options.number("floor"),
                options.number("scale"),
                options.number("offset"),
                (int) options.integer("stack"));
    }

    private static int samples(Options options, String name, int sampleRateHz) {
        double millis = options.number(name);
        double exact = millis * sampleRateHz / 1000;
        long samples = Math.round(exact);
        // What decimals leave of a third of a millisecond is still meant to be whole.
        if (samples < 1 || Math.abs(exact - samples) > 1e-6 * samples) {
            throw setup(
                    options,
                    "'"
                            + name
                            + "' is a whole number of samples, but "
                            + millis
                            + " ms at "
                            + sampleRateHz
                            + " Hz are "
                            + exact
                            + "; the nearest that fits is "
                            + Math.max(1, samples)
                            + " samples, "
                            + 1000.0 * Math.max(1, samples) / sampleRateHz
                            + " ms");
        }
        return (int) Math.min(samples, Integer.MAX_VALUE);
    }

    private static int fftSize(Options options, int windowSamples) {
        if (windowSamples > MOST_FFT) {
            throw setup(
                    options,
                    "a window of "
                            + windowSamples
                            + " samples is longer than the longest transform, "
                            + MOST_FFT
                            + "; shorten 'windowMillis'");
        }
        int least = PowerSpectrum.LEAST_SIZE;
        while (least < windowSamples) {
            least *= 2;
        }
        long given = options.has("fftSize") ? options.integer("fftSize") : least;
        if (Long.bitCount(given) != 1 || given < windowSamples) {
            throw setup(
                    options,
                    "'fftSize' is a power of two that holds a window of "
                            + windowSamples
                            + " samples, "
                            + least
                            + " or more, found "
                            + given);
        }
        return (int) given;
    }

    static GanglionException setup(Options options, String message) {
        return new GanglionException(Kind.SETUP, options.owner() + ": " + message);
    }

    /** {@return how many rows come out in a second} */
    double rateHz() {
        return (double) sampleRateHz / hopSamples / stack;
    }
}
