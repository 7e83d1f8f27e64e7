package dev.ganglion.camel.osgi;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.encode.Vocabulary;
import dev.ganglion.camel.route.RouteContext;
import dev.ganglion.camel.route.RouteFiles;
import dev.ganglion.camel.route.RouteFolder;
import dev.ganglion.camel.route.WhySlow;
import dev.ganglion.camel.word.Replay;
import dev.ganglion.camel.word.Words;
import dev.ganglion.runtime.act.AuditLog;
import dev.ganglion.runtime.act.EnvelopeCommands;
import dev.ganglion.runtime.act.Envelopes;
import dev.ganglion.runtime.cascade.PeerRules;
import dev.ganglion.runtime.model.Lease;
import dev.ganglion.runtime.model.ModelCommands;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.plugin.Plugins;
import dev.ganglion.runtime.record.Recorder;
import dev.ganglion.runtime.record.Recording;
import dev.ganglion.runtime.report.Observer;
import dev.ganglion.runtime.report.Slowest;
import dev.ganglion.runtime.report.Statistics;
import dev.ganglion.runtime.watch.FolderWatch;
import dev.ganglion.runtime.wiring.Wiring;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.startlevel.FrameworkStartLevel;
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
 * may be silent within an utterance; {@code ganglion.waitingMessages} and {@code
 * ganglion.waitingMillis}, how many messages may wait for a plug-in that is gone, and how long;
 * {@code ganglion.record}, the file into which the first route is recorded, and {@code
 * ganglion.recordMegabytes}, how large a recording may become; {@code ganglion.replay}, a recording
 * that is replayed in the place of what its route begins with, {@code ganglion.replay.act}, whether
 * devices are asked, and {@code ganglion.replay.changed}, whether the route may be another; {@code
 * ganglion.level.routes}, the start level from which on routes are loaded (default: at once).
 *
 * <p>Services that cross to those who do not share our classes: a {@code Consumer<Map>} with the
 * property {@code ganglion.events} is told what happens; this component offers a {@code
 * Supplier<Map>} with {@code ganglion.command=status}, a {@code Function<Map, Map>} with {@code
 * ganglion.command=control}, and a {@code Function<String, Function<String, int[]>>} with {@code
 * ganglion.command=encode}.
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
    private static final long STOP_SECONDS = 10;

    private final BundleContext context;
    private final Plugins plugins;
    private final ModelHost host;
    private final Words words;
    private final Statistics statistics = new Statistics();
    private final Slowest slowest = new Slowest();
    private final ScheduledExecutorService housekeeping;
    private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();
    private volatile @Nullable RouteFiles files;
    private volatile String problem = "";
    private volatile boolean ready;

    /** Offers the services, and loads the routes when the time has come. */
    @Activate
    public RoutesComponent(
            BundleContext context, @Reference Plugins plugins, @Reference ModelHost host)
            throws Exception {
        this.context = context;
        this.plugins = plugins;
        this.host = host;
        this.words =
                new Words(
                        plugins,
                        host,
                        Integer.parseInt(
                                property("ganglion.waitingMessages", "" + Words.WAITING_MESSAGES)),
                        Long.parseLong(
                                property("ganglion.waitingMillis", "" + Words.WAITING_MILLIS)));
        this.housekeeping =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread thread = new Thread(task, "routes");
                            thread.setDaemon(true);
                            return thread;
                        });
        words.peerRules(Path.of(property("ganglion.etc", "etc")).resolve(PeerRules.FILE));
        words.add(statistics);
        words.add(slowest);
        trackObservers();
        offer();
        followStartLevels();
    }

    /**
     * Models are loaded as soon as their plug-ins are there, on a thread beside, and the routes
     * once everything is: a route should not wait for what comes in a moment.
     */
    private void followStartLevels() {
        int routeLevel = Integer.parseInt(property("ganglion.level.routes", "0"));
        FrameworkStartLevel levels =
                context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION)
                        .adapt(FrameworkStartLevel.class);
        Preload preload =
                new Preload(() -> property("ganglion.routes", ""), this::placeholders, host);
        Thread thread = new Thread(preload, "preload");
        thread.setDaemon(true);
        thread.start();
        plugins.onChange(() -> preload.look(false));
        AtomicBoolean loaded = new AtomicBoolean();
        FrameworkListener listener =
                event -> {
                    int level = levels.getStartLevel();
                    if (level >= routeLevel && loaded.compareAndSet(false, true)) {
                        preload.look(true);
                        housekeeping.execute(this::load);
                    }
                };
        context.addFrameworkListener(listener);
        opened.add(() -> context.removeFrameworkListener(listener));
        // The plug-ins stop before this bundle: routes that ran on would wait for them.
        SynchronousBundleListener whole =
                event -> {
                    if (event.getType() == BundleEvent.STOPPING
                            && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
                        deactivate();
                    }
                };
        context.addBundleListener(whole);
        opened.add(() -> context.removeBundleListener(whole));
        listener.frameworkEvent(
                new FrameworkEvent(FrameworkEvent.STARTLEVEL_CHANGED, context.getBundle(), null));
    }

    private String property(String name, String byDefault) {
        String value = context.getProperty(name);
        return value == null || value.isBlank() ? byDefault : value;
    }

    private Map<String, String> placeholders() {
        Map<String, String> placeholders = new LinkedHashMap<>();
        for (String name : property("ganglion.set", "").split(",")) {
            placeholders.put(name, property("ganglion.set." + name, ""));
        }
        return placeholders;
    }

    private void load() {
        try {
            StartedCamel started = StartedCamel.take(context);
            opened.add(started.context()::stop);
            RouteContext.add(started.context(), words, placeholders());
            RouteFiles routes = new RouteFiles(started.context(), words, new Wiring(plugins, host));
            opened.add(routes::close);
            trackExtensions(started, routes);
            // Before the first look, so that what changes meanwhile is seen by one of them.
            long seen = plugins.generation();
            keepHouse(routes);
            record();
            openEnvelopes();
            String folder = property("ganglion.routes", "");
            if (!folder.isEmpty()) {
                opened.add(new RouteFolder(Path.of(folder), routes));
            }
            files = routes;
            ready = true;
            if (plugins.generation() != seen) {
                retry(routes);
            }
        } catch (RuntimeException | LinkageError e) {
            if (housekeeping.isShutdown()) {
                return; // the container ended before the routes began
            }
            if (e instanceof GanglionException) {
                problem = String.valueOf(e.getMessage());
                log.debug("the recording is refused", e);
            } else {
                problem = "no route runs, because Camel failed: " + e.getMessage();
                log.error(problem, e);
            }
        }
        ready = true;
    }

    /** Records the first route, or replays a recording in the place of what it begins with. */
    private void record() {
        String file = property("ganglion.record", "");
        if (!file.isEmpty()) {
            words.recordings().first(Path.of(file));
        }
        words.recordings()
                .limitMegabytes(
                        Long.parseLong(
                                property(
                                        "ganglion.recordMegabytes",
                                        "" + Recorder.LIMIT_MEGABYTES)));
        String replayed = property("ganglion.replay", "");
        if (!replayed.isEmpty()) {
            words.replay(
                    new Replay(
                            Recording.read(Path.of(replayed)),
                            Boolean.parseBoolean(property("ganglion.replay.act", "")),
                            Boolean.parseBoolean(property("ganglion.replay.changed", ""))));
        }
    }

    /** The devices' limits are there before any route, and go after the last one. */
    private void openEnvelopes() {
        String home = property("ganglion.home", "");
        String var = property("ganglion.var", "");
        if (home.isEmpty() || var.isEmpty()) {
            return;
        }
        Replay replay = words.replay();
        boolean dry = replay != null && !replay.acts();
        Path etc = Path.of(property("ganglion.etc", Path.of(home, "etc").toString()));
        Envelopes envelopes =
                new Envelopes(
                        etc.resolve("envelope.yaml"),
                        dry
                                ? AuditLog.none()
                                : AuditLog.in(Path.of(var, "audit"), Clock.systemUTC()),
                        replay == null ? Clock.systemDefaultZone() : replay.clock());
        opened.add(0, envelopes);
        words.envelopes(envelopes);
    }

    private void trackExtensions(StartedCamel started, RouteFiles routes) {
        BundleTracker<Bundle> extensions =
                new BundleTracker<>(context, Bundle.ACTIVE, null) {
                    @Override
                    public @Nullable Bundle addingBundle(
                            Bundle bundle, @Nullable BundleEvent event) {
                        if (bundle.getHeaders().get(EXTENSION) == null) {
                            return null;
                        }
                        started.loader().add(bundle);
                        CamelExtensions.loadConverters(started.context(), started.loader());
                        retry(routes);
                        return bundle;
                    }

                    @Override
                    public void removedBundle(
                            Bundle bundle, @Nullable BundleEvent event, Bundle tracked) {
                        started.loader().remove(tracked);
                        CamelExtensions.forget(started.context(), tracked);
                        retry(routes);
                    }
                };
        extensions.open();
        opened.add(extensions::close);
    }

    private void keepHouse(RouteFiles routes) {
        plugins.onChange(() -> retry(routes));
        opened.add(
                new FolderWatch(
                        host.store().folder(),
                        3,
                        WATCH_MILLIS,
                        () -> {
                            host.lookAgain();
                            routes.retry();
                        }));
        long silentNanos =
                TimeUnit.MILLISECONDS.toNanos(
                        Long.parseLong(
                                property("ganglion.silentLimitMillis", SILENT_LIMIT_MILLIS)));
        // What does not answer yet, such as a broker, does not tell when it does.
        housekeeping.scheduleWithFixedDelay(
                routes::retryWaiting, RETRY_SECONDS, RETRY_SECONDS, TimeUnit.SECONDS);
        housekeeping.scheduleWithFixedDelay(
                () -> count(routes),
                Statistics.WINDOW_MILLIS,
                Statistics.WINDOW_MILLIS,
                TimeUnit.MILLISECONDS);
        housekeeping.scheduleWithFixedDelay(
                () -> words.closeSilent(silentNanos),
                HOUSEKEEPING_SECONDS,
                HOUSEKEEPING_SECONDS,
                TimeUnit.SECONDS);
    }

    private void count(RouteFiles routes) {
        List<String> running =
                routes.status().stream().flatMap(file -> file.routes().stream()).toList();
        statistics.keepOnly(running);
        slowest.keepOnly(running);
        statistics.roll();
    }

    /** Not on the thread that changed something: it may hold locks of the container. */
    private void retry(RouteFiles routes) {
        if (ready) {
            housekeeping.execute(routes::retry);
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
        Control control =
                new Control(
                        plugins,
                        new ModelCommands(host),
                        statistics,
                        new WhySlow(words, host, statistics, slowest),
                        this::routeFiles,
                        () -> problem.isEmpty() ? words.envelopes().problem() : problem);
        control.add("record", words.recordings()::answer);
        for (String command : EnvelopeCommands.COMMANDS) {
            control.add(command, request -> new EnvelopeCommands(words.envelopes()).apply(request));
        }
        opened.add(offered(Function.class, control, "control")::unregister);
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
        RouteFiles routes = files;
        status.put("routes", routeFiles().stream().map(RoutesComponent::file).toList());
        status.put("ended", routes != null && routes.ended());
        status.put("caughtUp", routes != null && routes.caughtUp());
        Replay replay = words.replay();
        if (replay != null) {
            status.put("replay", replay.status());
        }
        status.put("problem", problem);
        status.put("models", host.store().list().stream().map(Object::toString).toList());
        status.put("modelsFolder", host.store().folder().toString());
        return status;
    }

    private List<RouteFiles.Status> routeFiles() {
        RouteFiles routes = files;
        return routes == null ? List.of() : routes.status();
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
    public synchronized void deactivate() {
        ready = false;
        RouteFiles routes = files;
        if (routes != null && routes.ended()) {
            words.cameToEnd();
        }
        housekeeping.shutdownNow();
        try {
            housekeeping.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (int i = opened.size() - 1; i >= 0; i--) {
            try {
                opened.get(i).close();
            } catch (Exception e) {
                log.warn("stopping the routes: {}", e.toString());
            }
        }
        opened.clear();
    }
}
