package dev.ganglion.camel.word;

import dev.ganglion.runtime.flow.SessionSteps;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;
import org.jspecify.annotations.Nullable;

/**
 * {@code infer:} with {@code batch}: messages of several streams stand here until their first steps
 * were made at once. Messages that no sensor's thread of this route handles go on as ever.
 */
final class BatchInferProducer extends DefaultAsyncProducer {
    private final WordEndpoint endpoint;
    private final InferProducer alone;
    private final int batch;

    BatchInferProducer(WordEndpoint endpoint, int batch) {
        super(endpoint);
        this.endpoint = endpoint;
        this.alone = new InferProducer(endpoint);
        this.batch = batch;
    }

    /** Whoever calls this waits for the end: it must not stand. */
    @Override
    public void process(Exchange exchange) {
        alone.process(exchange);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            SessionSteps steps = alone.start(exchange);
            @Nullable Gathering gathering = Gathering.here();
            if (gathering != null && gathering.add(endpoint, exchange, steps, batch, callback)) {
                return false;
            }
        } catch (RuntimeException | LinkageError e) {
            exchange.setException(e);
        }
        callback.done(true);
        return true;
    }
}
