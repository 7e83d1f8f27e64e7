package dev.ganglion.camel.word;

import dev.ganglion.api.data.Plugin;
import dev.ganglion.runtime.wiring.RouteStep;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a step made with its plug-in. When the plug-in is replaced by another of its name, it is
 * made anew with the next message; while there is none, messages wait for it here.
 */
final class PlugInUse<P extends Plugin, U> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PlugInUse.class);

    private record Made<P, U>(P plugin, U use, long generation) {}

    private final WordEndpoint endpoint;
    private final RouteStep step;
    private final Class<P> kind;
    private final Function<P, U> make;
    private volatile @Nullable Made<P, U> made;

    PlugInUse(WordEndpoint endpoint, Class<P> kind, Function<P, U> make) {
        this(endpoint, endpoint.step(), kind, make);
    }

    /** For a step that is done by the endpoint of another. */
    PlugInUse(WordEndpoint endpoint, RouteStep step, Class<P> kind, Function<P, U> make) {
        this.endpoint = endpoint;
        this.step = step;
        this.kind = kind;
        this.make = make;
    }

    /** Makes it now; what is wrong with plug-in or options is found before the first message. */
    void open() {
        long generation = endpoint.words().plugins().generation();
        made(endpoint.plugin(kind, step), generation);
    }

    /** {@return what was made with the plug-in that is there now} */
    U get() {
        Made<P, U> known = made;
        return known != null && known.generation == endpoint.words().plugins().generation()
                ? known.use
                : renewed();
    }

    /** {@return what was made last; null when nothing was} */
    @Nullable U known() {
        Made<P, U> known = made;
        return known == null ? null : known.use;
    }

    private U renewed() {
        while (true) {
            long generation = endpoint.words().plugins().generation();
            P plugin = endpoint.words().plugins().find(kind, step.name());
            if (plugin != null) {
                return made(plugin, generation);
            }
            endpoint.words().waiting().await(endpoint, generation);
        }
    }

    private synchronized U made(P plugin, long generation) {
        Made<P, U> known = made;
        if (known != null && known.plugin == plugin) {
            made = new Made<>(plugin, known.use, generation);
            return known.use;
        }
        U use = make.apply(plugin);
        made = new Made<>(plugin, use, generation);
        if (known != null) {
            close(known.use);
        }
        return use;
    }

    @Override
    public synchronized void close() {
        Made<P, U> known = made;
        made = null;
        if (known != null) {
            close(known.use);
        }
    }

    private void close(U use) {
        if (use instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception | LinkageError e) {
                log.warn("closing {} failed", step, e);
            }
        }
    }
}
