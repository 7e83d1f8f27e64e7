package dev.ganglion.decider.action;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;
import java.util.function.Function;
import org.osgi.service.component.annotations.Component;

/**
 * Reads an action out of what a model says: a JSON object, with the action's name under one key and
 * its parameters under the others. The decision comes with the token that completes the object, or
 * the name; what the model would have said after it is not computed.
 */
@Component(service = Decider.class)
public final class ActionDecider implements Decider {
    /** For the container and for plain Java. */
    public ActionDecider() {}

    @Override
    public String name() {
        return "action";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.text("nameKey")
                        .withDefault("intent")
                        .describedAs("the key of the action's name"),
                Parameter.number("above", "1", 0, 1)
                        .withDefault("0.5")
                        .describedAs("the confidence from which a decision is sure"),
                Parameter.choice("confidence", List.of("product", "least"))
                        .withDefault("product")
                        .describedAs(
                                "how likely all tokens were together, or the least likely of them"),
                Parameter.choice("stopAt", List.of("action", "intent", "end"))
                        .withDefault("action")
                        .describedAs(
                                "when the model stops: with the object, with its name (there are no"
                                        + " parameters then), or when it has said all"),
                Parameter.text("names")
                        .describedAs(
                                "the names that there are, joined by commas: others are refused, and"
                                        + " with stopAt=intent the only one that still fits is"
                                        + " decided"));
    }

    @Override
    public List<TensorSpec> inputs(ModelPackage model, Options options) {
        ActionSettings.of(options);
        if (model.tokenizer().isEmpty()) {
            throw new GanglionException(
                    Kind.SETUP,
                    options.owner()
                            + ": a model that says something expected, and the card of model "
                            + model.id()
                            + " names no tokenizer; name one there, or choose a decider that reads"
                            + " tensors");
        }
        return List.of();
    }

    @Override
    public Stage<Steps, Decision> open(
            ModelPackage model, Options options, Function<CharSequence, Steps> infer) {
        inputs(model, options);
        return new ActionStage(model, ActionSettings.of(options));
    }

    @Override
    public boolean goesOn(Options options) {
        return ActionSettings.of(options).goesOn();
    }
}
