package dev.ganglion.camel.word;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.runtime.flow.EncoderSettings;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.wiring.StepOptions;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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
        CharSequence text = text(exchange);
        flow.text(text);
        exchange.getMessage().setBody(flow.lane(lanes).encode(text, settings));
        flow.encodeNanos += flow.leave() - startNanos;
    }

    private CharSequence text(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body instanceof CharSequence text) {
            return text;
        }
        byte[] bytes =
                body instanceof byte[] raw ? raw : exchange.getMessage().getBody(byte[].class);
        if (bytes == null) {
            throw new GanglionException(
                    Kind.INPUT,
                    endpoint.step()
                            + " takes text, found "
                            + (body == null ? "an empty message" : body.getClass().getName())
                            + "; put a conversion before it");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException e) {
            throw new GanglionException(
                    Kind.INPUT,
                    "the message of "
                            + bytes.length
                            + " bytes for "
                            + endpoint.step()
                            + " is not valid UTF-8 ("
                            + e.getMessage()
                            + "); send UTF-8",
                    e);
        }
    }
}
