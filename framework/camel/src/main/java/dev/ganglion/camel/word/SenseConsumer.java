package dev.ganglion.camel.word;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.encode.Segmenter;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.runtime.wiring.RouteStep;
import dev.ganglion.runtime.wiring.StepOptions;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code sense:} at the head of a route: each sample becomes a message with the sample's value as
 * its body. Where a segmenter follows, the samples of the utterances that it finds do.
 */
final class SenseConsumer extends DefaultConsumer implements SensorState {
    private final WordEndpoint endpoint;
    private final Sensor sensor;
    private @Nullable PlugInUse<Segmenter, Segmentation> segmentation;
    private @Nullable AutoCloseable running;
    private volatile @Nullable SampleThreads threads;
    private volatile boolean caughtUp;
    private volatile boolean ended;
    private volatile String away = "";

    SenseConsumer(WordEndpoint endpoint, Processor processor, Sensor sensor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.sensor = sensor;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        RouteStep segmenting = endpoint.route().segmenter();
        if (segmenting != null) {
            PlugInUse<Segmenter, Segmentation> use =
                    new PlugInUse<>(
                            endpoint,
                            segmenting,
                            Segmenter.class,
                            segmenter ->
                                    new Segmentation(
                                            endpoint.route().id(),
                                            segmenter,
                                            endpoint.options(segmenting, segmenter.options()),
                                            endpoint.words().host()));
            use.open();
            segmentation = use;
        }
        Options options = endpoint.options(endpoint.step(), sensor.options());
        running = sensor.open(options, new RouteSink());
    }

    @Override
    protected void doStop() throws Exception {
        AutoCloseable open = running;
        running = null;
        if (open != null) {
            open.close();
        }
        SampleThreads waiting = threads;
        if (waiting != null) {
            waiting.drain();
            threads = null;
        }
        PlugInUse<Segmenter, Segmentation> use = segmentation;
        segmentation = null;
        if (use != null) {
            use.close();
        }
        super.doStop();
    }

    @Override
    public boolean caughtUp() {
        SampleThreads waiting = threads;
        return (caughtUp || ended) && (waiting == null || waiting.idle());
    }

    @Override
    public boolean ended() {
        return ended && caughtUp();
    }

    @Override
    public String away() {
        return away;
    }

    private void away(String sentence) {
        if (!away.equals(sentence)) {
            away = sentence;
            String state = sentence.isEmpty() ? "running" : "waiting";
            endpoint.words()
                    .observers()
                    .forEach(
                            observer ->
                                    observer.routeChanged(
                                            "route " + endpoint.route().id(), state, sentence));
        }
    }

    /** Has a sample handled, whole or cut into utterances. */
    private void take(Sample<?> sample) {
        PlugInUse<Segmenter, Segmentation> use = segmentation;
        if (use == null) {
            handle(sample);
            return;
        }
        try {
            use.get().push(sample, this::handle);
        } catch (RuntimeException | LinkageError e) {
            failed(sample.stream(), sample.sequence(), Sentences.of(e));
        }
    }

    private void handle(Sample<?> sample) {
        Exchange exchange = createExchange(false);
        exchange.getMessage().setBody(sample.value());
        Flow.begin(exchange, endpoint, sample);
        try {
            getProcessor().process(exchange);
        } catch (Exception e) {
            getExceptionHandler().handleException(e);
        } finally {
            releaseExchange(exchange, false);
        }
    }

    private void failed(String stream, long sequence, String sentence) {
        String route = endpoint.route().id();
        endpoint.words()
                .observers()
                .forEach(observer -> observer.failed(route, stream, sequence, sentence));
    }

    private final class RouteSink implements Sensor.Sink {
        @Override
        public void put(Sample<?> sample) {
            caughtUp = false;
            away("");
            take(sample);
        }

        @Override
        public boolean offer(Sample<?> sample) {
            caughtUp = false;
            away("");
            SampleThreads waiting = threads;
            return (waiting == null ? startThreads() : waiting).offer(sample);
        }

        private SampleThreads startThreads() {
            synchronized (SenseConsumer.this) {
                SampleThreads waiting = threads;
                if (waiting == null) {
                    waiting =
                            new SampleThreads(
                                    endpoint.route().id(),
                                    StepOptions.own(endpoint.step()),
                                    SenseConsumer.this::take,
                                    endpoint.words().observers());
                    threads = waiting;
                }
                return waiting;
            }
        }

        @Override
        public void failed(String stream, long sequence, GanglionException cause) {
            SenseConsumer.this.failed(stream, sequence, String.valueOf(cause.getMessage()));
        }

        @Override
        public void away(String sentence) {
            SenseConsumer.this.away(sentence);
        }

        @Override
        public void caughtUp() {
            caughtUp = true;
        }

        @Override
        public void ended() {
            caughtUp = true;
            ended = true;
        }
    }
}
