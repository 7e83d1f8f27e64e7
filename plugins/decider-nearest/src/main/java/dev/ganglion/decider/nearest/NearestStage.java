package dev.ganglion.decider.nearest;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.infer.Steps;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One message after the other; allocates nothing but the decision. */
final class NearestStage implements Stage<Steps, Decision> {
    /** The name of the decision when no intent is near enough. */
    static final String NONE = "none";

    private final String[] intents;
    private final List<Map<String, Object>> nearest;
    private final float[] matrix;
    private final SentenceVector sentence;
    private final double above;
    private @Nullable Decision unsure;

    /**
     * Compares with one vector per intent.
     *
     * @param matrix a row of length 1 per intent
     */
    NearestStage(List<String> intents, float[] matrix, SentenceVector sentence, double above) {
        this.intents = intents.toArray(String[]::new);
        this.nearest =
                intents.stream()
                        .<Map<String, Object>>map(
                                name -> name.equals(NONE) ? Map.of() : Map.of("nearest", name))
                        .toList();
        this.matrix = matrix;
        this.sentence = sentence;
        this.above = above;
    }

    @Override
    public void push(Steps steps, Consumer<? super Decision> out) {
        // Whatever throws from here on leaves the stage as after a flush.
        unsure = null;
        float[] vector = sentence.read(steps);
        int best = 0;
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < intents.length; i++) {
            double cosine = Vectors.dot(matrix, i * vector.length, vector);
            if (cosine > highest) {
                highest = cosine;
                best = i;
            }
        }
        double confidence = Math.max(0, Math.min(1, highest));
        if (confidence >= above && !intents[best].equals(NONE)) {
            out.accept(new Decision(intents[best], Map.of(), confidence, true));
        } else {
            unsure = new Decision(NONE, nearest.get(best), confidence, false);
        }
    }

    @Override
    public void flush(Consumer<? super Decision> out) {
        Decision last = unsure;
        unsure = null;
        if (last != null) {
            out.accept(last);
        }
    }
}
