package dev.ganglion.camel.word;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.encode.Segmenter;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.runtime.record.Recorder;
import dev.ganglion.runtime.record.Recording;
import dev.ganglion.runtime.report.Observer;
import dev.ganglion.runtime.wiring.RouteStep;
import dev.ganglion.runtime.wiring.StepOptions;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code sense:} at the head of a route: each sample becomes a message with the sample's value as
 * its body. Where a segmenter follows, the samples of the utterances that it finds do.
 */
final class SenseConsumer extends DefaultConsumer implements SensorState {
    private static final long LOOK_NANOS = 20_000;

    private final WordEndpoint endpoint;
    private final Sensor sensor;
    private @Nullable PlugInUse<Segmenter, Segmentation> segmentation;
    private @Nullable AutoCloseable running;

    /** Who follows the messages of the sample that a thread puts. */
    private final ThreadLocal<@Nullable Asked> asking = new ThreadLocal<>();

    /** Whether this sensor asks at all: most do not, and need not look. */
    private volatile boolean asked;

    private volatile @Nullable SampleThreads threads;
    private final RouteRecording recording;
    private volatile boolean caughtUp;
    private volatile boolean ended;
    private volatile String away = "";

    SenseConsumer(WordEndpoint endpoint, Processor processor, Sensor sensor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.sensor = sensor;
        this.recording = endpoint.route().recording();
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
                                                    endpoint.options(
                                                            segmenting, segmenter.options()),
                                                    endpoint.words().host())
                                            .tried());
            use.open();
            segmentation = use;
        }
        Options options = endpoint.options(endpoint.step(), sensor.options());
        Options own = StepOptions.own(endpoint.step());
        recording.begins(sensor.output(options));
        endpoint.words()
                .recordings()
                .begin(endpoint.route().id(), own.has("record") ? own.path("record") : null);
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

    /** Takes a sample up. */
    private void take(Sample<?> sample, @Nullable Gathering gathering) {
        Recorder recorder = recording.open();
        Taken taken =
                recorder == null
                        ? null
                        : Taken.now(
                                recorder,
                                sample.stream(),
                                sample.sequence(),
                                sample.capturedNanos(),
                                sample.last(),
                                sample.value());
        if (gathering != null) {
            Gathered gathered = new Gathered(gathering, sample, taken);
            try {
                take(sample, taken, gathered);
            } finally {
                gathered.done();
            }
            return;
        }
        try {
            take(sample, taken, null);
        } finally {
            handled(sample.capturedNanos(), taken);
        }
    }

    private void handled(long capturedNanos, @Nullable Taken taken) {
        if (taken != null) {
            taken.release();
        }
        long totalNanos = System.nanoTime() - capturedNanos;
        for (Observer observer : endpoint.words().observers()) {
            observer.handled(endpoint.route().id(), totalNanos);
        }
    }

    /** Has a sample handled, whole or cut into utterances. */
    private void take(Sample<?> sample, @Nullable Taken taken, @Nullable Gathered gathered) {
        PlugInUse<Segmenter, Segmentation> use = segmentation;
        if (use == null) {
            handle(sample, taken, gathered);
            return;
        }
        try {
            use.get()
                    .push(
                            sample,
                            taken == null && gathered == null
                                    ? this::handle
                                    : found -> handle(found, taken, gathered));
        } catch (RuntimeException | LinkageError e) {
            String sentence = Sentences.of(e);
            failed(sample.stream(), sample.sequence(), sentence);
            if (taken != null) {
                taken.failed(sentence);
            }
            Asked about = asked ? asking.get() : null;
            if (about != null) {
                about.failure = sentence;
            }
        }
    }

    private void handle(Sample<?> sample) {
        handle(sample, null, null);
    }

    private void handle(Sample<?> sample, @Nullable Taken taken, @Nullable Gathered gathered) {
        Exchange exchange = createExchange(false);
        exchange.getMessage().setBody(sample.value());
        Asked about = asked ? asking.get() : null;
        if (about != null) {
            about.taken = true;
            exchange.setProperty(Followers.PROPERTY, about.follower);
        }
        Flow.begin(exchange, endpoint, sample, taken);
        if (gathered == null) {
            process(exchange);
        } else {
            gathered.process(exchange, sample.stream());
        }
    }

    /** A sample whose messages may stand for others; it is handled when all of them have ended. */
    private final class Gathered {
        private final Gathering gathering;
        private final long capturedNanos;
        private final @Nullable Taken taken;
        private int open = 1;

        Gathered(Gathering gathering, Sample<?> sample, @Nullable Taken taken) {
            this.gathering = gathering;
            this.capturedNanos = sample.capturedNanos();
            this.taken = taken;
        }

        void process(Exchange exchange, String stream) {
            open++;
            gathering.process(
                    getAsyncProcessor(),
                    exchange,
                    stream,
                    () -> {
                        releaseExchange(exchange, false);
                        done();
                    },
                    getExceptionHandler());
        }

        void done() {
            if (--open == 0) {
                handled(capturedNanos, taken);
            }
        }
    }

    private void process(Exchange exchange) {
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

    /** A follower, and whether one of the sample's messages has taken it up. */
    private static final class Asked {
        private final Sensor.Follower follower;
        private boolean taken;
        private String failure = "";

        Asked(Sensor.Follower follower) {
            this.follower = follower;
        }
    }

    private final class RouteSink implements ReplaySensor.Sink {
        @Override
        public void play(Recording.Input input, Taken taken) throws InterruptedException {
            String stream = input.stream();
            Object value = input.value();
            if (stream == null || value == null) {
                // It came from a Camel component, whose messages get their flow at the first word.
                Exchange exchange = createExchange(false);
                exchange.getMessage().setBody(value);
                exchange.setProperty(Taken.PROPERTY, taken);
                process(exchange);
            } else {
                take(
                        new Sample<>(
                                stream,
                                input.sequence(),
                                taken.capturedNanos(),
                                value,
                                input.last()),
                        taken,
                        null);
            }
            while (!endpoint.words().quiet(endpoint.getCamelContext())) {
                LockSupport.parkNanos(LOOK_NANOS);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }

        @Override
        public void put(Sample<?> sample) {
            caughtUp = false;
            away("");
            take(sample, null);
        }

        @Override
        public void ask(Sample<?> sample, Sensor.Follower follower) {
            asked = true;
            Asked about = new Asked(follower);
            asking.set(about);
            try {
                put(sample);
            } finally {
                asking.remove();
                if (!about.taken) {
                    follower.ended(about.failure);
                }
            }
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
                                    endpoint.route(),
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
