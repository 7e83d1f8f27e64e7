package dev.ganglion.runtime.wiring;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.encode.FeatureExtractor;
import dev.ganglion.api.encode.Segmenter;
import dev.ganglion.api.encode.Tokenizer;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.runtime.act.ActionRules;
import dev.ganglion.runtime.cascade.rules.ActionMapping;
import dev.ganglion.runtime.cascade.rules.SentenceRules;
import dev.ganglion.runtime.model.Lease;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.model.TokenInputs;
import dev.ganglion.runtime.plugin.Plugins;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares the steps of a route with each other: names, types, shapes and units. Needs the plug-ins
 * and loads the models. Thread-safe.
 */
public final class Wiring {
    private final Plugins plugins;
    private final ModelHost host;

    /** Over what is there. */
    public Wiring(Plugins plugins, ModelHost host) {
        this.plugins = plugins;
        this.host = host;
    }

    /**
     * {@return what a route must wait for, as the end of a sentence, or null when all its plug-ins
     * and models are there}
     */
    public @Nullable String missing(List<RouteStep> steps) {
        for (RouteStep step : steps) {
            String missing = missing(step);
            if (missing != null) {
                return missing;
            }
        }
        return null;
    }

    /**
     * {@return what stops a route that runs when it goes, as the end of a sentence, or null}
     * Without its sensor there is nothing to handle. Messages wait for other plug-ins where they
     * need them, and models in memory serve on without their engine.
     */
    public @Nullable String stopping(List<RouteStep> steps) {
        for (RouteStep step : steps) {
            String missing = step.word().equals("sense") ? missing(step) : null;
            if (missing != null) {
                return missing;
            }
        }
        return null;
    }

    private @Nullable String missing(RouteStep step) {
        return switch (step.word()) {
            case "sense" -> missing(step, Sensor.class, "the sensor");
            case "encode" ->
                    plugins.find(Tokenizer.class, step.name()) != null
                                    || reads(step)
                                    || segments(step)
                            ? null
                            : missing(step, FeatureExtractor.class, "the encoder or tokenizer");
            case "infer" -> {
                if (host.serving().stream().anyMatch(m -> m.id().name().equals(step.name()))) {
                    yield null;
                }
                ModelId newest = host.store().newest(step.name());
                if (newest == null) {
                    yield "the model '"
                            + step.name()
                            + "' of "
                            + step
                            + "; of models "
                            + host.store().existing();
                }
                ModelPackage card = host.store().card(newest).source();
                yield plugins.engineFor(card.format()) != null
                        ? null
                        : "an engine that loads the format '"
                                + card.format()
                                + "' of model "
                                + newest
                                + "; of engines "
                                + plugins.existing(Engine.class);
            }
            case "cascade" -> {
                for (RouteStep part : parts(step)) {
                    String missing = missing(part);
                    if (missing != null) {
                        yield missing;
                    }
                }
                yield null;
            }
            case "decide" -> missing(step, Decider.class, "the decider");
            case "act" -> missing(step, Actuator.class, "the actuator");
            default -> null;
        };
    }

    /** The steps that a cascade does, stage after stage. */
    private static List<RouteStep> parts(RouteStep cascade) {
        List<RouteStep> parts = new ArrayList<>();
        for (CascadeFile.Stage stage : CascadeFile.read(cascade).stages()) {
            if (stage.infer() != null && stage.decide() != null) {
                parts.add(stage.infer());
                parts.add(stage.decide());
            }
        }
        return parts;
    }

    private void cascade(RouteStep step) {
        for (CascadeFile.Stage stage : CascadeFile.read(step).stages()) {
            if (stage.rules() != null) {
                SentenceRules.read(stage.rules());
            }
            if (stage.actions() != null) {
                ActionMapping.read(stage.actions());
            }
            if (stage.infer() != null && stage.decide() != null) {
                infer(stage.infer(), null, null);
                decide(stage.decide(), stage.infer());
            }
        }
    }

    /** Whether a model in memory has read its vocabulary with this tokenizer. */
    private boolean reads(RouteStep step) {
        Options own = StepOptions.own(step);
        return own.has("model") && host.reads(own.text("model"), step.name());
    }

    private @Nullable String missing(RouteStep step, Class<? extends Plugin> kind, String what) {
        if (plugins.find(kind, step.name()) != null) {
            return null;
        }
        String existing =
                step.word().equals("encode")
                        ? "of encoders "
                                + plugins.existing(FeatureExtractor.class)
                                + "; of segmenters "
                                + plugins.existing(Segmenter.class)
                                + "; of tokenizers "
                                + plugins.existing(Tokenizer.class)
                        : plugins.existing(kind);
        return what + " '" + step.name() + "' of " + step + "; " + existing;
    }

    /**
     * Compares neighbours. Nothing may be {@link #missing}.
     *
     * @param steps in the order in which a message meets them
     * @throws GanglionException of kind SETUP that names both sides of what does not fit, or the
     *     option that is wrong
     */
    public void check(List<RouteStep> steps) {
        RouteStep before = null;
        TensorSpec given = null;
        RouteStep inferring = null;
        for (RouteStep step : steps) {
            switch (step.word()) {
                case "sense" -> {
                    Sensor sensor = find(Sensor.class, step);
                    given = sensor.output(StepOptions.of(step, sensor.options(), host));
                }
                case "encode" -> given = encode(step, before, given);
                case "cascade" -> {
                    if (given != null && given.type() != Tensor.Type.TEXT
                            || before != null && before.word().equals("encode")) {
                        throw new GanglionException(
                                Kind.SETUP,
                                before
                                        + " gives "
                                        + (given == null ? "tokens" : given)
                                        + ", but "
                                        + step
                                        + " takes text; write it after what gives text, or after an"
                                        + " infer: whose model listens");
                    }
                    cascade(step);
                    given = null;
                }
                case "infer" -> {
                    infer(step, before, given);
                    inferring = step;
                    given = null;
                }
                case "decide" -> decide(step, inferring);
                case "act" -> act(step);
                default -> throw new IllegalArgumentException("no word of a route: " + step.word());
            }
            before = step;
        }
    }

    private void act(RouteStep step) {
        Actuator actuator = find(Actuator.class, step);
        Options options = StepOptions.of(step, actuator.options());
        Options own = StepOptions.own(step);
        ActionRules.of(actuator, options, own.has("actions") ? own.path("actions") : null);
    }

    private <P extends Plugin> P find(Class<P> kind, RouteStep step) {
        P plugin = plugins.find(kind, step.name());
        if (plugin == null) {
            throw new GanglionException(
                    Kind.SETUP,
                    "there is no '"
                            + step.name()
                            + "' for "
                            + step
                            + "; "
                            + plugins.existing(kind));
        }
        return plugin;
    }

    /** {@return what the encoder gives, or null for tokens, which only a model can judge} */
    private @Nullable TensorSpec encode(
            RouteStep step, @Nullable RouteStep before, @Nullable TensorSpec given) {
        Tokenizer tokenizer = plugins.find(Tokenizer.class, step.name());
        if (tokenizer != null) {
            StepOptions.of(step, tokenizer.options());
            if (given != null && before != null && given.type() != Tensor.Type.TEXT) {
                throw new GanglionException(
                        Kind.SETUP,
                        before
                                + " gives "
                                + given
                                + ", but "
                                + step
                                + " takes text; put an encoder there that takes such a tensor");
            }
            String model =
                    StepOptions.own(step).has("model") ? StepOptions.own(step).text("model") : "";
            if (model.isEmpty()) {
                throw new GanglionException(
                        Kind.SETUP,
                        step
                                + " does not know for which model it encodes: no infer: follows;"
                                + " say model=NAME; of models "
                                + host.store().existing());
            }
            try (Lease lease = host.lease(model, "wiring of " + step)) {
                lease.vocabulary(step.name());
            }
            return null;
        }
        Segmenter segmenter = plugins.find(Segmenter.class, step.name());
        if (segmenter != null) {
            return segment(segmenter, step, before, given);
        }
        FeatureExtractor encoder = find(FeatureExtractor.class, step);
        Options options = StepOptions.of(step, encoder.options(), host);
        if (given != null && before != null) {
            fit(before, given, step, encoder.input(options));
        }
        return encoder.output(options);
    }

    private TensorSpec segment(
            Segmenter segmenter,
            RouteStep step,
            @Nullable RouteStep before,
            @Nullable TensorSpec given) {
        if (before == null || given == null || !before.word().equals("sense")) {
            throw new GanglionException(
                    Kind.SETUP,
                    step
                            + " finds the utterances in what a sensor gives, but comes "
                            + (before == null ? "first" : "after " + before)
                            + "; write it right after sense:");
        }
        Options options = StepOptions.of(step, segmenter.options(), host);
        fit(before, given, step, segmenter.input(options));
        return segmenter.output(options);
    }

    /** {@return whether the step finds utterances, which is done before a message is made} */
    public boolean segments(RouteStep step) {
        return step.word().equals("encode") && plugins.find(Segmenter.class, step.name()) != null;
    }

    private void infer(RouteStep step, @Nullable RouteStep before, @Nullable TensorSpec given) {
        StepOptions.of(step, List.of());
        try (Lease lease = host.lease(step.name(), "wiring of " + step)) {
            List<TensorSpec> inputs = lease.model().inputs();
            batch(step, lease);
            GenerationOptions.of(step, List::of).grammar().apply(lease);
            boolean tokens =
                    before != null
                            && before.word().equals("encode")
                            && plugins.find(Tokenizer.class, before.name()) != null;
            if (tokens) {
                // A model that generates lists no tokens among its inputs.
                if (!inputs.isEmpty() && !TokenInputs.fits(inputs)) {
                    throw new GanglionException(
                            Kind.SETUP,
                            before
                                    + " gives tokens, but "
                                    + step
                                    + " takes "
                                    + inputs
                                    + "; put an encoder there that gives such tensors");
                }
            } else if (given != null && before != null) {
                if (given.type() == Tensor.Type.TEXT) {
                    throw new GanglionException(
                            Kind.SETUP,
                            before
                                    + " gives text, but "
                                    + step
                                    + " takes "
                                    + inputs
                                    + "; put 'encode:"
                                    + (lease.source().tokenizer().isEmpty()
                                            ? "…"
                                            : lease.source().tokenizer())
                                    + "' between them; of tokenizers "
                                    + plugins.existing(Tokenizer.class));
                }
                if (inputs.size() != 1) {
                    throw new GanglionException(
                            Kind.SETUP,
                            before
                                    + " gives one tensor ("
                                    + given
                                    + "), but "
                                    + step
                                    + " takes "
                                    + inputs.size()
                                    + ": "
                                    + inputs);
                }
                fit(before, given, step, inputs.get(0));
            }
        }
    }

    private static void batch(RouteStep step, Lease lease) {
        long streams = StepOptions.own(step).integer("batch");
        String alone = streams > 1 ? lease.model().onlyAlone() : null;
        if (alone != null) {
            throw new GanglionException(
                    Kind.SETUP,
                    step
                            + " asks for batch="
                            + streams
                            + ", but model "
                            + lease.source().id()
                            + " makes the steps of streams one by one: "
                            + alone
                            + "; leave batch out, or install a model in single precision whose"
                            + " tensors have a free first axis with a row for each stream");
        }
    }

    private static void fit(RouteStep before, TensorSpec given, RouteStep step, TensorSpec taken) {
        String mismatch = taken.mismatch(given);
        if (mismatch != null) {
            throw new GanglionException(
                    Kind.SETUP,
                    before
                            + " gives "
                            + given
                            + ", but "
                            + step
                            + " takes "
                            + taken
                            + ": "
                            + mismatch
                            + "; put an encode: between them that converts, or change one of them");
        }
    }

    private void decide(RouteStep step, @Nullable RouteStep inferring) {
        Decider decider = find(Decider.class, step);
        if (inferring == null) {
            throw new GanglionException(
                    Kind.SETUP,
                    step + " has nothing to read: no infer: comes before it; put one there");
        }
        try (Lease lease = host.lease(inferring.name(), "wiring of " + step)) {
            List<TensorSpec> outputs = lease.model().outputs();
            ModelPackage source = lease.source();
            Options options = StepOptions.of(step, decider.options(), lease);
            for (TensorSpec taken : decider.inputs(source, options)) {
                TensorSpec given =
                        outputs.stream()
                                .filter(output -> output.name().equals(taken.name()))
                                .findFirst()
                                .orElse(null);
                String mismatch =
                        given == null
                                ? "there is no such output; there are: " + outputs
                                : taken.mismatch(given);
                if (mismatch != null) {
                    throw new GanglionException(
                            Kind.SETUP,
                            step
                                    + " reads "
                                    + taken
                                    + " from "
                                    + inferring
                                    + " ("
                                    + source.id()
                                    + "), but "
                                    + mismatch
                                    + "; choose another decider or model");
                }
            }
        }
    }
}
