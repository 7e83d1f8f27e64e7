package dev.ganglion.encoder.logmel;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import org.jspecify.annotations.Nullable;

/**
 * The tables for some settings. Immutable, shared by all streams.
 *
 * @param window the weight of each sample of a frame, halved as {@link PowerSpectrum} wants it
 */
record FrontEnd(Settings settings, float[] window, PowerSpectrum spectrum, MelFilters filters) {
    /**
     * Computes them.
     *
     * @throws GanglionException of kind SETUP when there are more bands than the spectrum can fill
     */
    static FrontEnd of(Settings settings, Options options) {
        MelFilters filters = filters(settings, settings.bands());
        if (filters == null) {
            int fitting = settings.bands() - 1;
            while (fitting > 0 && filters(settings, fitting) == null) {
                fitting--;
            }
            throw Settings.setup(
                    options,
                    "'bands' is at most "
                            + fitting
                            + " where the bins of the spectrum are "
                            + (double) settings.sampleRateHz() / settings.fftSize()
                            + " Hz apart, for a narrower band would hold none, found "
                            + settings.bands()
                            + "; lower it, or set 'fftSize' to "
                            + 2 * settings.fftSize());
        }
        return new FrontEnd(
                settings,
                halvedHann(settings.windowSamples()),
                new PowerSpectrum(settings.fftSize()),
                filters);
    }

    private static @Nullable MelFilters filters(Settings settings, int bands) {
        return MelFilters.of(
                bands,
                settings.lowHz(),
                settings.highHz(),
                settings.sampleRateHz(),
                settings.fftSize());
    }

    /** The periodic one: its end is one sample past the last. */
    private static float[] halvedHann(int samples) {
        float[] window = new float[samples];
        for (int i = 0; i < samples; i++) {
            window[i] = (float) (0.25 - 0.25 * Math.cos(2 * Math.PI * i / samples));
        }
        return window;
    }
}
