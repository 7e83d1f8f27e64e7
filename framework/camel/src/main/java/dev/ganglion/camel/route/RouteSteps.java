package dev.ganglion.camel.route;

import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.encode.Segmenter;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.model.ModelCard;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.wiring.RouteStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a route as a sentence names them, with what their options are.
 *
 * @param steps the steps in the order of the file
 * @param host whose models and plug-ins they use
 */
record RouteSteps(List<RouteStep> steps, ModelHost host) {
    @Nullable RouteStep first() {
        return steps.isEmpty() ? null : steps.get(0);
    }

    @Nullable RouteStep last() {
        return steps.isEmpty() ? null : steps.get(steps.size() - 1);
    }

    /** {@return the step with this word whose plug-in is of this kind, or null} */
    @Nullable RouteStep of(String word, Class<? extends Plugin> kind) {
        return steps.stream()
                .filter(step -> step.word().equals(word))
                .filter(step -> host.plugins().find(kind, step.name()) != null)
                .findFirst()
                .orElse(null);
    }

    /** {@return the steps with this word; what finds utterances works before there is a message} */
    String named(String word) {
        String names =
                steps.stream()
                        .filter(step -> step.word().equals(word))
                        .filter(step -> host.plugins().find(Segmenter.class, step.name()) == null)
                        .map(RouteStep::toString)
                        .distinct()
                        .collect(Collectors.joining(" and "));
        return names.isEmpty() ? word + ":" : names;
    }

    /**
     * {@return those options of a step that are numbers, with what it is opened with, in brackets;
     * empty when there is none or no such step}
     *
     * @param model whose card may say how the step is opened
     */
    String numbers(
            @Nullable RouteStep step,
            Class<? extends Plugin> kind,
            Predicate<String> wanted,
            String model) {
        Plugin plugin = step == null ? null : host.plugins().find(kind, step.name());
        if (step == null || plugin == null) {
            return "";
        }
        ModelCard card = host.card(model);
        Map<String, String> byCard =
                card == null ? Map.of() : card.steps().getOrDefault(step.toString(), Map.of());
        List<String> options = new ArrayList<>();
        for (Parameter parameter : plugin.options()) {
            String name = parameter.name();
            String byDefault = parameter.defaultValue() == null ? "" : parameter.defaultValue();
            String value =
                    step.parameters().getOrDefault(name, byCard.getOrDefault(name, byDefault));
            if (parameter.isNumber() && wanted.test(name)) {
                options.add(value.isEmpty() ? name : name + "=" + value);
            }
        }
        return options.isEmpty() ? "" : " (options: " + String.join(", ", options) + ")";
    }

    /** {@return the options of a model's engine that say how many threads it has, joined} */
    String threads(ModelId model) {
        String name =
                host.serving().stream()
                        .filter(serving -> serving.id().equals(model))
                        .map(ModelHost.Serving::engine)
                        .findFirst()
                        .orElse("");
        Engine engine = host.plugins().find(Engine.class, name);
        return engine == null
                ? ""
                : engine.options().stream()
                        .map(Parameter::name)
                        .filter(option -> option.toLowerCase(Locale.ROOT).contains("threads"))
                        .collect(Collectors.joining(", "));
    }
}
