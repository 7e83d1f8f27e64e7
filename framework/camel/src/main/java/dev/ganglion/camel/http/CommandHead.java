package dev.ganglion.camel.http;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the head of a request has to be like. */
final class CommandHead {
    private final CommandOptions options;
    private final String path;

    CommandHead(CommandOptions options, @Nullable String path) {
        this.options = options;
        this.path = path == null || path.isEmpty() ? "/" : path;
    }

    /** {@return why a request is refused before its body is read, or null} */
    @Nullable Refusal refused(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            Throwable cause = request.decoderResult().cause();
            return cause instanceof TooLongHttpHeaderException
                    ? Refusal.last(431, "the headers are too long; send fewer (maxHeaderSize)")
                    : cause instanceof TooLongHttpLineException
                            ? Refusal.last(414, "the address is too long; send the command as body")
                            : Refusal.last(400, "a request of HTTP/1.1 expected; this is none");
        }
        Refusal refusal = misplaced(request);
        if (refusal == null) {
            refusal =
                    CommandText.refused(
                            request.headers().get(HttpHeaderNames.CONTENT_TYPE),
                            request.headers().get(HttpHeaderNames.CONTENT_ENCODING));
        }
        if (refusal == null && HttpUtil.getContentLength(request, 0L) > options.maxBodyBytes()) {
            refusal = tooLong(options.maxBodyBytes());
        }
        return refusal;
    }

    private @Nullable Refusal misplaced(HttpRequest request) {
        String uri = request.uri();
        int query = uri.indexOf('?');
        String asked = query < 0 ? uri : uri.substring(0, query);
        if (!asked.equals(path)) {
            return Refusal.of(404, "commands are taken at " + path + ", not at " + asked);
        }
        if (!request.method().equals(HttpMethod.POST)) {
            return Refusal.of(
                    405, "a command is sent with POST, " + request.method() + " was found");
        }
        // A page of anybody's that is open in a browser on this machine could send commands.
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        return origin == null || options.origins().contains(origin)
                ? null
                : Refusal.of(
                        403,
                        "commands from the web page '"
                                + origin
                                + "' are not taken; the option origins of the route lists those that"
                                + " are");
    }

    static Refusal tooLong(int maxBodyBytes) {
        return Refusal.of(
                413, "a command of at most " + maxBodyBytes + " bytes expected; more were sent");
    }

    boolean wantsEvents(HttpRequest request) {
        for (String accepted : request.headers().getAll(HttpHeaderNames.ACCEPT)) {
            if (accepted.toLowerCase(Locale.ROOT).contains("text/event-stream")) {
                return true;
            }
        }
        return false;
    }

    /**
     * {@return the request with the name of a host, which Camel wants and old clients leave out}
     */
    HttpRequest named(HttpRequest request) {
        if (!request.headers().contains(HttpHeaderNames.HOST)) {
            request.headers().set(HttpHeaderNames.HOST, "localhost");
        }
        return new DefaultHttpRequest(
                request.protocolVersion(), request.method(), path, request.headers());
    }
}
