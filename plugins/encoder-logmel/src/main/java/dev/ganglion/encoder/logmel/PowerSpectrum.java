package dev.ganglion.encoder.logmel;

/**
 * How strong each frequency is in a piece of a real signal: a Fourier transform of half the size
 * over pairs of samples taken as complex numbers, in stages of radix 4 and a last one of radix 4 or
 * 8, decimated in frequency; then the two halves are told apart. Immutable, shared by all streams.
 */
final class PowerSpectrum {
    /** The shortest transform: four complex numbers. */
    static final int LEAST_SIZE = 8;

    private static final float SQRT_HALF = (float) Math.sqrt(0.5);

    private final int size;

    /** For each stage, and each butterfly of its first group: three turns, cosine and sine. */
    private final float[] twiddles;

    /** The turns that tell the halves apart: cosine and sine for each of the first bins. */
    private final float[] turns;

    /** Where the stages leave the complex number of each bin: an index of its real part. */
    private final int[] places;

    /**
     * @param size how many samples, a power of two from {@link #LEAST_SIZE} on
     */
    PowerSpectrum(int size) {
        this.size = size;
        int half = size / 2;
        twiddles = twiddles(half);
        turns = new float[2 * (half / 2 + 1)];
        places = new int[half + 1];
        for (int bin = 0; bin <= half / 2; bin++) {
            double angle = -2 * Math.PI * bin / size;
            turns[2 * bin] = (float) Math.cos(angle);
            turns[2 * bin + 1] = (float) Math.sin(angle);
        }
        for (int bin = 0; bin < half; bin++) {
            places[bin] = 2 * place(bin, half);
        }
        places[half] = places[0];
    }

    private static float[] twiddles(int half) {
        int count = 0;
        for (int length = half; length > 8; length /= 4) {
            count += 6 * length / 4;
        }
        float[] twiddles = new float[count];
        int at = 0;
        for (int length = half; length > 8; length /= 4) {
            for (int butterfly = 0; butterfly < length / 4; butterfly++) {
                for (int turn = 1; turn <= 3; turn++) {
                    double angle = -2 * Math.PI * turn * butterfly / length;
                    twiddles[at++] = (float) Math.cos(angle);
                    twiddles[at++] = (float) Math.sin(angle);
                }
            }
        }
        return twiddles;
    }

    private static int place(int bin, int length) {
        if (length <= 8) {
            return bin;
        }
        return bin % 4 * (length / 4) + place(bin / 4, length / 4);
    }

    /**
     * Computes it.
     *
     * @param values the samples, each halved, which makes the arithmetic one step shorter; spoilt
     * @param power gets the squares of the magnitudes of bin 0 to half the size
     */
    void compute(float[] values, float[] power) {
        int at = 0;
        int length = size;
        while (length > 16) {
            radix4(values, length, at);
            at += 6 * (length / 8);
            length /= 4;
        }
        if (length == 16) {
            last8(values);
        } else {
            last4(values);
        }
        untangle(values, power);
    }

    /**
     * One stage.
     *
     * @param length of a group, in floats
     * @param at where its twiddles begin
     */
    private void radix4(float[] values, int length, int at) {
        // A local is read once by each of Java's compilers, a field by only one of them.
        float[] twiddles = this.twiddles;
        int quarter = length / 4;
        for (int group = 0; group < size; group += length) {
            int w = at;
            for (int a = group; a < group + quarter; a += 2) {
                int b = a + quarter;
                int c = b + quarter;
                int d = c + quarter;
                float sumReal = values[a] + values[c];
                float sumImaginary = values[a + 1] + values[c + 1];
                float differenceReal = values[a] - values[c];
                float differenceImaginary = values[a + 1] - values[c + 1];
                float otherReal = values[b] + values[d];
                float otherImaginary = values[b + 1] + values[d + 1];
                // Times -i.
                float turnedReal = values[b + 1] - values[d + 1];
                float turnedImaginary = values[d] - values[b];
                values[a] = sumReal + otherReal;
                values[a + 1] = sumImaginary + otherImaginary;
                float real = differenceReal + turnedReal;
                float imaginary = differenceImaginary + turnedImaginary;
                values[b] = real * twiddles[w] - imaginary * twiddles[w + 1];
                values[b + 1] = real * twiddles[w + 1] + imaginary * twiddles[w];
                real = sumReal - otherReal;
                imaginary = sumImaginary - otherImaginary;
                values[c] = real * twiddles[w + 2] - imaginary * twiddles[w + 3];
                values[c + 1] = real * twiddles[w + 3] + imaginary * twiddles[w + 2];
                real = differenceReal - turnedReal;
                imaginary = differenceImaginary - turnedImaginary;
                values[d] = real * twiddles[w + 4] - imaginary * twiddles[w + 5];
                values[d + 1] = real * twiddles[w + 5] + imaginary * twiddles[w + 4];
                w += 6;
            }
        }
    }

    private void last4(float[] values) {
        for (int i = 0; i < size; i += 8) {
            float sumReal = values[i] + values[i + 4];
            float sumImaginary = values[i + 1] + values[i + 5];
            float differenceReal = values[i] - values[i + 4];
            float differenceImaginary = values[i + 1] - values[i + 5];
            float otherReal = values[i + 2] + values[i + 6];
            float otherImaginary = values[i + 3] + values[i + 7];
            float turnedReal = values[i + 3] - values[i + 7];
            float turnedImaginary = values[i + 6] - values[i + 2];
            values[i] = sumReal + otherReal;
            values[i + 1] = sumImaginary + otherImaginary;
            values[i + 2] = differenceReal + turnedReal;
            values[i + 3] = differenceImaginary + turnedImaginary;
            values[i + 4] = sumReal - otherReal;
            values[i + 5] = sumImaginary - otherImaginary;
            values[i + 6] = differenceReal - turnedReal;
            values[i + 7] = differenceImaginary - turnedImaginary;
        }
    }

    /** The even and the odd ones of eight, each transformed by four, then joined. */
    private void last8(float[] values) {
        for (int i = 0; i < size; i += 16) {
            float sumReal = values[i] + values[i + 8];
            float sumImaginary = values[i + 1] + values[i + 9];
            float differenceReal = values[i] - values[i + 8];
            float differenceImaginary = values[i + 1] - values[i + 9];
            float otherReal = values[i + 4] + values[i + 12];
            float otherImaginary = values[i + 5] + values[i + 13];
            float turnedReal = values[i + 5] - values[i + 13];
            float turnedImaginary = values[i + 12] - values[i + 4];
            final float even0Real = sumReal + otherReal;
            final float even0Imaginary = sumImaginary + otherImaginary;
            final float even1Real = differenceReal + turnedReal;
            final float even1Imaginary = differenceImaginary + turnedImaginary;
            final float even2Real = sumReal - otherReal;
            final float even2Imaginary = sumImaginary - otherImaginary;
            final float even3Real = differenceReal - turnedReal;
            final float even3Imaginary = differenceImaginary - turnedImaginary;
            sumReal = values[i + 2] + values[i + 10];
            sumImaginary = values[i + 3] + values[i + 11];
            differenceReal = values[i + 2] - values[i + 10];
            differenceImaginary = values[i + 3] - values[i + 11];
            otherReal = values[i + 6] + values[i + 14];
            otherImaginary = values[i + 7] + values[i + 15];
            turnedReal = values[i + 7] - values[i + 15];
            turnedImaginary = values[i + 14] - values[i + 6];
            float real = sumReal + otherReal;
            float imaginary = sumImaginary + otherImaginary;
            values[i] = even0Real + real;
            values[i + 1] = even0Imaginary + imaginary;
            values[i + 8] = even0Real - real;
            values[i + 9] = even0Imaginary - imaginary;
            real = sumImaginary - otherImaginary;
            imaginary = otherReal - sumReal;
            values[i + 4] = even2Real + real;
            values[i + 5] = even2Imaginary + imaginary;
            values[i + 12] = even2Real - real;
            values[i + 13] = even2Imaginary - imaginary;
            float oddReal = differenceReal + turnedReal;
            float oddImaginary = differenceImaginary + turnedImaginary;
            real = SQRT_HALF * (oddReal + oddImaginary);
            imaginary = SQRT_HALF * (oddImaginary - oddReal);
            values[i + 2] = even1Real + real;
            values[i + 3] = even1Imaginary + imaginary;
            values[i + 10] = even1Real - real;
            values[i + 11] = even1Imaginary - imaginary;
            oddReal = differenceReal - turnedReal;
            oddImaginary = differenceImaginary - turnedImaginary;
            real = SQRT_HALF * (oddImaginary - oddReal);
            imaginary = -SQRT_HALF * (oddReal + oddImaginary);
            values[i + 6] = even3Real + real;
            values[i + 7] = even3Imaginary + imaginary;
            values[i + 14] = even3Real - real;
            values[i + 15] = even3Imaginary - imaginary;
        }
    }

    /** From the transform of the pairs to that of the samples; bins from both ends at a time. */
    private void untangle(float[] values, float[] power) {
        int[] places = this.places;
        float[] turns = this.turns;
        int half = size / 2;
        for (int bin = 0; bin <= half / 2; bin++) {
            int near = places[bin];
            int far = places[half - bin];
            float evenReal = values[near] + values[far];
            float evenImaginary = values[near + 1] - values[far + 1];
            float oddReal = values[near + 1] + values[far + 1];
            float oddImaginary = values[far] - values[near];
            float turnReal = turns[2 * bin];
            float turnImaginary = turns[2 * bin + 1];
            float real = turnReal * oddReal - turnImaginary * oddImaginary;
            float imaginary = turnReal * oddImaginary + turnImaginary * oddReal;
            float sumReal = evenReal + real;
            float sumImaginary = evenImaginary + imaginary;
            float differenceReal = evenReal - real;
            float differenceImaginary = evenImaginary - imaginary;
            power[bin] = sumReal * sumReal + sumImaginary * sumImaginary;
            power[half - bin] =
                    differenceReal * differenceReal + differenceImaginary * differenceImaginary;
        }
    }
}
