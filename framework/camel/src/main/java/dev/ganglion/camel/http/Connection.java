package dev.ganglion.camel.http;

import com.fasterxml.jackson.jr.ob.JSON;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * How the connection goes on after one request, and what the heads of answers say about it.
 *
 * @param keepAlive whether another request may follow
 * @param old whether the client speaks HTTP/1.0, which knows no chunks
 * @param bodiless whether it asked for the head alone
 */
record Connection(boolean keepAlive, boolean old, boolean bodiless) {
    static Connection after(HttpRequest request) {
        boolean old = !request.protocolVersion().isKeepAliveDefault();
        boolean bodiless = request.method().equals(HttpMethod.HEAD);
        return new Connection(HttpUtil.isKeepAlive(request) && !bodiless, old, bodiless);
    }

    /** {@return the same, but closed after the answer} */
    Connection closing() {
        return new Connection(false, old, bodiless);
    }

    /** The head of an answer whose length is not known yet; old clients read until it is closed. */
    void streamed(HttpResponse head) {
        if (!old) {
            HttpUtil.setTransferEncodingChunked(head, true);
        }
        say(head, keepAlive && !old);
    }

    /** {@return whether the connection stays after an answer that was streamed or not} */
    boolean stays(boolean streamed) {
        return keepAlive && !(streamed && old);
    }

    FullHttpResponse answer(int status, Map<String, Object> object) {
        return answer(status, object, 0);
    }

    /** {@return a whole answer} */
    FullHttpResponse answer(int status, Map<String, Object> object, int retryAfterSeconds) {
        byte[] body;
        try {
            body = (JSON.std.asString(object) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("texts and numbers become JSON", e);
        }
        FullHttpResponse answer =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(status),
                        bodiless ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        answer.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
        answer.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        if (retryAfterSeconds > 0) {
            answer.headers().set(HttpHeaderNames.RETRY_AFTER, retryAfterSeconds);
        }
        if (status == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
            answer.headers().set(HttpHeaderNames.ALLOW, HttpMethod.POST.name());
        }
        say(answer, keepAlive);
        return answer;
    }

    private void say(HttpResponse head, boolean stays) {
        head.headers().set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        head.headers().set("x-content-type-options", "nosniff");
        if (!stays) {
            head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (old) {
            head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }
}
