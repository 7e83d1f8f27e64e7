package dev.ganglion.runtime.wiring;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.encode.FeatureExtractor;
import dev.ganglion.api.encode.Tokenizer;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.runtime.act.ActionRules;
import dev.ganglion.runtime.model.Lease;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.model.TokenInputs;
import dev.ganglion.runtime.plugin.Plugins;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares the steps of a route with each other: names, types, shapes and units. Needs the plug-ins
 * and loads the models. Thread-safe.
 */
public final class Wiring {
    /** Options that the framework itself takes at a word, beside those of the plug-in. */
    private static final Map<String, List<Parameter>> OWN =
            Map.of(
                    "sense", List.of(),
                    "encode",
                            List.of(
                                    Parameter.text("model")
                                            .describedAs(
                                                    "the model to encode for; the one that follows unless given"),
                                    Parameter.flag("truncate")
                                            .withDefault("false")
                                            .describedAs("whether a text that is too long is cut")),
                    "infer",
                            List.of(
                                    Parameter.flag("retry")
                                            .withDefault("false")
                                            .describedAs(
                                                    "whether a message whose model broke, such as by the end of its worker,"
                                                            + " is tried once more")),
                    "decide", List.of(),
                    "act",
                            List.of(
                                    Parameter.path("actions")
                                            .describedAs(
                                                    "the file that says which decision becomes which action")));

    private final Plugins plugins;
    private final ModelHost host;

    /** Over what is there. */
    public Wiring(Plugins plugins, ModelHost host) {
        this.plugins = plugins;
        this.host = host;
    }

    /** {@return the options that the framework takes at a word, for those who parse addresses} */
    public static List<Parameter> own(String word) {
        return OWN.getOrDefault(word, List.of());
    }

    /** {@return the options given at a step that belong to the framework} */
    public static Options ownOptions(RouteStep step) {
        return Options.of(step.toString(), own(step.word()), only(step, true), step.folder());
    }

    /**
     * The options given at a step that belong to the plug-in.
     *
     * @throws GanglionException of kind SETUP for an unknown one, listing all that exist at this
     *     step
     */
    public static Options pluginOptions(RouteStep step, List<Parameter> declared) {
        List<Parameter> all = new ArrayList<>(declared);
        all.addAll(own(step.word()));
        Options.of(step.toString(), all, step.parameters(), step.folder());
        return Options.of(step.toString(), declared, only(step, false), step.folder());
    }

    private static Map<String, String> only(RouteStep step, boolean own) {
        Set<String> names =
                own(step.word()).stream().map(Parameter::name).collect(Collectors.toSet());
        Map<String, String> only = new LinkedHashMap<>();
        step.parameters()
                .forEach(
                        (name, value) -> {
                            if (names.contains(name) == own) {
                                only.put(name, value);
                            }
                        });
        return only;
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
                    plugins.find(Tokenizer.class, step.name()) != null || reads(step)
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
            case "decide" -> missing(step, Decider.class, "the decider");
            case "act" -> missing(step, Actuator.class, "the actuator");
            default -> null;
        };
    }

    /** Whether a model in memory has read its vocabulary with this tokenizer. */
    private boolean reads(RouteStep step) {
        Options own = ownOptions(step);
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
                    given = sensor.output(pluginOptions(step, sensor.options()));
                }
                case "encode" -> given = encode(step, before, given);
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
        Options options = pluginOptions(step, actuator.options());
        Options own = ownOptions(step);
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
            pluginOptions(step, tokenizer.options());
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
            String model = ownOptions(step).has("model") ? ownOptions(step).text("model") : "";
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
        FeatureExtractor encoder = find(FeatureExtractor.class, step);
        Options options = pluginOptions(step, encoder.options());
        if (given != null && before != null) {
            fit(before, given, step, encoder.input(options));
        }
        return encoder.output(options);
    }

    private void infer(RouteStep step, @Nullable RouteStep before, @Nullable TensorSpec given) {
        pluginOptions(step, List.of());
        try (Lease lease = host.lease(step.name(), "wiring of " + step)) {
            List<TensorSpec> inputs = lease.model().inputs();
            boolean tokens =
                    before != null
                            && before.word().equals("encode")
                            && plugins.find(Tokenizer.class, before.name()) != null;
            if (tokens) {
                if (!TokenInputs.fits(inputs)) {
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
        Options options = pluginOptions(step, decider.options());
        if (inferring == null) {
            throw new GanglionException(
                    Kind.SETUP,
                    step + " has nothing to read: no infer: comes before it; put one there");
        }
        try (Lease lease = host.lease(inferring.name(), "wiring of " + step)) {
            List<TensorSpec> outputs = lease.model().outputs();
            ModelPackage source = lease.source();
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
