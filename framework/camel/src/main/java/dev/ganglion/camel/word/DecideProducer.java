package dev.ganglion.camel.word;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.runtime.flow.DeciderSettings;
import dev.ganglion.runtime.flow.Lane;
import dev.ganglion.runtime.flow.SessionSteps;
import dev.ganglion.runtime.flow.Utterance;
import dev.ganglion.runtime.wiring.StepOptions;
import java.util.concurrent.TimeUnit;
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
    private final long refractoryNanos;
    private final boolean reply;

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
                                        lease ->
                                                StepOptions.of(
                                                        endpoint.step(),
                                                        decider.options(),
                                                        lease)));
        settings.open();
        this.reply = StepOptions.own(endpoint.step()).flag("reply");
        this.refractoryNanos =
                TimeUnit.MILLISECONDS.toNanos(
                        StepOptions.own(endpoint.step()).integer("refractoryMillis"));
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
        long startNanos = flow.enter(endpoint.step());
        Lane lane = steps.lane();
        flow.deciding(lane);
        Utterance utterance = lane.utterance();
        if (utterance.isDecided()) {
            rest(flow, utterance);
            exchange.setRouteStop(true);
            return;
        }
        Lane.OpenDecider decider = lane.decider(settings.get());
        flow.watching(decider.goesOn());
        long inferredNanos = steps.inferNanos();
        boolean speaks = steps.generates();
        while ((decider.goesOn() || !(speaks ? flow.hasDecision() : flow.decided()))
                && steps.advance()) {
            decider.stage().push(steps, flow);
        }
        if (flow.last()) {
            decider.stage().flush(flow);
        } else if (flow.decided() && !decider.goesOn()) {
            utterance.decided(flow.capturedNanos());
        }
        flow.inferNanos += steps.inferNanos();
        flow.decideNanos += flow.leave() - startNanos - (steps.inferNanos() - inferredNanos);
        if (steps.generates()) {
            flow.understood(steps, reply);
        }
        Object decided = flow.decisions();
        if (decided == null) {
            exchange.setRouteStop(true);
        } else {
            exchange.getMessage().setBody(decided);
        }
    }

    /** What is left of an utterance that was decided is not run; it ends here after its time. */
    private void rest(Flow flow, Utterance utterance) {
        if (refractoryNanos > 0
                && flow.capturedNanos() - utterance.decidedNanos() >= refractoryNanos) {
            flow.endUtterance();
        }
    }
}
