package dev.ganglion.testkit.toy;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The label of the greatest score, with its share after a softmax as confidence. The first step
 * that is sure decides; when none is, the flush gives the best that was seen.
 */
public final class ToyDecider implements Decider {
    /** A decider needs nothing. */
    public ToyDecider() {}

    @Override
    public String name() {
        return "toy-argmax";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.text("tensor")
                        .withDefault("scores")
                        .describedAs("the output that holds the scores"),
                Parameter.number("above", "1", 0, 1)
                        .withDefault("0.5")
                        .describedAs("the confidence from which a decision is sure"));
    }

    @Override
    public List<TensorSpec> inputs(ModelPackage model, Options options) {
        return List.of(scores(model, options));
    }

    private TensorSpec scores(ModelPackage model, Options options) {
        String name = options.text("tensor");
        TensorSpec found = null;
        for (TensorSpec output : model.outputs()) {
            if (output.name().equals(name) && output.type() == Tensor.Type.FLOAT32) {
                found = output;
            }
        }
        if (found == null) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    "decide:toy-argmax reads the output '"
                            + name
                            + "' of type FLOAT32, the card of "
                            + model.id()
                            + " has: "
                            + model.outputs());
        }
        if (!model.labels().containsKey(name)) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    "decide:toy-argmax needs labels for the output '"
                            + name
                            + "', the card of "
                            + model.id()
                            + " has labels for: "
                            + model.labels().keySet());
        }
        return found;
    }

    @Override
    public Stage<Steps, Decision> open(
            ModelPackage model, Options options, Function<CharSequence, Steps> infer) {
        String tensor = scores(model, options).name();
        List<String> labels = model.labels().getOrDefault(tensor, List.of());
        return new Argmax(tensor, labels, options.number("above"));
    }

    private static final class Argmax implements Stage<Steps, Decision> {
        private final String tensor;
        private final List<String> labels;
        private final double above;
        private @Nullable Decision best;
        private boolean given;

        Argmax(String tensor, List<String> labels, double above) {
            this.tensor = tensor;
            this.labels = labels;
            this.above = above;
        }

        @Override
        public void push(Steps steps, Consumer<? super Decision> out) {
            boolean done = false;
            try {
                Decision now = decide(steps.output(tensor));
                if (!given && now.sure()) {
                    given = true;
                    out.accept(now);
                }
                if (best == null || now.confidence() > best.confidence()) {
                    best = now;
                }
                done = true;
            } finally {
                if (!done) {
                    forget();
                }
            }
        }

        private Decision decide(Tensor scores) {
            if (scores.elements() != labels.size()) {
                throw new IllegalArgumentException(
                        "decide:toy-argmax: "
                                + labels.size()
                                + " scores expected in '"
                                + tensor
                                + "', found "
                                + scores);
            }
            int greatest = 0;
            for (int i = 1; i < labels.size(); i++) {
                if (scores.floats().get(i) > scores.floats().get(greatest)) {
                    greatest = i;
                }
            }
            double sum = 0;
            for (int i = 0; i < labels.size(); i++) {
                sum += Math.exp(scores.floats().get(i) - scores.floats().get(greatest));
            }
            double confidence = 1 / sum;
            return new Decision(labels.get(greatest), Map.of(), confidence, confidence >= above);
        }

        @Override
        public void flush(Consumer<? super Decision> out) {
            Decision last = given ? null : best;
            forget();
            if (last != null) {
                out.accept(last);
            }
        }

        private void forget() {
            best = null;
            given = false;
        }
    }
}
