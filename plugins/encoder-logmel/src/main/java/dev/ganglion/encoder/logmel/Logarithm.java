package dev.ganglion.encoder.logmel;

/**
 * The natural logarithm in single precision: a third of the time that {@link Math#log} takes, and
 * the same bits on each processor.
 */
final class Logarithm {
    private static final int ONE = Float.floatToRawIntBits(1);
    private static final int SQRT_HALF = Float.floatToRawIntBits((float) Math.sqrt(0.5));
    private static final int MANTISSA = 0x7F_FFFF;
    private static final int MANTISSA_BITS = 23;
    private static final float LN_2 = (float) Math.log(2);

    private Logarithm() {}

    /**
     * {@return it, with an error below 3e-7 of it or of 1, whichever is more}
     *
     * @param x positive, finite, not subnormal
     */
    static float of(float x) {
        // x is 2 to the exponent, times m from sqrt(1/2) to sqrt(2).
        int bits = Float.floatToRawIntBits(x) + (ONE - SQRT_HALF);
        int exponent = (bits >> MANTISSA_BITS) - (ONE >> MANTISSA_BITS);
        float m = Float.intBitsToFloat((bits & MANTISSA) + SQRT_HALF);
        // log(m) = 2 artanh(s), whose series is at an end after four terms, for s is below 0.172.
        float s = (m - 1) / (m + 1);
        float z = s * s;
        float series = 2 + z * (2f / 3 + z * (2f / 5 + z * (2f / 7 + z * (2f / 9))));
        return exponent * LN_2 + s * series;
    }
}
