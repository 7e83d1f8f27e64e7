package dev.ganglion.camel.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/** A request that was let in, on its way to Camel: the text, and who is told what comes of it. */
final class Command extends DefaultFullHttpRequest {
    final String text;
    final Reply reply;

    Command(HttpRequest head, String text, Reply reply) {
        super(
                HttpVersion.HTTP_1_1,
                HttpMethod.POST,
                head.uri(),
                Unpooled.EMPTY_BUFFER,
                head.headers(),
                EmptyHttpHeaders.INSTANCE);
        this.text = text;
        this.reply = reply;
    }
}
