package dev.ganglion.decider.nearest;

/** Arithmetic on rows of a matrix. */
final class Vectors {
    private Vectors() {}

    /**
     * Scales a row to length 1, when it has a length.
     *
     * @return the length that it had; 0, NaN or infinite when it was left as it is
     */
    static double scale(float[] matrix, int from, int count) {
        double squares = 0;
        for (int i = from; i < from + count; i++) {
            squares += (double) matrix[i] * matrix[i];
        }
        double length = Math.sqrt(squares);
        if (length > 0 && length < Double.POSITIVE_INFINITY) {
            for (int i = from; i < from + count; i++) {
                matrix[i] = (float) (matrix[i] / length);
            }
        }
        return length;
    }

    /** {@return the scalar product of a row and a vector: the cosine when both have length 1} */
    static double dot(float[] matrix, int from, float[] vector) {
        double sum = 0;
        for (int i = 0; i < vector.length; i++) {
            sum += (double) matrix[from + i] * vector[i];
        }
        return sum;
    }
}
