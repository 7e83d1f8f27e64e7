package dev.ganglion.camel.word;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.runtime.flow.GenerationSettings;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.flow.SessionSteps;
import dev.ganglion.runtime.wiring.GenerationOptions;
import dev.ganglion.runtime.wiring.StepOptions;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/**
 * {@code infer:} puts a cursor into the body that runs the model as it is read; nothing is computed
 * here.
 */
final class InferProducer extends DefaultProducer {
    private final WordEndpoint endpoint;
    private final Lanes lanes;
    private final GenerationSettings generation;
    private final boolean retry;

    InferProducer(WordEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        this.lanes = endpoint.route().lanes(endpoint.step().name());
        this.generation = GenerationOptions.of(endpoint.step(), endpoint::actions);
        this.retry = StepOptions.own(endpoint.step()).flag("retry");
    }

    @Override
    public void process(Exchange exchange) {
        start(exchange);
    }

    /** {@return the cursor that is the body now} */
    @SuppressWarnings(
            "unchecked") // a List that is no list of tensors is refused by its first element
    SessionSteps start(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        Flow flow = Flow.of(exchange, endpoint);
        flow.enter(endpoint.step());
        SessionSteps steps = flow.lane(lanes).steps();
        steps.retrying(retry);
        steps.generating(generation);
        if (body instanceof Tokens tokens) {
            steps.start(tokens);
        } else if (body instanceof Tensor tensor) {
            steps.start(List.of(tensor));
        } else if (body instanceof List<?> list
                && (list.isEmpty() || list.get(0) instanceof Tensor)) {
            steps.start((List<Tensor>) list);
        } else {
            throw new GanglionException(
                    Kind.SETUP,
                    endpoint.step()
                            + " takes tokens or tensors, found "
                            + (body == null ? "an empty message" : body.getClass().getName())
                            + "; put an encode: before it");
        }
        exchange.getMessage().setBody(steps);
        flow.leave();
        return steps;
    }
}
