package dev.ganglion.camel.word;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.runtime.flow.EncoderSettings;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.wiring.StepOptions;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/**
 * {@code encode:} with a tokenizer: the text in the body becomes tokens for the model that follows.
 */
final class TokenEncodeProducer extends DefaultProducer {
    private final WordEndpoint endpoint;
    private final EncoderSettings settings;
    private final Lanes lanes;

    TokenEncodeProducer(WordEndpoint endpoint) {
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
        this.settings = new EncoderSettings(endpoint.step().name(), own.flag("truncate"));
        this.lanes = endpoint.route().lanes(own.text("model"));
    }

    @Override
    public void process(Exchange exchange) {
        Flow flow = Flow.of(exchange, endpoint);
        long startNanos = flow.enter(endpoint.step());
        CharSequence text = Texts.of(exchange, endpoint.step(), flow);
        exchange.getMessage().setBody(flow.lane(lanes).encode(text, settings));
        flow.encodeNanos += flow.leave() - startNanos;
    }
}
