package dev.ganglion.camel.word;

import dev.ganglion.runtime.record.Recorder;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.StreamCache;
import org.apache.camel.support.RoutePolicySupport;
import org.jspecify.annotations.Nullable;

/**
 * Records the messages with which a Camel component begins a route: their bodies, not their
 * headers.
 */
final class HeadRecording extends RoutePolicySupport {
    private final Words words;
    private final String id;

    HeadRecording(Words words, String id) {
        this.words = words;
        this.id = id;
    }

    @Override
    public void onInit(Route route) {
        words.route(id).recording().begins(null);
        words.recordings().begin(id, null);
    }

    @Override
    public void onExchangeBegin(Route route, Exchange exchange) {
        Recorder recorder = words.route(id).recording().open();
        if (recorder == null) {
            return;
        }
        long waitedNanos = Math.max(0, exchange.getClock().elapsed()) * 1_000_000L;
        Taken taken =
                Taken.now(recorder, null, 0, System.nanoTime() - waitedNanos, true, body(exchange));
        if (taken != null) {
            exchange.setProperty(Taken.PROPERTY, taken);
        }
    }

    @Override
    public void onExchangeDone(Route route, Exchange exchange) {
        Taken taken = exchange.getProperty(Taken.PROPERTY, Taken.class);
        if (taken != null) {
            taken.release();
        }
    }

    /** What can be read once only is read into memory, and stays there for the route. */
    private static @Nullable Object body(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body == null || body instanceof CharSequence) {
            return body;
        }
        byte[] bytes = exchange.getMessage().getBody(byte[].class);
        if (body instanceof StreamCache cache) {
            cache.reset();
        } else if (bytes != null && (body instanceof InputStream || body instanceof Reader)) {
            exchange.getMessage().setBody(bytes);
        }
        if (bytes == null) {
            return body.toString();
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException binary) {
            return bytes;
        }
    }
}
