package dev.ganglion.runtime.generate;

/**
 * The likeliest ids of those that were added, as a heap with the least likely on top until they are
 * sorted. Reused.
 */
final class Candidates {
    private int[] ids = {};
    private float[] scores = {};
    private double[] weights = {};
    private int room;
    private int size;

    void start(int newRoom) {
        room = newRoom;
        size = 0;
        if (ids.length < room) {
            ids = new int[room];
            scores = new float[room];
            weights = new double[room];
        }
    }

    int size() {
        return size;
    }

    /**
     * {@return whether an id with this score, one that is higher than those before, would be kept}
     */
    boolean wants(float score) {
        return size < room || score > scores[0];
    }

    void add(int id, float score) {
        if (size < room) {
            ids[size] = id;
            scores[size] = score;
            size++;
            for (int at = size - 1; at > 0 && worse(at, (at - 1) / 2); at = (at - 1) / 2) {
                swap(at, (at - 1) / 2);
            }
        } else {
            ids[0] = id;
            scores[0] = score;
            sink(size);
        }
    }

    private boolean worse(int a, int b) {
        return scores[a] < scores[b] || scores[a] == scores[b] && ids[a] > ids[b];
    }

    private void swap(int a, int b) {
        int id = ids[a];
        ids[a] = ids[b];
        ids[b] = id;
        float score = scores[a];
        scores[a] = scores[b];
        scores[b] = score;
    }

    private void sink(int end) {
        int at = 0;
        while (2 * at + 1 < end) {
            int child = 2 * at + 1;
            if (child + 1 < end && worse(child + 1, child)) {
                child++;
            }
            if (!worse(child, at)) {
                return;
            }
            swap(at, child);
            at = child;
        }
    }

    /** Puts the likeliest first. */
    void sort() {
        for (int end = size - 1; end > 0; end--) {
            swap(0, end);
            sink(end);
        }
    }

    /** Drops, of those that are sorted, the less likely; the likeliest stays. */
    void cut(double topP, double minP) {
        double sum = weigh(1);
        double together = 0;
        int kept = 0;
        while (kept < size && (kept == 0 || together < topP * sum)) {
            together += weights[kept++];
        }
        size = kept;
        // The weight of the likeliest is 1.
        while (size > 1 && weights[size - 1] < minP) {
            size--;
        }
    }

    private double weigh(double temperature) {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            weights[i] = Math.exp((scores[i] - scores[0]) / temperature);
            sum += weights[i];
        }
        return sum;
    }

    /** {@return one of those that are left, by a number from 0 to less than 1} */
    int draw(double temperature, double uniform) {
        double left = uniform * weigh(temperature);
        int at = 0;
        while (at < size - 1 && left >= weights[at]) {
            left -= weights[at++];
        }
        return ids[at];
    }
}
