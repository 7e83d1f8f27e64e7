package dev.ganglion.it.bench;

import dev.ganglion.actuator.home.HomeActuator;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.camel.route.RouteContext;
import dev.ganglion.camel.route.RouteFiles;
import dev.ganglion.camel.word.Words;
import dev.ganglion.decider.slots.SlotsDecider;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.model.ModelStore;
import dev.ganglion.runtime.plugin.Plugins;
import dev.ganglion.runtime.report.Observer;
import dev.ganglion.runtime.wiring.Wiring;
import dev.ganglion.tokenizer.wordpiece.WordPieceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.impl.DefaultCamelContext;
import org.jspecify.annotations.Nullable;

/**
 * Text to action through the framework, without the container: a route file with the steps of
 * {@code routes/kitchen-commands}, whose sensor is {@link #handle}. One thread.
 */
final class RoutePipeline implements AutoCloseable {
    private static final String STREAM = "bench";
    private static final long DRAIN_LIMIT_MILLIS = 1000;

    private final Fed sensor = new Fed();
    private final ModelHost host;
    private final Words words;
    private final DefaultCamelContext camel;
    private final RouteFiles files;
    private long sequence;

    /**
     * Starts the route.
     *
     * @param models the folder of models
     * @param folder has {@code home.yaml} and {@code actions.yaml}; the route file is written there
     */
    RoutePipeline(Engine engine, Path models, String model, Path folder) throws Exception {
        Plugins plugins = new Plugins();
        plugins.add(sensor, STREAM);
        plugins.add(new WordPieceTokenizer(), STREAM);
        plugins.add(engine, STREAM);
        plugins.add(new SlotsDecider(), STREAM);
        plugins.add(new HomeActuator(), STREAM);
        host = new ModelHost(new ModelStore(models), plugins, DRAIN_LIMIT_MILLIS);
        words = new Words(plugins, host);
        camel = RouteContext.create(words, Map.of());
        camel.start();
        files = new RouteFiles(camel, words, new Wiring(plugins, host));
        Path route = folder.resolve("route.camel.yaml");
        Files.writeString(
                route,
                """
                - route:
                    id: bench
                    from:
                      uri: sense:fed
                      steps:
                        - to: encode:wordpiece
                        - to: infer:%s
                        - to: decide:slots?above=0.5
                        - to: act:home?home=home.yaml&actions=actions.yaml&print=none
                """
                        .formatted(model));
        files.load(route);
        List<RouteFiles.Status> status = files.status();
        if (status.get(0).state() != RouteFiles.State.RUNNING) {
            throw new IOException(status.get(0).sentence());
        }
    }

    /** Does what the text says. */
    void handle(CharSequence text) {
        Sensor.Sink sink = sensor.sink;
        if (sink == null) {
            throw new IllegalStateException("the route does not listen");
        }
        sink.put(new Sample<>(STREAM, sequence++, System.nanoTime(), text, true));
    }

    void add(Observer observer) {
        words.add(observer);
    }

    void remove(Observer observer) {
        words.remove(observer);
    }

    @Override
    public void close() {
        files.close();
        camel.stop();
        host.close();
    }

    private static final class Fed implements Sensor {
        private volatile @Nullable Sink sink;

        @Override
        public String name() {
            return "fed";
        }

        @Override
        public TensorSpec output(Options options) {
            return TensorSpec.TEXT;
        }

        @Override
        public AutoCloseable open(Options options, Sink newSink) {
            sink = newSink;
            return () -> sink = null;
        }
    }
}
