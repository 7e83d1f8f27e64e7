package dev.ganglion.decider.slots;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Component;

/**
 * Decides for an intent and gives it what was said as parameters: each slot's type with its words
 * as they stand in the text, punctuation around them left out.
 *
 * <p>Reads logits: {@code FLOAT32[1, intents]} for the sentence and {@code FLOAT32[1, tokens,
 * tags]} for the tokens. The confidence is the intent's softmax probability; the slots have no say
 * in it. A second slot of the same type is called {@code type_2}, the next {@code type_3}.
 */
@Component(service = Decider.class)
public final class SlotsDecider implements Decider {
    /** For the container and for plain Java. */
    public SlotsDecider() {}

    @Override
    public String name() {
        return "slots";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.text("intent")
                        .withDefault("intent_logits")
                        .describedAs("the output that scores the intents"),
                Parameter.text("slots")
                        .withDefault("slot_logits")
                        .describedAs("the output that scores the tags of each token"),
                Parameter.number("above", "1", 0, 1)
                        .withDefault("0.5")
                        .describedAs(
                                "the probability of the intent from which a decision is sure"));
    }

    @Override
    public List<TensorSpec> inputs(ModelPackage model, Options options) {
        TensorSpec slots = slotSpec(model, options);
        tags(model, slots, options);
        return List.of(intentSpec(model, options), slots);
    }

    @Override
    public Stage<Steps, Decision> open(
            ModelPackage model, Options options, Function<CharSequence, Steps> infer) {
        TensorSpec intents = intentSpec(model, options);
        TensorSpec slots = slotSpec(model, options);
        Tags tags = tags(model, slots, options);
        return new SlotsStage(
                options.owner(),
                model,
                intents,
                slots,
                labels(model, intents.name(), "intent", options),
                new SlotReader(tags, labels(model, slots.name(), "slots", options).size()),
                options.number("above"));
    }

    private static TensorSpec intentSpec(ModelPackage model, Options options) {
        String name = options.text("intent");
        long classes = labels(model, name, "intent", options).size();
        return fitting(model, TensorSpec.of(name, Tensor.Type.FLOAT32, "1", 1, classes), options);
    }

    private static TensorSpec slotSpec(ModelPackage model, Options options) {
        String name = options.text("slots");
        long classes = labels(model, name, "slots", options).size();
        return fitting(
                model,
                TensorSpec.of(name, Tensor.Type.FLOAT32, "1", 1, TensorSpec.ANY, classes),
                options);
    }

    private static List<String> labels(
            ModelPackage model, String tensor, String option, Options options) {
        if (!model.outputs().isEmpty()
                && model.outputs().stream().noneMatch(output -> output.name().equals(tensor))) {
            throw setup(
                    options,
                    "'"
                            + option
                            + "' names an output of model "
                            + model.id()
                            + ", found '"
                            + tensor
                            + "'; it has: "
                            + outputs(model));
        }
        List<String> labels = model.labels().getOrDefault(tensor, List.of());
        if (labels.isEmpty()) {
            throw setup(
                    options,
                    "the card of model "
                            + model.id()
                            + " gives no labels to its output '"
                            + tensor
                            + "'; list them there in the order of the classes, or name another"
                            + " output with '"
                            + option
                            + "'; with labels there are: "
                            + new TreeSet<>(model.labels().keySet()));
        }
        return labels;
    }

    private static TensorSpec fitting(ModelPackage model, TensorSpec wanted, Options options) {
        for (TensorSpec output : model.outputs()) {
            String mismatch = output.name().equals(wanted.name()) ? wanted.mismatch(output) : null;
            if (mismatch != null) {
                throw setup(
                        options,
                        "the output '"
                                + wanted.name()
                                + "' of model "
                                + model.id()
                                + " does not fit its "
                                + wanted.shape().get(wanted.shape().size() - 1)
                                + " labels: "
                                + mismatch
                                + "; correct the card or choose another of its outputs: "
                                + outputs(model));
            }
        }
        return wanted;
    }

    private static Tags tags(ModelPackage model, TensorSpec slots, Options options) {
        try {
            return Tags.of(labels(model, slots.name(), "slots", options));
        } catch (IllegalArgumentException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    options.owner()
                            + ": the labels of '"
                            + slots.name()
                            + "' of model "
                            + model.id()
                            + " are O, B-<type> or I-<type>, found '"
                            + e.getMessage()
                            + "'; correct the card, or name the output with the tags with 'slots'",
                    e);
        }
    }

    private static String outputs(ModelPackage model) {
        return model.outputs().stream().map(TensorSpec::toString).collect(Collectors.joining(", "));
    }

    private static GanglionException setup(Options options, String message) {
        return new GanglionException(Kind.SETUP, options.owner() + ": " + message);
    }
}
