package dev.ganglion.camel.word;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.runtime.wiring.Wiring;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code sense:} at the head of a route: each sample becomes a message with the sample's value as
 * its body.
 */
final class SenseConsumer extends DefaultConsumer implements SensorState {
    private static final int QUEUE = 64;

    private final WordEndpoint endpoint;
    private final Sensor sensor;
    private @Nullable AutoCloseable running;
    private volatile @Nullable Queue queue;
    private volatile boolean caughtUp;
    private volatile boolean ended;

    SenseConsumer(WordEndpoint endpoint, Processor processor, Sensor sensor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.sensor = sensor;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        Options options = Wiring.pluginOptions(endpoint.step(), sensor.options());
        running = sensor.open(options, new RouteSink());
    }

    @Override
    protected void doStop() throws Exception {
        AutoCloseable open = running;
        running = null;
        if (open != null) {
            open.close();
        }
        Queue waiting = queue;
        if (waiting != null) {
            waiting.drain();
            queue = null;
        }
        super.doStop();
    }

    @Override
    public boolean caughtUp() {
        Queue waiting = queue;
        return (caughtUp || ended) && (waiting == null || waiting.idle());
    }

    @Override
    public boolean ended() {
        return ended && caughtUp();
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

    private final class RouteSink implements Sensor.Sink {
        @Override
        public void put(Sample<?> sample) {
            caughtUp = false;
            handle(sample);
        }

        @Override
        public boolean offer(Sample<?> sample) {
            caughtUp = false;
            Queue waiting = queue;
            if (waiting == null) {
                waiting = startQueue();
            }
            return waiting.offer(kept(sample));
        }

        private Queue startQueue() {
            synchronized (SenseConsumer.this) {
                Queue waiting = queue;
                if (waiting == null) {
                    waiting = new Queue(endpoint.route().id());
                    queue = waiting;
                    waiting.start();
                }
                return waiting;
            }
        }

        @Override
        public void failed(String stream, long sequence, GanglionException cause) {
            String route = endpoint.route().id();
            endpoint.words()
                    .observers()
                    .forEach(
                            observer ->
                                    observer.failed(
                                            route,
                                            stream,
                                            sequence,
                                            String.valueOf(cause.getMessage())));
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

    private static Sample<?> kept(Sample<?> sample) {
        return new Sample<>(
                sample.stream(),
                sample.sequence(),
                sample.capturedNanos(),
                kept(sample.value()),
                sample.last());
    }

    /** {@return a copy of a sample's value, which is the sensor's again once it was handed over} */
    static Object kept(Object value) {
        if (value instanceof Tensor tensor) {
            Tensor own = Tensor.allocate(tensor.type(), tensor.shape());
            own.bytes().put(0, tensor.bytes(), 0, tensor.bytes().capacity());
            return own;
        }
        return value.toString();
    }

    /** Between a sensor that cannot wait and the route. */
    private final class Queue extends Thread {
        private final Sample<String> end = new Sample<>("", 0, 0, "", true);
        private final BlockingQueue<Sample<?>> samples = new ArrayBlockingQueue<>(QUEUE);
        private final AtomicInteger pending = new AtomicInteger();

        Queue(String route) {
            super("sense " + route);
            setDaemon(true);
        }

        boolean offer(Sample<?> sample) {
            pending.incrementAndGet();
            boolean taken = samples.offer(sample);
            if (!taken) {
                pending.decrementAndGet();
            }
            return taken;
        }

        boolean idle() {
            return pending.get() == 0;
        }

        /** What was accepted is handled; whoever stops the route says how long that may take. */
        void drain() {
            try {
                samples.put(end);
                join();
            } catch (InterruptedException tooLong) {
                interrupt();
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void run() {
            try {
                for (Sample<?> next = samples.take(); next != end; next = samples.take()) {
                    try {
                        handle(next);
                    } finally {
                        pending.decrementAndGet();
                    }
                }
            } catch (InterruptedException stopped) {
                interrupt();
            }
        }
    }
}
