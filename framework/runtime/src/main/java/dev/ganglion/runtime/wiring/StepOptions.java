package dev.ganglion.runtime.wiring;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.runtime.cascade.PeerRules;
import dev.ganglion.runtime.model.Lease;
import dev.ganglion.runtime.model.ModelCard;
import dev.ganglion.runtime.model.ModelHost;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells apart what is given at a step: options of the framework, and options of the plug-in, to
 * which the card of the route's model adds what the route does not say.
 */
public final class StepOptions {
    private static final Parameter MODEL =
            Parameter.text("model")
                    .describedAs("the model to work for; the one that follows unless given");

    private static final Parameter REPLY =
            Parameter.flag("reply")
                    .withDefault("true")
                    .describedAs(
                            "whether a model that generates goes on to its answer once the action is"
                                    + " known");

    /** Options that the framework itself takes at a word, beside those of the plug-in. */
    private static final Map<String, List<Parameter>> OWN =
            Map.of(
                    "sense",
                            List.of(
                                    MODEL,
                                    Parameter.integer("queue", "1", 1, 1_000_000)
                                            .withDefault("64")
                                            .describedAs(
                                                    "how many samples may wait for each thread"),
                                    Parameter.choice(
                                                    "whenFull",
                                                    List.of("drop-newest", "drop-oldest", "block"))
                                            .withDefault("drop-newest")
                                            .describedAs(
                                                    "what happens to a sample that cannot wait"
                                                            + " elsewhere when the queue is full"),
                                    Parameter.integer("threads", "1", 1, 64)
                                            .withDefault("1")
                                            .describedAs(
                                                    "how many threads work off the queue; a stream"
                                                            + " keeps to one of them"),
                                    Parameter.path("record")
                                            .describedAs(
                                                    "the file into which samples and decisions are"
                                                            + " recorded")),
                    "encode",
                            List.of(
                                    MODEL,
                                    Parameter.flag("truncate")
                                            .withDefault("false")
                                            .describedAs("whether a text that is too long is cut")),
                    "infer",
                            List.of(
                                    Parameter.integer("batch", "1", 1, 256)
                                            .withDefault("1")
                                            .describedAs(
                                                    "how many streams whose samples wait make a step"
                                                            + " at once, at most"),
                                    Parameter.flag("retry")
                                            .withDefault("false")
                                            .describedAs(
                                                    "whether a message whose model broke, such as by the end of its worker,"
                                                            + " is tried once more"),
                                    Parameter.text("sampling")
                                            .withDefault("{}")
                                            .describedAs(
                                                    "how a model that generates picks the next token,"
                                                            + " as a line of JSON; the likeliest"
                                                            + " unless given"),
                                    Parameter.text("grammar")
                                            .withDefault("model")
                                            .describedAs(
                                                    "what a model that generates may say: model (what"
                                                            + " its card says), actions (what the"
                                                            + " devices of the route can do), none,"
                                                            + " or a file of GBNF"),
                                    Parameter.integer("maxTokens", "1", 1, 1_000_000)
                                            .withDefault("1000000")
                                            .describedAs(
                                                    "how many tokens an answer has at most, if the"
                                                            + " card of the model says no less")),
                    "cascade",
                            List.of(
                                    Parameter.text("stages")
                                            .withDefault("all")
                                            .describedAs("who is asked, joined by commas"),
                                    Parameter.integer("budgetMillis", "ms", 0, 3_600_000)
                                            .withDefault("0")
                                            .describedAs(
                                                    "from when on nobody is asked any more, counted"
                                                            + " from the sensing; 0 for never"),
                                    Parameter.choice("privacy", PeerRules.CLASSES)
                                            .withDefault(PeerRules.CLASSES.get(0))
                                            .describedAs(
                                                    "the class of what is said here: whether it may"
                                                            + " leave the machine is the owner's word"),
                                    REPLY),
                    "decide",
                            List.of(
                                    REPLY,
                                    Parameter.integer("refractoryMillis", "ms", 0, 3_600_000)
                                            .withDefault("0")
                                            .describedAs(
                                                    "how long nothing is decided after a decision in"
                                                            + " an utterance that does not end; then"
                                                            + " another begins; 0: until it ends")),
                    "act",
                            List.of(
                                    Parameter.path("actions")
                                            .describedAs(
                                                    "the file that says which decision becomes which action")));

    private StepOptions() {}

    private static List<Parameter> own(String word) {
        return OWN.getOrDefault(word, List.of());
    }

    /** {@return the names of the framework's own options at a word} */
    public static Set<String> names(String word) {
        return own(word).stream().map(Parameter::name).collect(Collectors.toSet());
    }

    /** {@return the options given at a step that belong to the framework} */
    public static Options own(RouteStep step) {
        return Options.of(step.toString(), own(step.word()), only(step, true), step.folder());
    }

    /**
     * The options given at a step that belong to the plug-in.
     *
     * @throws GanglionException of kind SETUP for an unknown one, listing all that exist at this
     *     step
     */
    public static Options of(RouteStep step, List<Parameter> declared) {
        return of(step, declared, Map.of(), "");
    }

    /**
     * The same, with what the card says of the model that the step works for, if there is one; the
     * model is not loaded.
     */
    public static Options of(RouteStep step, List<Parameter> declared, ModelHost host) {
        Options own = own(step);
        ModelCard card = own.has("model") ? host.card(own.text("model")) : null;
        return card == null
                ? of(step, declared)
                : of(
                        step,
                        declared,
                        card.steps().getOrDefault(step.toString(), Map.of()),
                        card.source().id().toString());
    }

    /** The same, with what the card says of a version of a model. */
    public static Options of(RouteStep step, List<Parameter> declared, Lease lease) {
        return of(step, declared, lease.step(step.toString()), lease.source().id().toString());
    }

    private static Options of(
            RouteStep step, List<Parameter> declared, Map<String, String> byCard, String model) {
        List<Parameter> all = new ArrayList<>(declared);
        all.addAll(own(step.word()));
        Map<String, String> given = only(step, false);
        Map<String, String> merged = new LinkedHashMap<>(byCard);
        merged.putAll(given);
        Map<String, String> everything = new LinkedHashMap<>(step.parameters());
        everything.putAll(merged);
        try {
            Options.of(step.toString(), all, everything, step.folder());
            return Options.of(step.toString(), declared, merged, step.folder());
        } catch (GanglionException e) {
            if (byCard.isEmpty() || fails(step, all)) {
                throw e;
            }
            throw new GanglionException(
                    Kind.SETUP,
                    "the card of model "
                            + model
                            + " says under 'steps' how "
                            + step
                            + " is opened, and that does not fit: "
                            + e.getMessage(),
                    e);
        }
    }

    /** Whether the fault is in what the route says, apart from what is missing there. */
    private static boolean fails(RouteStep step, List<Parameter> all) {
        Set<String> names = all.stream().map(Parameter::name).collect(Collectors.toSet());
        for (Map.Entry<String, String> each : step.parameters().entrySet()) {
            if (!names.contains(each.getKey())) {
                return true;
            }
            for (Parameter parameter : all) {
                if (parameter.name().equals(each.getKey())) {
                    try {
                        parameter.parse(step.toString(), each.getValue());
                    } catch (GanglionException unfit) {
                        return true;
                    }
                }
            }
        }
        return false;
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
}
