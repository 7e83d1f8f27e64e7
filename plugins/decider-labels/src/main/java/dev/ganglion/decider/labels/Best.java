package dev.ganglion.decider.labels;

import java.nio.FloatBuffer;

/** The highest of a row of scores. Reused; one thread. */
final class Best {
    private int index;
    private double probability;
    private float lowest;

    /** {@return the position of the highest score} */
    int index() {
        return index;
    }

    /** {@return its probability, 0 to 1} */
    double probability() {
        return probability;
    }

    /** {@return the lowest score} */
    float lowest() {
        return lowest;
    }

    /**
     * Reads logits. The highest is subtracted before anything is raised to a power, so nothing
     * overflows; the probability of the highest is then one over the sum.
     *
     * @return -1, or the position of the first score that is NaN or infinite
     */
    int ofLogits(FloatBuffer scores, int count) {
        int bad = highest(scores, count);
        if (bad >= 0) {
            return bad;
        }
        double highest = scores.get(index);
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.exp(scores.get(i) - highest);
        }
        probability = 1 / sum;
        return -1;
    }

    /**
     * Reads probabilities.
     *
     * @return -1, or the position of the first score that is NaN or infinite
     */
    int ofProbabilities(FloatBuffer scores, int count) {
        int bad = highest(scores, count);
        if (bad < 0) {
            probability = scores.get(index);
        }
        return bad;
    }

    private int highest(FloatBuffer scores, int count) {
        index = 0;
        lowest = Float.POSITIVE_INFINITY;
        float highest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            float score = scores.get(i);
            if (!Float.isFinite(score)) {
                return i;
            }
            if (score > highest) {
                highest = score;
                index = i;
            }
            lowest = Math.min(lowest, score);
        }
        return -1;
    }
}
