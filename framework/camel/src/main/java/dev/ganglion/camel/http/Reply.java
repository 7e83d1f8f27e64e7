package dev.ganglion.camel.http;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.camel.word.Followers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one command: events that are written while they happen, or one object at the end.
 * Called by the thread that handles the message, but for {@link #abandon}.
 *
 * <p>When nobody waits for it any more, {@link #heard} and {@link #said} throw, so that what is
 * under way for it stops; {@link #decided} does not, because what was done was done. What is told
 * after the message has been answered is not heard.
 */
final class Reply implements Sensor.Follower {
    private static final String WHY = "; the log of the machine says why";

    private final ChannelHandlerContext gate;
    private final Admission admission;
    private final Connection connection;
    private final boolean events;
    private final AtomicBoolean left = new AtomicBoolean();
    private final Map<String, Object> known = new LinkedHashMap<>();
    private final StringBuilder reply = new StringBuilder();
    private volatile boolean gone;
    private volatile boolean begun;
    private boolean over;
    private @Nullable Exchange exchange;

    /** Takes a place of the admission, which is given back at the end. */
    Reply(ChannelHandlerContext gate, Admission admission, Connection connection, boolean events) {
        this.gate = gate;
        this.admission = admission;
        this.connection = connection;
        this.events = events;
    }

    /** {@return whether somebody still waits; if so, the beginning of the answer goes out} */
    boolean begin(Exchange taken) {
        begun = true;
        if (gone) {
            leave();
            return false;
        }
        exchange = taken;
        taken.getExchangeExtension()
                .addOnCompletion(
                        new SynchronizationAdapter() {
                            @Override
                            public void onDone(Exchange done) {
                                leave();
                            }
                        });
        if (events) {
            HttpResponse head =
                    new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            head.headers().set("content-type", "text/event-stream; charset=utf-8");
            connection.streamed(head);
            gate.writeAndFlush(head);
        }
        return true;
    }

    /** Nobody waits for it any more. */
    void abandon() {
        gone = true;
        if (!begun) {
            leave();
        }
    }

    /** Gives its place back; more than once is fine. */
    void leave() {
        if (!left.getAndSet(true)) {
            admission.leave();
        }
    }

    @Override
    public void heard(CharSequence text) {
        stopIfGone();
        known.put("text", text.toString());
        tell("heard", Map.of("text", text.toString()));
    }

    @Override
    public void decided(Decision decision, String refusal) {
        Map<String, Object> action = new LinkedHashMap<>();
        action.put("intent", decision.name());
        action.putAll(decision.parameters());
        known.put("action", new LinkedHashMap<>(action));
        known.put("confidence", decision.confidence());
        action.put("confidence", decision.confidence());
        Object hop = exchange == null ? null : exchange.getProperty(Followers.HOP);
        if (hop != null) {
            known.put("hop", hop.toString());
            action.put("hop", hop.toString());
        }
        String why =
                refusal.isEmpty() && !decision.sure() ? "it is not sure enough to act" : refusal;
        if (why.isEmpty()) {
            known.remove("refused");
            tell("action", action);
        } else {
            known.put("refused", why);
            action.put("refused", why);
            tell("refused", action);
        }
    }

    @Override
    public void said(CharSequence piece) {
        stopIfGone();
        if (over) {
            return;
        }
        if (events) {
            tell("reply", Map.of("piece", piece.toString()));
        } else {
            reply.append(piece);
        }
    }

    private void stopIfGone() {
        if (gone && !over) {
            throw new GanglionException(
                    Kind.REOPEN,
                    "the client "
                            + gate.channel().remoteAddress()
                            + " went away before its command was answered; what was under way for"
                            + " it is stopped");
        }
    }

    private void tell(String event, Map<String, Object> data) {
        if (!events || gone || over) {
            return;
        }
        if (!gate.channel().isWritable()) {
            // It reads too slowly: what waits for it would have to be kept.
            abandon();
            gate.close();
            return;
        }
        gate.writeAndFlush(new DefaultHttpContent(bytes(event(event, data))));
    }

    /**
     * Ends the answer.
     *
     * @return what Camel writes: the gate puts the last part of the answer into its place
     */
    HttpResponse end(@Nullable Throwable failure) {
        leave();
        over = true;
        Refusal refusal = failure == null ? null : refusal(failure);
        if (events) {
            String last =
                    (refusal == null ? "" : event("error", Map.of("error", refusal.sentence())))
                            + event("end", Map.of());
            return new Last(new DefaultLastHttpContent(bytes(last)));
        }
        if (!reply.isEmpty()) {
            known.put("reply", reply.toString());
        }
        if (refusal == null) {
            return new Last(connection.answer(200, known));
        }
        known.put("error", refusal.sentence());
        return new Last(connection.answer(refusal.status(), known, refusal.retryAfterSeconds()));
    }

    /** What a client may know of a failure; what it was stands in the log. */
    private static Refusal refusal(Throwable failure) {
        Kind kind = Kind.SETUP;
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof GanglionException told) {
                kind = told.kind();
                break;
            }
        }
        return switch (kind) {
            case INPUT -> Refusal.of(422, "the command cannot be taken as it is" + WHY);
            case RETRY ->
                    new Refusal(
                            503,
                            "the command cannot be handled now, send it again later" + WHY,
                            1,
                            false);
            case SETUP, REOPEN -> Refusal.of(500, "the command failed" + WHY);
        };
    }

    private static String event(String name, Map<String, Object> data) {
        try {
            return "event: " + name + "\ndata: " + JSON.std.asString(data) + "\n\n";
        } catch (IOException e) {
            throw new IllegalStateException("texts and numbers become JSON", e);
        }
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Stands for the last part of an answer on its way through Camel. */
    static final class Last extends DefaultHttpResponse {
        final HttpObject part;

        Last(HttpObject part) {
            super(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            this.part = part;
        }
    }
}
