package dev.ganglion.camel.word;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.runtime.flow.SessionSteps;
import dev.ganglion.runtime.wiring.RouteStep;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;

/** Finds the text of a message: what its body is, or what a model says that listened. */
final class Texts {
    private Texts() {}

    /**
     * {@return the text, which the flow knows from now on}
     *
     * @throws GanglionException of kind INPUT when the body is no text, or no UTF-8
     */
    static CharSequence of(Exchange exchange, RouteStep step, Flow flow) {
        Object body = exchange.getMessage().getBody();
        if (body instanceof SessionSteps steps && steps.generates()) {
            String heard = said(steps);
            flow.inferNanos += steps.inferNanos();
            flow.heard(heard, steps.count());
            return heard;
        }
        CharSequence text = body instanceof CharSequence chars ? chars : decoded(exchange, step);
        flow.text(text);
        return text;
    }

    /** {@return all that a model says} */
    static String said(SessionSteps steps) {
        while (steps.advance()) {
            // Each step is a token more.
        }
        return steps.said().toString().strip();
    }

    private static CharSequence decoded(Exchange exchange, RouteStep step) {
        Object body = exchange.getMessage().getBody();
        byte[] bytes =
                body instanceof byte[] raw ? raw : exchange.getMessage().getBody(byte[].class);
        if (bytes == null) {
            throw new GanglionException(
                    Kind.INPUT,
                    step
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
                            + step
                            + " is not valid UTF-8 ("
                            + e.getMessage()
                            + "); send UTF-8",
                    e);
        }
    }
}
