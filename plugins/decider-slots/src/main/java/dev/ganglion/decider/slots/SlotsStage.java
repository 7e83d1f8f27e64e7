package dev.ganglion.decider.slots;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One message after the other; allocates the decision, its slots and nothing else. */
final class SlotsStage implements Stage<Steps, Decision> {
    private final String owner;
    private final ModelPackage model;
    private final TensorSpec intentSpec;
    private final TensorSpec slotSpec;
    private final String[] intents;
    private final SlotReader reader;
    private final double above;
    private @Nullable Decision unsure;

    SlotsStage(
            String owner,
            ModelPackage model,
            TensorSpec intentSpec,
            TensorSpec slotSpec,
            List<String> intents,
            SlotReader reader,
            double above) {
        this.owner = owner;
        this.model = model;
        this.intentSpec = intentSpec;
        this.slotSpec = slotSpec;
        this.intents = intents.toArray(String[]::new);
        this.reader = reader;
        this.above = above;
    }

    @Override
    public void push(Steps steps, Consumer<? super Decision> out) {
        // Whatever throws from here on leaves the stage as after a flush.
        unsure = null;
        Tensor scores = checked(intentSpec, steps.output(intentSpec.name()));
        int intent = Scores.highest(scores.floats(), 0, intents.length);
        if (intent < 0) {
            throw notFinite(intentSpec, "the intent '" + intents[-1 - intent] + "'");
        }
        double confidence = Scores.probability(scores.floats(), intents.length, intent);
        readSlots(steps);
        Decision decision =
                new Decision(intents[intent], reader.slots(), confidence, confidence >= above);
        if (decision.sure()) {
            out.accept(decision);
        } else {
            unsure = decision;
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

    private void readSlots(Steps steps) {
        Tokens tokens = steps.tokens();
        Tensor scores = checked(slotSpec, steps.output(slotSpec.name()));
        long rows = scores.size(1);
        if (tokens.size() == 0 || tokens.size() > rows) {
            throw new GanglionException(
                    Kind.INPUT,
                    owner
                            + ": one row of '"
                            + slotSpec.name()
                            + "' per token expected from model "
                            + model.id()
                            + ", found "
                            + rows
                            + " rows for "
                            + tokens.size()
                            + " tokens; give a model that reads tokens a text that is not empty"
                            + " and not longer than it takes");
        }
        int bad = reader.read(tokens, scores.floats());
        if (bad >= 0) {
            throw notFinite(slotSpec, "token " + bad);
        }
    }

    private Tensor checked(TensorSpec spec, Tensor scores) {
        String mismatch = spec.mismatch(scores);
        if (mismatch != null) {
            throw new GanglionException(
                    Kind.SETUP,
                    owner
                            + ": the output '"
                            + spec.name()
                            + "' of model "
                            + model.id()
                            + " does not fit the labels in its card: "
                            + mismatch
                            + "; correct the labels");
        }
        return scores;
    }

    private GanglionException notFinite(TensorSpec spec, String where) {
        // A state that went astray stays astray; without one, only this input is lost.
        return new GanglionException(
                model.state().isEmpty() ? Kind.INPUT : Kind.REOPEN,
                owner
                        + ": model "
                        + model.id()
                        + " gave NaN or an infinite number for "
                        + where
                        + " in '"
                        + spec.name()
                        + "' where finite ones are expected; look at what"
                        + " goes into it");
    }
}
