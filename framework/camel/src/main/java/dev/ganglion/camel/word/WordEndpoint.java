package dev.ganglion.camel.word;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.encode.Tokenizer;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.runtime.wiring.RouteStep;
import dev.ganglion.runtime.wiring.StepOptions;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** One step of one route. */
final class WordEndpoint extends DefaultEndpoint {
    private final Words words;
    private final RouteScope route;
    private final RouteStep step;

    WordEndpoint(String uri, Component component, Words words, RouteScope route, RouteStep step) {
        super(uri, component);
        this.words = words;
        this.route = route;
        this.step = step;
    }

    Words words() {
        return words;
    }

    RouteScope route() {
        return route;
    }

    RouteStep step() {
        return step;
    }

    /** The options of a step, to which the card of the route's model adds what is not said. */
    Options options(RouteStep of, List<Parameter> declared) {
        return StepOptions.of(of, declared, words.host());
    }

    <P extends Plugin> P plugin(Class<P> kind, RouteStep of) {
        P plugin = words.plugins().find(kind, of.name());
        if (plugin == null) {
            throw new GanglionException(
                    Kind.SETUP,
                    "there is no '"
                            + of.name()
                            + "' for "
                            + of
                            + "; "
                            + words.plugins().existing(kind));
        }
        return plugin;
    }

    /** {@return what the devices of this route can do, as its file opens them} */
    List<ActionSpec> actions() {
        List<ActionSpec> actions = new ArrayList<>();
        for (RouteStep each : route.steps()) {
            if (each.word().equals("act")) {
                Actuator actuator = plugin(Actuator.class, each);
                actions.addAll(actuator.actions(StepOptions.of(each, actuator.options())));
            }
        }
        return actions;
    }

    @Override
    public Producer createProducer() {
        return switch (step.word()) {
            case "encode" ->
                    words.plugins().find(Tokenizer.class, step.name()) != null
                            ? new TokenEncodeProducer(this)
                            : new FeatureEncodeProducer(this);
            case "infer" -> {
                int batch = (int) StepOptions.own(step).integer("batch");
                yield batch > 1 ? new BatchInferProducer(this, batch) : new InferProducer(this);
            }
            case "cascade" -> new CascadeProducer(this);
            case "decide" -> new DecideProducer(this);
            case "act" -> new ActProducer(this);
            default ->
                    throw new GanglionException(
                            Kind.SETUP,
                            step + " begins a route; write it after 'from:', not after 'to:'");
        };
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        if (!step.word().equals("sense")) {
            throw new GanglionException(
                    Kind.SETUP,
                    step
                            + " cannot begin a route; write it after 'to:', and begin with sense: or a Camel component");
        }
        Consumer consumer = new SenseConsumer(this, processor, plugin(Sensor.class, step));
        configureConsumer(consumer);
        return consumer;
    }
}
