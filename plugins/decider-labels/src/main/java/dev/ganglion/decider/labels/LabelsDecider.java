package dev.ganglion.decider.labels;

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
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/**
 * Decides for the class with the highest score of one output, {@code FLOAT32[1, classes]} or {@code
 * FLOAT32[classes]}, by the names that the model's card gives to its classes.
 *
 * <p>A sure decision comes at the step where the probability reaches the bound and ends the
 * utterance; when none came, the flush gives the best class of the last step, which is sure only
 * when the option {@code finalAbove} says from which probability.
 */
@Component(service = Decider.class)
public final class LabelsDecider implements Decider {
    /** For the container and for plain Java. */
    public LabelsDecider() {}

    @Override
    public String name() {
        return "labels";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.text("tensor")
                        .describedAs("the output to read; needed when several outputs have labels"),
                Parameter.choice("kind", List.of("logits", "probabilities"))
                        .withDefault("logits")
                        .describedAs("whether the model leaves the softmax to the reader"),
                Parameter.number("above", "1", 0, 1)
                        .withDefault("0.5")
                        .describedAs("the probability from which a decision is sure"),
                Parameter.integer("steps", "1", 1, 1_000_000)
                        .withDefault("1")
                        .describedAs("how many steps in a row must be above for the same class"),
                Parameter.text("aboveFor")
                        .describedAs(
                                "bounds of single classes in the place of 'above', such as"
                                        + " yes:0.95,no:0.8"),
                Parameter.number("finalAbove", "1", 0, 1)
                        .describedAs(
                                "the probability from which the answer at the end is sure, when"
                                        + " nothing was sure before; without it, it never is"),
                Parameter.text("background")
                        .describedAs(
                                "the classes, joined by commas, that mean that nothing was noticed;"
                                        + " never sure"));
    }

    @Override
    public List<TensorSpec> inputs(ModelPackage model, Options options) {
        String tensor = tensor(model, options);
        Classes.of(tensor, labels(model, tensor), options);
        return List.of(spec(model, tensor, options));
    }

    @Override
    public Stage<Steps, Decision> open(
            ModelPackage model, Options options, Function<CharSequence, Steps> infer) {
        String tensor = tensor(model, options);
        return new LabelsStage(
                model,
                spec(model, tensor, options),
                Classes.of(tensor, labels(model, tensor), options),
                options);
    }

    private static String tensor(ModelPackage model, Options options) {
        Map<String, List<String>> labelled = new TreeMap<>(model.labels());
        labelled.values().removeIf(List::isEmpty);
        if (options.has("tensor")) {
            String tensor = options.text("tensor");
            if (!model.outputs().isEmpty() && output(model, tensor) == null) {
                throw setup(
                        options,
                        "'tensor' names an output of model "
                                + model.id()
                                + ", found '"
                                + tensor
                                + "'; it has: "
                                + outputs(model));
            }
            if (!labelled.containsKey(tensor)) {
                throw setup(
                        options,
                        "the card of model "
                                + model.id()
                                + " gives no labels to its output '"
                                + tensor
                                + "'; list them there in the order of the classes, or"
                                + " read one that has labels: "
                                + listed(labelled));
            }
            return tensor;
        }
        if (labelled.size() == 1) {
            return labelled.keySet().iterator().next();
        }
        throw setup(
                options,
                labelled.isEmpty()
                        ? "the card of model "
                                + model.id()
                                + " gives no labels to any output; list"
                                + " them there in the order of the classes, for one of: "
                                + outputs(model)
                        : "model "
                                + model.id()
                                + " has labels for several outputs; choose one with"
                                + " the option 'tensor': "
                                + listed(labelled));
    }

    private static List<String> labels(ModelPackage model, String tensor) {
        return model.labels().getOrDefault(tensor, List.of());
    }

    /** The axes follow the model's own spec where the card has one. */
    private static TensorSpec spec(ModelPackage model, String tensor, Options options) {
        long classes = labels(model, tensor).size();
        TensorSpec row = TensorSpec.of(tensor, Tensor.Type.FLOAT32, "1", classes);
        TensorSpec batch = TensorSpec.of(tensor, Tensor.Type.FLOAT32, "1", 1, classes);
        if (model.outputs().isEmpty()) {
            return batch;
        }
        TensorSpec output = output(model, tensor);
        if (output == null) {
            throw setup(
                    options,
                    "the card of model "
                            + model.id()
                            + " gives labels to an output '"
                            + tensor
                            + "' that the model does not have; it has: "
                            + outputs(model));
        }
        TensorSpec wanted = output.shape().size() == 1 ? row : batch;
        String mismatch = wanted.mismatch(output);
        if (mismatch != null) {
            throw setup(
                    options,
                    "the output '"
                            + tensor
                            + "' of model "
                            + model.id()
                            + " does not fit the "
                            + classes
                            + " labels in its card: "
                            + mismatch
                            + "; correct the labels or choose another output with 'tensor': "
                            + outputs(model));
        }
        return wanted;
    }

    private static @Nullable TensorSpec output(ModelPackage model, String tensor) {
        for (TensorSpec output : model.outputs()) {
            if (output.name().equals(tensor)) {
                return output;
            }
        }
        return null;
    }

    private static String outputs(ModelPackage model) {
        return model.outputs().isEmpty()
                ? "no outputs in its card"
                : model.outputs().stream()
                        .map(TensorSpec::toString)
                        .collect(Collectors.joining(", "));
    }

    private static String listed(Map<String, List<String>> labelled) {
        return labelled.isEmpty() ? "none has" : String.join(", ", labelled.keySet());
    }

    private static GanglionException setup(Options options, String message) {
        return new GanglionException(Kind.SETUP, options.owner() + ": " + message);
    }
}
