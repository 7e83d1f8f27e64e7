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

    private static final double NEVER = Double.POSITIVE_INFINITY;

    private final ModelPackage model;
    private final TensorSpec spec;
    private final Classes classes;
    private final String owner;
    private final boolean logits;
    private final long stepsNeeded;

    /** From which probability the final pass is sure; above 1 when it never is. */
    private final double finalAbove;

    private final Best best = new Best();

    /** The best class of the last step, and how sure that was. */
    private int label = NOTHING;

    private double probability;

    /** How many steps in a row were above the bound for {@link #label}. */
    private long stepsAbove;

    LabelsStage(ModelPackage model, TensorSpec spec, Classes classes, Options options) {
        this.model = model;
        this.spec = spec;
        this.classes = classes;
        this.owner = options.owner();
        this.logits = "logits".equals(options.text("kind"));
        this.stepsNeeded = options.integer("steps");
        this.finalAbove = options.has("finalAbove") ? options.number("finalAbove") : NEVER;
    }

    @Override
    public void push(Steps steps, Consumer<? super Decision> out) {
        int before = label;
        long run = stepsAbove;
        // Whatever throws from here on leaves the stage as after a flush.
        forget();
        read(steps.output(spec.name()));
        boolean enough = classes.reaches(best.index(), best.probability());
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
            boolean sure = probability >= finalAbove && !classes.isBackground(last);
            out.accept(decision(last, probability, sure));
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
                            + classes.count()
                            + " labels in its card: "
                            + mismatch
                            + "; correct the labels");
        }
        int bad =
                logits
                        ? best.ofLogits(scores.floats(), classes.count())
                        : best.ofProbabilities(scores.floats(), classes.count());
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
                            + classes.label(bad)
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
        return new Decision(classes.label(index), Map.of(), Math.min(1, confidence), sure);
    }
}
