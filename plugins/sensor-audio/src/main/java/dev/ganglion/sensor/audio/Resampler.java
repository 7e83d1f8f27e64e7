package dev.ganglion.sensor.audio;

/**
 * One stream on its way from one rate to another: output sample {@code n} is the input at the time
 * {@code n * down / up}, without delay, since as much of the input is asked for as lies ahead of
 * it. Before the beginning, the input was silent. One thread at a time.
 */
final class Resampler {
    private final FilterBank bank;
    // Written twice, so that the latest taps always lie in one piece.
    private final float[] history;
    private int oldest;
    private long pushed;
    private long middle;
    private int place;

    Resampler(FilterBank bank) {
        this.bank = bank;
        this.history = new float[2 * bank.taps];
    }

    /** {@return how many output samples this much input lasts for} */
    static long outputSamples(long inputSamples, int up, int down) {
        return (inputSamples * up + down - 1) / down;
    }

    /** {@return how many input samples are to be pushed before so many outputs can be taken} */
    long missing(int outputs) {
        long lastMiddle = middle + (place + (long) (outputs - 1) * bank.down) / bank.up;
        return Math.max(0, lastMiddle + bank.taps / 2 + 1 - pushed);
    }

    void push(float input) {
        history[oldest] = input;
        history[oldest + bank.taps] = input;
        oldest = oldest + 1 == bank.taps ? 0 : oldest + 1;
        pushed++;
    }

    /** {@return the next output sample; nothing may be missing for it} */
    float next() {
        float output = bank.at(place, history, oldest);
        long ahead = (long) place + bank.down;
        middle += ahead / bank.up;
        place = (int) (ahead % bank.up);
        return output;
    }
}
