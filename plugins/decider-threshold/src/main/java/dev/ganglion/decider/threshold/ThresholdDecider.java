package dev.ganglion.decider.threshold;

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
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/**
 * Watches one number of an output, {@code FLOAT32} and one row, and says in which of two states it
 * is: beyond a bound or not. The bound is fixed, or follows a quantile of what was seen before.
 *
 * <p>A decision has the parameters {@code value}, {@code unit} and, when there is one, {@code
 * threshold}. It does not end the utterance.
 */
@Component(service = Decider.class)
public final class ThresholdDecider implements Decider {
    /** What a bound may be; a wider range would say less. */
    private static final double MOST = 1e12;

    private static final int LONGEST_WINDOW_STEPS = 100_000;

    /** For the container and for plain Java. */
    public ThresholdDecider() {}

    @Override
    public String name() {
        return "threshold";
    }

    @Override
    public boolean goesOn(Options options) {
        return true;
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.text("tensor")
                        .describedAs("the output to read; needed when there are several"),
                Parameter.text("class")
                        .describedAs(
                                "the label of the number to watch; needed when there are several"),
                Parameter.integer("index", "1", 0, Integer.MAX_VALUE)
                        .describedAs("its position from 0, where the output has no labels"),
                Parameter.choice("kind", List.of("value", "probabilities", "logits"))
                        .withDefault("value")
                        .describedAs(
                                "whether the number means itself, is a probability, or becomes one"
                                        + " by the softmax of its row"),
                bound("above", "the bound from which upwards the state is the high one"),
                bound("below", "the bound from which downwards the state is the high one"),
                bound(
                        "leave",
                        "the bound of return, as the other one is given; the same unless given"),
                Parameter.number("quantile", "1", 0, 1)
                        .describedAs(
                                "in the place of a fixed bound: the share of what was seen that is"
                                        + " at most as high"),
                Parameter.integer("window", "1", 2, LONGEST_WINDOW_STEPS)
                        .describedAs("of how many steps the quantile is; 1000 unless given"),
                Parameter.number("factor", "1", 0, MOST)
                        .describedAs("what the quantile is multiplied by; 1 unless given"),
                bound("margin", "what is added to the quantile, in the place of a factor"),
                Parameter.choice("direction", List.of("above", "below"))
                        .describedAs(
                                "on which side of the quantile the state is the high one; above"
                                        + " unless given"),
                Parameter.integer("warmUp", "1", 0, 1_000_000_000)
                        .describedAs(
                                "how many steps are unsure at the start; the window of a quantile,"
                                        + " else 0 unless given"),
                Parameter.integer("steps", "1", 1, 1_000_000)
                        .withDefault("1")
                        .describedAs(
                                "how many steps in a row must say so before the state changes"),
                Parameter.text("high")
                        .describedAs("what the high state is called; the class, else alarm"),
                Parameter.text("low")
                        .describedAs("what the other is called; the other class, else normal"),
                Parameter.text("name")
                        .describedAs(
                                "what a decision without a bound is called; the class, else the"
                                        + " output"),
                Parameter.choice("on", List.of("step", "change"))
                        .withDefault("step")
                        .describedAs("whether each step is a decision or only a change of state"));
    }

    private static Parameter bound(String name, String description) {
        return Parameter.number(name, "1", -MOST, MOST).describedAs(description);
    }

    @Override
    public List<TensorSpec> inputs(ModelPackage model, Options options) {
        stage(model, options);
        return List.of(Element.of(model, options).spec());
    }

    @Override
    public Stage<Steps, Decision> open(
            ModelPackage model, Options options, Function<CharSequence, Steps> infer) {
        return stage(model, options);
    }

    private static ThresholdStage stage(ModelPackage model, Options options) {
        Element element = Element.of(model, options);
        Bound bound = Bound.of(options, element.isProbability());
        String label = options.has("class") ? options.text("class") : null;
        String high = text(options, "high", label == null ? "alarm" : label);
        String low = text(options, "low", other(element.labels(), label));
        String only = text(options, "name", label == null ? element.spec().name() : label);
        if (bound == null) {
            boundless(options);
        } else if (options.has("name")) {
            throw wrong(
                    options,
                    "'name' is for a number without a bound, and there is one; give 'high' and"
                            + " 'low', or leave it out");
        } else if (high.equals(low)) {
            throw wrong(
                    options, "'high' and 'low' are both '" + high + "'; give them different names");
        }
        long warmUp = bound == null ? 0 : bound.warmUpSteps();
        return new ThresholdStage(
                element,
                bound,
                bound == null ? only : low,
                high,
                options.integer("steps"),
                options.has("warmUp") ? options.integer("warmUp") : warmUp,
                "change".equals(options.text("on")));
    }

    /** Without a bound there is no state that could be named, be left or change. */
    private static void boundless(Options options) {
        String senseless =
                "change".equals(options.text("on"))
                        ? "on=change"
                        : options.has("leave")
                                ? "'leave'"
                                : options.has("high")
                                        ? "'high'"
                                        : options.has("low") ? "'low'" : null;
        if (senseless != null) {
            throw wrong(
                    options,
                    senseless
                            + " needs a bound, and none is given; give one of 'above', 'below' and"
                            + " 'quantile', or leave it out");
        }
    }

    private static String other(List<String> labels, @Nullable String label) {
        return label != null && labels.size() == 2
                ? labels.get(labels.get(0).equals(label) ? 1 : 0)
                : "normal";
    }

    private static String text(Options options, String name, String otherwise) {
        String text = options.has(name) ? options.text(name).strip() : otherwise;
        if (text.isEmpty()) {
            throw wrong(options, "'" + name + "' is empty; give a name, or leave it out");
        }
        return text;
    }

    private static GanglionException wrong(Options options, String message) {
        return new GanglionException(Kind.SETUP, options.owner() + ": " + message);
    }
}
