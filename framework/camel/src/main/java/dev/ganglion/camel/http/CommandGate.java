package dev.ganglion.camel.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands in each connection between the bytes and Camel: lets one command in at a time,
 * refuses what may not come in, and writes all answers, so that they come whole and in order. All
 * but what replies write happens on the connection's own thread.
 */
final class CommandGate extends ChannelDuplexHandler {
    private static final Logger log = LoggerFactory.getLogger(CommandGate.class);

    /**
     * So long a command may take to come in, from the beginning or the last answer to one. Requests
     * that are refused meanwhile make it no longer: else they would keep a connection for ever.
     */
    private static final long PATIENCE_SECONDS = 30;

    /** What is left of a refused body is read over, so that the answer can be read; up to here. */
    private static final int DISCARDED_BYTES = 1 << 20;

    private static final Connection NEW = new Connection(true, false, false);

    private final Admission admission;
    private final CommandOptions options;
    private final CommandHead heads;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private @Nullable HttpRequest head;
    private @Nullable Reply reply;
    private Connection connection = NEW;
    private @Nullable SocketAddress client;
    private boolean admitted;
    private boolean streamed;
    private boolean over;
    private int discardedBytes;
    private @Nullable ScheduledFuture<?> patience;

    CommandGate(Admission admission, CommandOptions options, @Nullable String path) {
        this.admission = admission;
        this.options = options;
        this.heads = new CommandHead(options, path);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        super.channelActive(context);
        // Kept, since a channel that was closed may not know it any more.
        client = context.channel().remoteAddress();
        Refusal refusal = admission.connect(client);
        admitted = refusal == null;
        if (refusal == null) {
            await(context);
        } else {
            refuse(context, refusal);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        patient();
        if (admitted) {
            admitted = false;
            admission.disconnect(client);
        }
        if (reply != null) {
            reply.abandon();
            reply = null;
        }
        super.channelInactive(context);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (over) {
                return;
            }
            if (reply != null) {
                // It did not wait for the answer. Nobody has to take a second request meanwhile.
                connection = connection.closing();
                return;
            }
            if (message instanceof HttpRequest request) {
                begin(context, request);
            }
            if (message instanceof HttpContent content && !over) {
                take(context, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest request) {
        connection = Connection.after(request);
        body.reset();
        discardedBytes = 0;
        Refusal refusal = heads.refused(request);
        if (refusal == null || !refusal.last()) {
            Refusal soon = admission.tooSoon(client);
            refusal = soon == null ? refusal : soon;
        }
        if (refusal != null) {
            // Who waits for a yes does not send the body that was announced.
            refuse(context, HttpUtil.is100ContinueExpected(request) ? refusal.ending() : refusal);
            return;
        }
        head = request;
        if (HttpUtil.is100ContinueExpected(request)) {
            context.writeAndFlush(
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
    }

    private void take(ChannelHandlerContext context, HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        int bytes = content.content().readableBytes();
        HttpRequest request = head;
        if (content.decoderResult().isFailure()) {
            refuse(context, Refusal.last(400, "a request of HTTP/1.1 expected; this is none"));
        } else if (request == null) {
            discardedBytes += bytes;
            if (discardedBytes > DISCARDED_BYTES) {
                close(context);
            }
        } else if (body.size() + bytes > options.maxBodyBytes()) {
            refuse(context, CommandHead.tooLong(options.maxBodyBytes()));
        } else {
            try {
                content.content().readBytes(body, bytes);
            } catch (IOException e) {
                throw new IllegalStateException("memory can be written", e);
            }
            if (last) {
                head = null;
                admit(context, request);
            }
        }
    }

    private void admit(ChannelHandlerContext context, HttpRequest request) {
        CommandText said =
                CommandText.of(
                        body.toByteArray(), request.headers().get(HttpHeaderNames.CONTENT_TYPE));
        Refusal refusal = said.refusal();
        if (refusal == null) {
            refusal = admission.enter();
        }
        if (refusal != null) {
            refuse(context, refusal);
            return;
        }
        patient();
        streamed = heads.wantsEvents(request);
        Reply follower = new Reply(context, admission, connection, streamed);
        reply = follower;
        context.fireChannelRead(new Command(heads.named(request), said.text(), follower));
    }

    private void refuse(ChannelHandlerContext context, Refusal refusal) {
        head = null;
        if (refusal.last()) {
            connection = connection.closing();
        }
        answer(
                context,
                connection.answer(
                        refusal.status(),
                        Map.of("error", refusal.sentence()),
                        refusal.retryAfterSeconds()),
                connection.keepAlive());
    }

    private void answer(ChannelHandlerContext context, HttpObject last, boolean stays) {
        ChannelFuture written = context.writeAndFlush(last);
        if (!stays) {
            over = true;
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void close(ChannelHandlerContext context) {
        over = true;
        context.close();
    }

    private void await(ChannelHandlerContext context) {
        patient();
        patience =
                context.executor()
                        .schedule(() -> close(context), PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void patient() {
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
            throws Exception {
        Reply answered = reply;
        if (!(message instanceof HttpResponse response) || answered == null) {
            super.write(context, message, promise);
            return;
        }
        reply = null;
        if (message instanceof Reply.Last last) {
            await(context);
            answer(context, last.part, connection.stays(streamed));
        } else {
            // Camel's own refusal, such as of a route that is being stopped: it closes then.
            answered.leave();
            connection = connection.closing();
            answer(context, instead(response), false);
            ReferenceCountUtil.release(message);
        }
        promise.trySuccess();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
        if (cause instanceof IOException) {
            super.exceptionCaught(context, cause); // the client is gone
            return;
        }
        log.warn("a connection for commands is closed because of an error", cause);
        if (reply == null && !over) {
            refuse(
                    context,
                    Refusal.last(500, "the command failed; the log of the machine says why"));
        } else {
            close(context);
        }
    }

    private FullHttpResponse instead(HttpResponse of) {
        int status = of.status().code();
        FullHttpResponse answer =
                connection.answer(
                        status,
                        Map.of(
                                "error",
                                status == HttpResponseStatus.SERVICE_UNAVAILABLE.code()
                                        ? "the route is stopped; send the command again later"
                                        : of.status().reasonPhrase()),
                        status == HttpResponseStatus.SERVICE_UNAVAILABLE.code() ? 1 : 0);
        String challenge = of.headers().get(HttpHeaderNames.WWW_AUTHENTICATE);
        if (challenge != null) {
            answer.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, challenge);
        }
        return answer;
    }
}
