package dev.ganglion.decider.labels;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import java.util.Map;
import java.util.function.Consumer;

/** One utterance after the other; allocates nothing but the decisions. */
final class LabelsStage implements Stage<Steps, Decision> {
    /** What rounding in a quantised softmax may add to 1. */
    private static final double ROUNDING = 0.01;

    private static final int NOTHING = -1;

    private final ModelPackage model;
    private final TensorSpec spec;
    private final String[] labels;
    private final boolean[] background;
    private final String owner;
    private final boolean logits;
    private final double above;
    private final long stepsNeeded;
    private final Best best = new Best();

    /** The best class of the last step, and how sure that was. */
    private int label = NOTHING;

    private double probability;

    /** How many steps in a row were above the bound for {@link #label}. */
    private long stepsAbove;

    LabelsStage(
            ModelPackage model,
            TensorSpec spec,
            String[] labels,
            boolean[] background,
            Options options) {
        this.model = model;
        this.spec = spec;
        this.labels = labels;
        this.background = background;
        this.owner = options.owner();
        this.logits = "logits".equals(options.text("kind"));
        this.above = options.number("above");
        this.stepsNeeded = options.integer("steps");
    }

    @Override
    public void push(Steps steps, Consumer<? super Decision> out) {
        int before = label;
        long run = stepsAbove;
        // Whatever throws from here on leaves the stage as after a flush.
        forget();
        read(steps.output(spec.name()));
        boolean enough = best.probability() >= above && !background[best.index()];
        run = !enough ? 0 : best.index() == before ? run + 1 : 1;
        if (run >= stepsNeeded) {
            out.accept(decision(best.index(), best.probability(), true));
            return;
        }
        label = best.index();
        probability = best.probability();
        stepsAbove = run;
    }

    @Override
    public void flush(Consumer<? super Decision> out) {
        int last = label;
        forget();
        if (last != NOTHING) {
            out.accept(decision(last, probability, false));
        }
    }

    private void forget() {
        label = NOTHING;
        stepsAbove = 0;
    }

    private void read(Tensor scores) {
        String mismatch = spec.mismatch(scores);
        if (mismatch != null) {
            throw new GanglionException(
                    Kind.SETUP,
                    owner
                            + ": the output '"
                            + spec.name()
                            + "' of model "
                            + model.id()
                            + " does not fit the "
                            + labels.length
                            + " labels in its card: "
                            + mismatch
                            + "; correct the labels");
        }
        int bad =
                logits
                        ? best.ofLogits(scores.floats(), labels.length)
                        : best.ofProbabilities(scores.floats(), labels.length);
        if (bad >= 0) {
            // A state that went astray stays astray; without one, only this input is lost.
            throw new GanglionException(
                    model.state().isEmpty() ? Kind.INPUT : Kind.REOPEN,
                    owner
                            + ": model "
                            + model.id()
                            + " gave "
                            + scores.floats().get(bad)
                            + " for the class '"
                            + labels[bad]
                            + "' in '"
                            + spec.name()
                            + "' where a finite number is expected; look at what goes into it");
        }
        if (!logits && (best.lowest() < 0 || best.probability() > 1 + ROUNDING)) {
            throw new GanglionException(
                    Kind.SETUP,
                    owner
                            + ": probabilities from 0 to 1 expected in '"
                            + spec.name()
                            + "' of model "
                            + model.id()
                            + ", found scores from "
                            + best.lowest()
                            + " to "
                            + best.probability()
                            + "; set 'kind' to logits");
        }
    }

    private Decision decision(int index, double confidence, boolean sure) {
        return new Decision(labels[index], Map.of(), Math.min(1, confidence), sure);
    }
}
