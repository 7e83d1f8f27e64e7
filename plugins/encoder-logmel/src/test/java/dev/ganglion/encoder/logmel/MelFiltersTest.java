package dev.ganglion.encoder.logmel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MelFiltersTest {
    private static final float FLOOR = 1e-30f;

    /** What each bin counts for each band, read off the logarithms of single bins. */
    private static double[][] matrix(MelFilters filters, int bands, int bins) {
        double[][] matrix = new double[bands][bins];
        float[] power = new float[bins];
        float[] logarithms = new float[bands];
        for (int bin = 0; bin < bins; bin++) {
            power[bin] = 1;
            filters.logarithms(power, FLOOR, 1, 0, logarithms, 0);
            for (int band = 0; band < bands; band++) {
                matrix[band][bin] = Math.exp(logarithms[band]);
            }
            power[bin] = 0;
        }
        return matrix;
    }

    @Test
    void theFiltersOfKwsDigitsAreTheGoldenOnes() {
        List<?> golden = (List<?>) Kws.golden().get("mel_filterbank_32x129");
        double[][] matrix = matrix(MelFilters.of(32, 60, 3800, 8000, 256), 32, 129);
        for (int band = 0; band < 32; band++) {
            float[] row = Kws.floats(golden.get(band));
            for (int bin = 0; bin < 129; bin++) {
                assertThat(matrix[band][bin])
                        .as("band " + band + ", bin " + bin)
                        .isEqualTo(row[bin], within(2e-6));
            }
        }
    }

    @Test
    void theWindowOfKwsDigitsIsTheGoldenOne() {
        LogMelEncoder encoder = new LogMelEncoder();
        var options = Kws.options(encoder, Kws.OPTIONS);
        float[] window = FrontEnd.of(Settings.of(options), options).window().clone();
        for (int i = 0; i < window.length; i++) {
            window[i] *= 2;
        }
        assertThat(Kws.difference(Kws.floats(Kws.golden().get("hann")), window, 1e-6)).isEmpty();
    }

    @Test
    void betweenTwoMiddlesABinIsSharedWithoutLoss() {
        double[][] matrix = matrix(MelFilters.of(10, 300, 3000, 8000, 512), 10, 257);
        double[] sums = new double[257];
        for (double[] row : matrix) {
            for (int bin = 0; bin < sums.length; bin++) {
                sums[bin] += row[bin];
            }
        }
        // From the middle of the first band, 426 Hz, to that of the last, 2585 Hz.
        for (int bin = 29; bin < 166; bin++) {
            assertThat(sums[bin]).as("bin " + bin).isEqualTo(1, within(1e-5));
        }
        // Below 300 Hz and from 3000 Hz on.
        for (int bin = 0; bin < sums.length; bin++) {
            if (bin * 8000 <= 300 * 512 || bin * 8000 >= 3000 * 512) {
                assertThat(sums[bin]).as("bin " + bin).isEqualTo(0, within(1e-12));
            }
        }
    }

    @Test
    void filtersMayReachFromZeroToHalfTheRate() {
        double[][] matrix = matrix(MelFilters.of(20, 0, 4000, 8000, 256), 20, 129);
        assertThat(matrix[0][0]).isLessThan(1e-6);
        assertThat(matrix[19][128]).isLessThan(1e-6);
        assertThat(matrix[19][127]).isGreaterThan(0.01);
    }

    @Test
    void aTriangleBetweenTwoBinsIsNoFilter() {
        assertThat(MelFilters.of(200, 60, 3800, 8000, 256)).isNull();
        assertThat(MelFilters.of(1, 40, 60, 8000, 256)).isNull();
        assertThat(MelFilters.of(1, 31.25, 62.5, 8000, 256)).isNull();
    }

    @Test
    void theEnergyComesBeforeTheFloorTheLogarithmTheScaleAndTheOffset() {
        MelFilters one = MelFilters.of(1, 0, 4000, 8000, 8);
        float[] power = {0, 3, 0, 0, 0};
        float[] into = {7, 7, 7};
        one.logarithms(power, 0.5f, 2, 10, into, 1);
        double weight = matrix(one, 1, 5)[0][1];
        assertThat(into[1]).isEqualTo((float) (Math.log(3 * weight + 0.5) * 2 + 10), within(1e-5f));
        assertThat(into[0]).isEqualTo(7);
        assertThat(into[2]).isEqualTo(7);
    }
}
