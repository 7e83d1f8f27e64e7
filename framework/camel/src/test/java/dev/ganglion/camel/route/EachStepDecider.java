package dev.ganglion.camel.route;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One decision per step, named after the option, with the first value of an output; sure from a
 * value on. For a text, which is one step, one decision per letter instead: each {@code +} and
 * {@code -}.
 */
class EachStepDecider implements Decider {
    @Override
    public String name() {
        return "each-step";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.text("tensor").withDefault("scores").describedAs("the output to read"),
                Parameter.number("above", "1", -1000, 1000)
                        .withDefault("1000")
                        .describedAs("the value from which a decision is sure"));
    }

    @Override
    public List<TensorSpec> inputs(ModelPackage model, Options options) {
        return List.of();
    }

    @Override
    public Stage<Steps, Decision> open(
            ModelPackage model, Options options, Function<CharSequence, Steps> infer) {
        String tensor = options.text("tensor");
        double above = options.number("above");
        return new Stage<>() {
            @Override
            public void push(Steps steps, Consumer<? super Decision> out) {
                if (steps.tokens().size() > 0) {
                    steps.tokens()
                            .text()
                            .chars()
                            .forEach(
                                    letter -> {
                                        if (letter == '+' || letter == '-') {
                                            String name = letter == '+' ? "light_on" : "light_off";
                                            out.accept(new Decision(name, Map.of(), 1, true));
                                        }
                                    });
                    return;
                }
                double value = steps.output(tensor).floats().get(0);
                out.accept(
                        new Decision(
                                "step",
                                Map.of("value", value, "count", (long) steps.count()),
                                0.5,
                                value >= above));
            }

            @Override
            public void flush(Consumer<? super Decision> out) {}
        };
    }
}
