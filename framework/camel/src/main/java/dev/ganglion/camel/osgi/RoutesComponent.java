package dev.ganglion.camel.osgi;

import dev.ganglion.api.encode.Vocabulary;
import dev.ganglion.camel.route.RouteContext;
import dev.ganglion.camel.route.RouteFiles;
import dev.ganglion.camel.route.RouteFolder;
import dev.ganglion.camel.word.Words;
import dev.ganglion.runtime.model.Lease;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.plugin.Plugins;
import dev.ganglion.runtime.report.Observer;
import dev.ganglion.runtime.watch.FolderWatch;
import dev.ganglion.runtime.wiring.Wiring;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.util.tracker.BundleTracker;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Camel with the five words and the route files, as long as the runtime is there.
 *
 * <p>Framework properties: {@code ganglion.routes}, the folder of route files or one of them;
 * {@code ganglion.set}, the names of placeholders, joined by commas, and {@code
 * ganglion.set.<name>}, the value of each; {@code ganglion.silentLimitMillis}, how long a stream
 * may be silent within an utterance.
 *
 * <p>Services that cross to those who do not share our classes: a {@code Consumer<Map>} with the
 * property {@code ganglion.events} is told what happens; this component offers a {@code
 * Supplier<Map>} with {@code ganglion.command=status} and a {@code Function<String,
 * Function<String, int[]>>} with {@code ganglion.command=encode}.
 */
@Component(
        service = {},
        immediate = true)
public final class RoutesComponent {
    private static final Logger log = LoggerFactory.getLogger(RoutesComponent.class);
    private static final String EXTENSION = "Camel-Extension";
    private static final String COMMAND = "ganglion.command";
    private static final String SILENT_LIMIT_MILLIS = "600000";
    private static final long RETRY_SECONDS = 5;
    private static final long HOUSEKEEPING_SECONDS = 30;
    private static final long WATCH_MILLIS = 500;

    private final BundleContext context;
    private final Plugins plugins;
    private final ModelHost host;
    private final Words words;
    private final RouteFiles files;
    private final DefaultCamelContext camel;
    private final BundlesClassLoader loader;
    private final ScheduledExecutorService housekeeping;
    private final Map<String, String> placeholders = new LinkedHashMap<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private volatile boolean ready;

    /** Starts Camel and loads the routes. */
    @Activate
    public RoutesComponent(
            BundleContext context, @Reference Plugins plugins, @Reference ModelHost host)
            throws Exception {
        this.context = context;
        this.plugins = plugins;
        this.host = host;
        this.words = new Words(plugins, host);
        this.loader =
                new BundlesClassLoader(
                        List.of(FrameworkUtil.getBundle(CamelContext.class), context.getBundle()));
        this.housekeeping =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread thread = new Thread(task, "routes");
                            thread.setDaemon(true);
                            return thread;
                        });
        this.camel = new DefaultCamelContext(false);
        this.files = new RouteFiles(camel, words, new Wiring(plugins, host));
        for (String name : property("ganglion.set", "").split(",")) {
            placeholders.put(name, property("ganglion.set." + name, ""));
        }
        preload();
        trackObservers();
        start();
        offer();
        load();
        ready = true;
    }

    private String property(String name, String byDefault) {
        String value = context.getProperty(name);
        return value == null || value.isBlank() ? byDefault : value;
    }

    private void preload() {
        String routes = property("ganglion.routes", "");
        if (!routes.isEmpty()) {
            Thread thread = new Thread(new Preload(Path.of(routes), placeholders, host), "preload");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void start() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            camel.setApplicationContextClassLoader(loader);
            camel.getCamelContextExtension()
                    .addContextPlugin(
                            org.apache.camel.spi.FactoryFinderResolver.class,
                            ForgetfulFactoryFinder.resolver());
            RouteContext.configure(camel, words, placeholders);
            camel.start();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private void load() {
        BundleTracker<Bundle> extensions =
                new BundleTracker<>(context, Bundle.ACTIVE, null) {
                    @Override
                    public @Nullable Bundle addingBundle(
                            Bundle bundle, @Nullable BundleEvent event) {
                        if (bundle.getHeaders().get(EXTENSION) == null) {
                            return null;
                        }
                        loader.add(bundle);
                        extended();
                        return bundle;
                    }

                    @Override
                    public void removedBundle(
                            Bundle bundle, @Nullable BundleEvent event, Bundle tracked) {
                        loader.remove(tracked);
                        CamelExtensions.forget(camel, tracked);
                        retry();
                    }
                };
        extensions.open();
        opened.add(extensions::close);
        String routes = property("ganglion.routes", "");
        if (!routes.isEmpty()) {
            opened.add(new RouteFolder(Path.of(routes), files));
        }
        plugins.onChange(this::retry);
        opened.add(new FolderWatch(host.store().folder(), 3, WATCH_MILLIS, files::retry));
        long silentNanos =
                TimeUnit.MILLISECONDS.toNanos(
                        Long.parseLong(
                                property("ganglion.silentLimitMillis", SILENT_LIMIT_MILLIS)));
        // What does not answer yet, such as a broker, does not tell when it does.
        housekeeping.scheduleWithFixedDelay(
                files::retryWaiting, RETRY_SECONDS, RETRY_SECONDS, TimeUnit.SECONDS);
        housekeeping.scheduleWithFixedDelay(
                () -> words.closeSilent(silentNanos),
                HOUSEKEEPING_SECONDS,
                HOUSEKEEPING_SECONDS,
                TimeUnit.SECONDS);
    }

    private void extended() {
        CamelExtensions.loadConverters(camel, loader);
        retry();
    }

    /** Not on the thread that changed something: it may hold locks of the container. */
    private void retry() {
        if (ready) {
            housekeeping.execute(files::retry);
        }
    }

    private void trackObservers() throws InvalidSyntaxException {
        ServiceTracker<Object, Observer> observers =
                new ServiceTracker<>(
                        context,
                        context.createFilter(
                                "(|(objectClass="
                                        + Observer.class.getName()
                                        + ")(&(objectClass="
                                        + Consumer.class.getName()
                                        + ")(ganglion.events=true)))"),
                        null) {
                    @Override
                    @SuppressWarnings(
                            "unchecked") // the property promises that the consumer takes maps
                    public @Nullable Observer addingService(ServiceReference<Object> reference) {
                        Object service = context.getService(reference);
                        Observer observer =
                                service instanceof Observer known
                                        ? known
                                        : new EventBridge((Consumer<Map<String, Object>>) service);
                        words.add(observer);
                        return observer;
                    }

                    @Override
                    public void removedService(
                            ServiceReference<Object> reference, Observer observer) {
                        words.remove(observer);
                        context.ungetService(reference);
                    }
                };
        observers.open();
        opened.add(observers::close);
    }

    private void offer() {
        Supplier<Map<String, Object>> status = this::status;
        Function<String, Function<String, int[]>> encode = this::encoder;
        opened.add(offered(Supplier.class, status, "status")::unregister);
        opened.add(offered(Function.class, encode, "encode")::unregister);
    }

    private <S> ServiceRegistration<S> offered(Class<S> type, S service, String command) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(COMMAND, command);
        return context.registerService(type, service, properties);
    }

    private Map<String, Object> status() {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("ready", ready);
        status.put("routes", files.status().stream().map(RoutesComponent::file).toList());
        status.put("ended", ready && files.ended());
        status.put("caughtUp", ready && files.caughtUp());
        status.put(
                "plugins",
                plugins.entries().stream()
                        .map(
                                entry ->
                                        Map.<String, Object>of(
                                                "kind",
                                                entry.kind(),
                                                "name",
                                                entry.name(),
                                                "source",
                                                entry.source()))
                        .toList());
        status.put("problems", plugins.problems());
        status.put("models", host.store().list().stream().map(Object::toString).toList());
        status.put("modelsFolder", host.store().folder().toString());
        status.put(
                "serving",
                host.serving().stream()
                        .map(
                                model ->
                                        Map.<String, Object>of(
                                                "model", model.id().toString(),
                                                "engine", model.engine(),
                                                "leases", model.leases(),
                                                "mappedBytes", model.mappedBytes(),
                                                "allocatedBytes", model.allocatedBytes()))
                        .toList());
        return status;
    }

    private static Map<String, Object> file(RouteFiles.Status file) {
        return Map.of(
                "file", file.file().toString(),
                "state", file.state().name().toLowerCase(java.util.Locale.ROOT),
                "sentence", file.sentence(),
                "routes", file.routes());
    }

    private Function<String, int[]> encoder(String model) {
        Lease lease = host.lease(model, "encode");
        Vocabulary vocabulary = lease.vocabulary(lease.source().tokenizer());
        var stage = vocabulary.encoder(0, false);
        return text -> {
            int[][] ids = new int[1][];
            stage.push(text, tokens -> ids[0] = tokens.ids());
            stage.flush(tokens -> ids[0] = tokens.ids());
            return ids[0];
        };
    }

    /** Stops the routes, then Camel; what was opened first is closed last. */
    @Deactivate
    public void deactivate() {
        ready = false;
        housekeeping.shutdownNow();
        for (int i = opened.size() - 1; i >= 0; i--) {
            try {
                opened.get(i).close();
            } catch (Exception e) {
                log.warn("stopping the routes: {}", e.toString());
            }
        }
        files.close();
        camel.stop();
    }
}
