package dev.ganglion.camel.http;

import dev.ganglion.camel.word.Followers;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import java.nio.channels.ClosedChannelException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.netty.http.DefaultNettyHttpBinding;
import org.apache.camel.component.netty.http.NettyHttpConfiguration;
import org.apache.camel.support.DefaultMessage;

/**
 * A command becomes a message with the text as its body and no header of the request, which is
 * followed to its end; the end of the message becomes the end of the answer.
 */
final class CommandBinding extends DefaultNettyHttpBinding {
    @Override
    public Message toCamelMessage(
            FullHttpRequest request, Exchange exchange, NettyHttpConfiguration configuration)
            throws Exception {
        Reply reply = ((Command) request).reply;
        if (!reply.begin(exchange)) {
            throw new ClosedChannelException(); // the connection is gone: Camel says nothing
        }
        exchange.setProperty(Followers.PROPERTY, reply);
        Message message = new DefaultMessage(exchange);
        message.setBody(((Command) request).text);
        return message;
    }

    @Override
    public HttpResponse toNettyResponse(Message message, NettyHttpConfiguration configuration) {
        Exchange exchange = message.getExchange();
        if (exchange.getException() == null) {
            try {
                // A route without a device answers when the message ends: after this response.
                Followers.answer(exchange);
            } catch (RuntimeException e) {
                exchange.setException(e);
            }
        }
        // The exception stays with the message, so that who watches it learns that it failed.
        return exchange.getProperty(Followers.PROPERTY, Reply.class).end(exchange.getException());
    }
}
