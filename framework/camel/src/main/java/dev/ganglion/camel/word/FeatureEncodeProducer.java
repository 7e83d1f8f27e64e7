package dev.ganglion.camel.word;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.encode.FeatureExtractor;
import dev.ganglion.runtime.flow.FeatureSettings;
import dev.ganglion.runtime.flow.Features;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.wiring.StepOptions;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/**
 * {@code encode:} with a feature extractor: the tensor in the body becomes a batch of features.
 * When the extractor has nothing to say yet, the message ends here, quietly; but the last one of an
 * utterance goes on, for the decider has to know that it was the last.
 */
final class FeatureEncodeProducer extends DefaultProducer {
    private final WordEndpoint endpoint;
    private final PlugInUse<FeatureExtractor, FeatureSettings> settings;
    private final Lanes lanes;

    FeatureEncodeProducer(WordEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        Options own = StepOptions.own(endpoint.step());
        if (!own.has("model")) {
            throw new GanglionException(
                    Kind.SETUP,
                    endpoint.step()
                            + " does not know for which model it encodes: no infer:"
                            + " follows; say model=NAME");
        }
        this.settings =
                new PlugInUse<>(
                        endpoint,
                        FeatureExtractor.class,
                        extractor ->
                                new FeatureSettings(
                                        extractor,
                                        lease ->
                                                StepOptions.of(
                                                        endpoint.step(),
                                                        extractor.options(),
                                                        lease)));
        settings.open();
        this.lanes = endpoint.route().lanes(own.text("model"));
    }

    @Override
    public void process(Exchange exchange) {
        if (!(exchange.getMessage().getBody() instanceof Tensor tensor)) {
            throw new GanglionException(
                    Kind.INPUT,
                    endpoint.step()
                            + " takes a tensor, found "
                            + exchange.getMessage().getBody()
                            + "; begin the route with a sensor that gives one");
        }
        Flow flow = Flow.of(exchange, endpoint);
        long startNanos = flow.enter(endpoint.step());
        Features features = flow.lane(lanes).features(settings.get());
        features.take(tensor, flow.last(), flow.capturedNanos());
        flow.heldNanos = Math.max(flow.heldNanos, features.heldNanos());
        if (features.batch().isEmpty() && !flow.last()) {
            exchange.setRouteStop(true);
        } else {
            exchange.getMessage().setBody(features.batch());
        }
        flow.encodeNanos += flow.leave() - startNanos;
    }
}
