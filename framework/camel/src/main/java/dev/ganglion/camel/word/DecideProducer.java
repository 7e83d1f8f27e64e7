package dev.ganglion.camel.word;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.runtime.flow.DeciderSettings;
import dev.ganglion.runtime.flow.SessionSteps;
import dev.ganglion.runtime.wiring.Wiring;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/**
 * {@code decide:} pulls the model step by step until a decision is sure or no step is left. One
 * decision becomes the body, several an ordered list; when there is none yet, the message ends
 * here, quietly.
 */
final class DecideProducer extends DefaultProducer {
    private final WordEndpoint endpoint;
    private final PlugInUse<Decider, DeciderSettings> settings;

    DecideProducer(WordEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        this.settings =
                new PlugInUse<>(
                        endpoint,
                        Decider.class,
                        decider ->
                                new DeciderSettings(
                                        decider,
                                        Wiring.pluginOptions(endpoint.step(), decider.options())));
        settings.open();
    }

    @Override
    public void process(Exchange exchange) {
        if (!(exchange.getMessage().getBody() instanceof SessionSteps steps)) {
            throw new GanglionException(
                    Kind.SETUP,
                    endpoint.step()
                            + " reads what infer: gives, found "
                            + exchange.getMessage().getBody()
                            + "; put an infer: right before it");
        }
        Flow flow = Flow.of(exchange, endpoint);
        flow.deciding(steps.lane());
        Stage<Steps, Decision> stage = steps.lane().decider(settings.get());
        long startNanos = System.nanoTime();
        long inferredNanos = steps.inferNanos();
        while (!flow.decided() && steps.advance()) {
            stage.push(steps, flow);
        }
        if (flow.last()) {
            stage.flush(flow);
        }
        flow.inferNanos += steps.inferNanos();
        flow.decideNanos += System.nanoTime() - startNanos - (steps.inferNanos() - inferredNanos);
        Object decided = flow.decisions();
        if (decided == null) {
            exchange.setRouteStop(true);
        } else {
            exchange.getMessage().setBody(decided);
        }
    }
}
