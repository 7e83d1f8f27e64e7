package dev.ganglion.camel.word;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.encode.Segmenter;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.runtime.model.Lease;
import dev.ganglion.runtime.model.ModelHost;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open segmenter for each stream of one sensor: samples go in, those of utterances come out. A
 * stream is forgotten when the sensor says that it ended.
 */
final class Segmentation implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Segmentation.class);

    private final String route;
    private final Segmenter segmenter;
    private final Options options;
    private final ModelHost host;
    private final Map<String, Stage<Sample<Tensor>, Sample<Tensor>>> streams =
            new ConcurrentHashMap<>();

    Segmentation(String route, Segmenter segmenter, Options options, ModelHost host) {
        this.route = route;
        this.segmenter = segmenter;
        this.options = options;
        this.host = host;
    }

    /** Opens one and closes it: what it lacks is found before the first sample. */
    Segmentation tried() {
        close(segmenter.open(options, this::session));
        return this;
    }

    /** Gives what the sample brings to light; one thread at a time for one stream. */
    void push(Sample<?> sample, Consumer<? super Sample<Tensor>> out) {
        if (!(sample.value() instanceof Tensor tensor)) {
            throw new GanglionException(
                    Kind.INPUT,
                    options.owner()
                            + " takes tensors, found text; begin the route with a sensor that gives"
                            + " some");
        }
        Sample<Tensor> heard =
                new Sample<>(
                        sample.stream(),
                        sample.sequence(),
                        sample.capturedNanos(),
                        tensor,
                        sample.last());
        Stage<Sample<Tensor>, Sample<Tensor>> stage =
                streams.computeIfAbsent(
                        sample.stream(), stream -> segmenter.open(options, this::session));
        stage.push(heard, out);
        if (sample.last()) {
            stage.flush(out);
            streams.remove(sample.stream());
            close(stage);
        }
    }

    /** A session whose end gives the model back. */
    private Session session(String model) {
        Lease lease = host.lease(model, route);
        try {
            Model leased = lease.model();
            return new LeasedSession(leased.open(), lease);
        } catch (RuntimeException | Error e) {
            lease.close();
            throw e;
        }
    }

    private record LeasedSession(Session session, Lease lease) implements Session {
        @Override
        public Tensor input(String name, long... shape) {
            return session.input(name, shape);
        }

        @Override
        public void run() {
            session.run();
        }

        @Override
        public Tensor output(String name) {
            return session.output(name);
        }

        @Override
        public void reset() {
            session.reset();
        }

        @Override
        public void cancel() {
            session.cancel();
        }

        @Override
        public boolean usable() {
            return lease.isCurrent() && session.usable();
        }

        @Override
        public void close() {
            session.close();
            lease.close();
        }
    }

    private void close(Stage<?, ?> stage) {
        try {
            stage.close();
        } catch (Exception | LinkageError e) {
            log.warn("closing {} of route {} failed", options.owner(), route, e);
        }
    }

    @Override
    public void close() {
        streams.values().forEach(this::close);
        streams.clear();
    }
}
