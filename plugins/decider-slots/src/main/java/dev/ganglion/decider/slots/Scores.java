package dev.ganglion.decider.slots;

import java.nio.FloatBuffer;

/** Arithmetic on a row of logits. */
final class Scores {
    private Scores() {}

    /**
     * {@return the position of the highest score, counted from {@code from}; or, when a score is
     * NaN or infinite, its position as {@code -1 - position}}
     */
    static int highest(FloatBuffer scores, int from, int count) {
        int index = 0;
        float highest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            float score = scores.get(from + i);
            if (!Float.isFinite(score)) {
                return -1 - i;
            }
            if (score > highest) {
                highest = score;
                index = i;
            }
        }
        return index;
    }

    /**
     * {@return the softmax probability of the highest score} The highest is subtracted before
     * anything is raised to a power, so nothing overflows.
     */
    static double probability(FloatBuffer scores, int count, int highest) {
        double top = scores.get(highest);
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.exp(scores.get(i) - top);
        }
        return 1 / sum;
    }
}
