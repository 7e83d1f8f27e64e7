package dev.ganglion.sensor.audio;

/**
 * The low-pass filter between two sample rates, cut into its phases: a sinc under a Kaiser window,
 * with {@value #STOP_DECIBEL} dB from half of the lower rate on and a flat pass band up to nine
 * tenths of it. Immutable, shared by all streams between the same rates.
 */
final class FilterBank {
    private static final int ZERO_CROSSINGS = 48;
    private static final double STOP_DECIBEL = 80;
    private static final double BETA = 0.1102 * (STOP_DECIBEL - 8.7);

    /** Of the lower half rate; what is left of it is the slope, which ends at 1. */
    private static final double CUTOFF =
            1 - (STOP_DECIBEL - 8) / (2.285 * 2 * ZERO_CROSSINGS * Math.PI) / 2;

    /** Between so many phases per zero crossing, a straight line is closer than the window is. */
    private static final int PHASES_PER_CROSSING = 512;

    /** Output samples per so many ... */
    final int up;

    /** ... input samples. */
    final int down;

    /** How many input samples each output sample is made of; half of them lie ahead of it. */
    final int taps;

    private final int phases;
    private final float[] rows;

    FilterBank(int fromHz, int toHz) {
        int divisor = greatestCommonDivisor(fromHz, toHz);
        this.up = toHz / divisor;
        this.down = fromHz / divisor;
        double scale = Math.min(1, (double) up / down);
        int half = (int) Math.ceil(ZERO_CROSSINGS / scale);
        this.taps = 2 * half;
        this.phases = Math.min(up, (int) Math.ceil(PHASES_PER_CROSSING * scale));
        // One more row, so that the last phase has a neighbour, too.
        this.rows = new float[(phases + 1) * taps];
        double[] row = new double[taps];
        for (int phase = 0; phase <= phases; phase++) {
            double sum = 0;
            for (int tap = 0; tap < taps; tap++) {
                double distance = tap - half + 1 - (double) phase / phases;
                row[tap] = sinc(CUTOFF * scale * distance) * kaiser(distance / half);
                sum += row[tap];
            }
            for (int tap = 0; tap < taps; tap++) {
                rows[phase * taps + tap] = (float) (row[tap] / sum);
            }
        }
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    private static double kaiser(double x) {
        return Math.abs(x) > 1 ? 0 : besselI0(BETA * Math.sqrt(1 - x * x)) / besselI0(BETA);
    }

    /** The modified Bessel function of the first kind, by its series. */
    private static double besselI0(double x) {
        double sum = 1;
        double term = 1;
        for (int k = 1; term > sum * 1e-17; k++) {
            term *= x * x / (4.0 * k * k);
            sum += term;
        }
        return sum;
    }

    /**
     * {@return the sample at a place between two input samples}
     *
     * @param place in parts of {@link #up}, from the input sample in the middle of the taps on
     */
    float at(int place, float[] input, int from) {
        long scaled = (long) place * phases;
        int phase = (int) (scaled / up);
        float value = product(phase * taps, input, from);
        int rest = (int) (scaled % up);
        if (rest == 0) {
            return value;
        }
        float next = product((phase + 1) * taps, input, from);
        return value + (next - value) * rest / up;
    }

    /** Four sums at a time, since each addition waits for the one before. */
    private float product(int row, float[] input, int from) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int tap = 0;
        // The compiler drops the checks of the indices only for a bound that stands still.
        int end = taps - 3;
        for (; tap < end; tap += 4) {
            a += rows[row + tap] * input[from + tap];
            b += rows[row + tap + 1] * input[from + tap + 1];
            c += rows[row + tap + 2] * input[from + tap + 2];
            d += rows[row + tap + 3] * input[from + tap + 3];
        }
        for (; tap < taps; tap++) {
            a += rows[row + tap] * input[from + tap];
        }
        return a + b + (c + d);
    }
}
