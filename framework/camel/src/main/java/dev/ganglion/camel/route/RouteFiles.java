package dev.ganglion.camel.route;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.camel.word.Replay;
import dev.ganglion.camel.word.SensorState;
import dev.ganglion.camel.word.Sentences;
import dev.ganglion.camel.word.Words;
import dev.ganglion.runtime.wiring.Wiring;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The route files that are deployed. Each file is for itself: one that waits or is broken keeps no
 * other from running.
 *
 * <p>A file is read and checked before anything of its former version is touched. What cannot be
 * known before the start (a port that is in use) leads to the former version being started again.
 * All methods are serialised by one lock that no message ever takes.
 */
public final class RouteFiles implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RouteFiles.class);

    private static final long HUSH_NANOS = 10_000_000_000L;
    private static final long LOOK_NANOS = 2_000_000;
    private static final int QUIET_LOOKS = 10;

    /** How a file is. */
    public enum State {
        /** Its routes run. */
        RUNNING,
        /** Something that it needs is not there. */
        WAITING,
        /** It cannot run as it is written. */
        BROKEN
    }

    /**
     * A file, for people.
     *
     * @param file the file
     * @param state how it is
     * @param sentence what it waits for or what is wrong, empty when it runs
     * @param routes the ids of the routes that run, of its last good version if it is broken
     */
    public record Status(Path file, State state, String sentence, List<String> routes) {}

    private static final class Deployed {
        State state = State.WAITING;
        String sentence = "";
        String good = "";
        List<String> routes = List.of();
        Set<Endpoint> endpoints = Set.of();

        /** Its routes run, and their messages wait for a plug-in that is gone. */
        boolean held;
    }

    private final CamelContext camel;
    private final Words words;
    private final Wiring wiring;
    private final Map<Path, Deployed> files = new LinkedHashMap<>();

    /** Over a context that was started. */
    public RouteFiles(CamelContext camel, Words words, Wiring wiring) {
        this.camel = camel;
        this.words = words;
        this.wiring = wiring;
    }

    /** Loads a file, or loads it anew. Whatever is wrong ends up in its {@link #status}. */
    public synchronized void load(Path file) {
        Deployed deployed = files.computeIfAbsent(file, any -> new Deployed());
        deployed.held = false;
        String content;
        try {
            content = Files.readString(file);
        } catch (IOException e) {
            change(
                    file,
                    deployed,
                    State.BROKEN,
                    file
                            + " cannot be read ("
                            + e
                            + "); it must be a text file in UTF-8 that the"
                            + " user of this process may read"
                            + lastGood(deployed));
            return;
        }
        RouteSource source = null;
        try {
            source = parse(file, content);
            refuseForeignIds(file, source);
            String missing = source.missing(wiring);
            if (missing != null) {
                boolean edited = !content.equals(deployed.good);
                if (!edited || stopping(file, deployed) != null) {
                    stop(deployed);
                }
                change(
                        file,
                        deployed,
                        State.WAITING,
                        file + " waits for " + missing + lastGood(deployed));
                return;
            }
            Replay replay = words.replay();
            if (replay != null) {
                replay.check(source.header(source.replayed(), words));
            }
            source.check(wiring);
            source.watchHeads(words);
            start(file, deployed, source);
        } catch (Exception | LinkageError e) {
            log.debug("{} is broken", file, e);
            if (source != null) {
                forget(source.endpoints());
            }
            boolean later = mayPass(e);
            change(
                    file,
                    deployed,
                    later ? State.WAITING : State.BROKEN,
                    located(file, source, e)
                            + (later ? " (it is tried again every few seconds)" : "")
                            + lastGood(deployed));
        }
    }

    private RouteSource parse(Path file, String content) {
        RouteSource source = RouteSource.parse(camel, file, content);
        Replay replay = words.replay();
        if (replay != null) {
            source.replay(replay);
        }
        return source;
    }

    /** Whether the same file may run later without being mended: something does not answer yet. */
    private static boolean mayPass(Throwable thrown) {
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            if (each instanceof GanglionException known) {
                return known.kind() == Kind.RETRY;
            }
            if (each instanceof ConnectException) {
                return true;
            }
        }
        return false;
    }

    private static String lastGood(Deployed deployed) {
        return deployed.routes.isEmpty() ? "" : " (its last good version runs on)";
    }

    private static String located(Path file, @Nullable RouteSource source, Throwable e) {
        String sentence = Sentences.of(e);
        return sentence.startsWith(file.toString())
                ? sentence
                : (source == null ? file.toString() : source.at(sentence)) + ": " + sentence;
    }

    private void refuseForeignIds(Path file, RouteSource source) {
        files.forEach(
                (other, deployed) -> {
                    for (String id : source.ids()) {
                        if (!other.equals(file) && deployed.routes.contains(id)) {
                            throw new GanglionException(
                                    Kind.SETUP,
                                    file
                                            + ": a route '"
                                            + id
                                            + "' runs already, from "
                                            + other
                                            + "; give one of them another id");
                        }
                    }
                });
    }

    private void start(Path file, Deployed deployed, RouteSource source) throws Exception {
        String before = deployed.good;
        List<String> idsBefore = deployed.routes;
        Set<Endpoint> endpointsBefore = deployed.endpoints;
        idsBefore.forEach(words::replacing);
        stopRoutes(deployed);
        try {
            add(deployed, source);
        } catch (Exception | LinkageError e) {
            source.ids().forEach(words::replacing);
            remove(source.ids());
            try {
                if (!idsBefore.isEmpty()) {
                    RouteSource former = parse(file, before);
                    former.check(wiring);
                    former.watchHeads(words);
                    add(deployed, former);
                }
            } catch (Exception | LinkageError alsoFormer) {
                remove(idsBefore);
                deployed.endpoints = Set.of();
                e.addSuppressed(alsoFormer);
            }
            if (Sentences.isBusyPort(e)) {
                throw new GanglionException(
                        Kind.SETUP,
                        file
                                + ": the port of "
                                + source.listening()
                                + " is in use by another program; choose another port or stop that"
                                + " program",
                        e);
            }
            throw e;
        } finally {
            forget(endpointsBefore);
        }
        deployed.good = source.content();
        change(file, deployed, State.RUNNING, "");
        if (!source.ids().containsAll(idsBefore)) {
            retry();
        }
    }

    private void add(Deployed deployed, RouteSource source) throws Exception {
        for (String id : source.ids()) {
            words.openRoute(
                    id, source.folder(), source.segmenter(id), () -> source.header(id, words));
        }
        camel.addRoutes(source.builder());
        deployed.routes = source.ids();
        deployed.endpoints = source.endpoints();
    }

    /** Removes a file's routes; messages that are under way come to their ends. */
    public synchronized void remove(Path file) {
        Deployed deployed = files.remove(file);
        if (deployed != null) {
            stop(deployed);
            tell(file, "removed", "");
            retry(); // another file may have waited for its ids
        }
    }

    private void stop(Deployed deployed) {
        stopRoutes(deployed);
        Set<Endpoint> endpoints = deployed.endpoints;
        deployed.endpoints = Set.of();
        forget(endpoints);
    }

    private void stopRoutes(Deployed deployed) {
        remove(deployed.routes);
        deployed.routes = List.of();
    }

    /**
     * Removes routes, those that are fed from outside first: what they gave to the others is still
     * handled.
     */
    private void remove(List<String> ids) {
        List<String> order = new ArrayList<>(ids);
        order.sort(Comparator.comparing(id -> isInternal(camel.getRoute(id))));
        for (String id : order) {
            words.endWaiting(id);
            try {
                hush(id);
                camel.getRouteController().stopRoute(id);
                camel.removeRoute(id);
            } catch (Exception e) {
                log.warn("route {} did not stop cleanly ({})", id, Sentences.of(e));
            }
            forget(
                    camel.getEndpoints().stream()
                            .filter(endpoint -> Words.belongsTo(endpoint, id))
                            .toList());
            words.closeRoute(id);
        }
    }

    /**
     * Has {@code direct:} callers wait for the next version and lets what they gave come to its
     * end. Camel would go on taking messages while it stops such a route, and fail the last of
     * them.
     */
    private void hush(String id) {
        Route route = camel.getRoute(id);
        if (route == null
                || !route.getEndpoint().getEndpointUri().startsWith("direct:")
                || !(route.getConsumer() instanceof DefaultConsumer consumer)) {
            return;
        }
        consumer.suspend();
        long endNanos = System.nanoTime() + HUSH_NANOS;
        // More than once: a caller that has found the consumer is not counted for a moment.
        for (int quiet = 0; quiet < QUIET_LOOKS && System.nanoTime() < endNanos; ) {
            quiet = camel.getInflightRepository().size(id) == 0 ? quiet + 1 : 0;
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /**
     * Removes addresses that neither a file nor a route uses; left in the registry they would pile
     * up with each version of a file.
     */
    private void forget(Collection<Endpoint> endpoints) {
        for (Endpoint endpoint : endpoints) {
            boolean used =
                    files.values().stream().anyMatch(file -> file.endpoints.contains(endpoint))
                            || camel.getRoutes().stream()
                                    .anyMatch(route -> route.getEndpoint() == endpoint);
            if (!used) {
                try {
                    camel.removeEndpoint(endpoint);
                } catch (Exception e) {
                    log.warn(
                            "address {} was not removed ({})",
                            endpoint.getEndpointUri(),
                            Sentences.of(e));
                }
            }
        }
    }

    /** Tries the files again that do not run: something came, went or changed. */
    public synchronized void retry() {
        for (Path file : List.copyOf(files.keySet())) {
            Deployed deployed = files.get(file);
            if (deployed == null) {
                continue;
            }
            if (!deployed.routes.isEmpty() && stopping(file, deployed) != null) {
                stop(deployed);
                load(file);
            } else if (deployed.held || deployed.state == State.RUNNING) {
                hold(file, deployed);
            } else {
                load(file);
            }
        }
    }

    /** Says that messages wait for a plug-in that is gone, or wait no more. */
    private void hold(Path file, Deployed deployed) {
        String missing = parse(file, deployed.good).missing(wiring);
        if (missing != null) {
            deployed.held = true;
            change(
                    file,
                    deployed,
                    State.WAITING,
                    file + " waits for " + missing + " (its messages wait with it)");
        } else if (deployed.held) {
            deployed.held = false;
            change(file, deployed, State.RUNNING, "");
        }
    }

    /**
     * Tries the files again that wait and of which nothing runs: what they wait for may tell nobody
     * that it came.
     */
    public synchronized void retryWaiting() {
        for (Path file : List.copyOf(files.keySet())) {
            Deployed deployed = files.get(file);
            if (deployed != null && deployed.state == State.WAITING && deployed.routes.isEmpty()) {
                load(file);
            }
        }
    }

    private @Nullable String stopping(Path file, Deployed deployed) {
        try {
            return parse(file, deployed.good).stopping(wiring);
        } catch (Exception e) {
            return Sentences.of(e);
        }
    }

    private void change(Path file, Deployed deployed, State state, String sentence) {
        boolean news = deployed.state != state || !deployed.sentence.equals(sentence);
        deployed.state = state;
        deployed.sentence = sentence;
        if (news || state == State.RUNNING) {
            switch (state) {
                case RUNNING -> log.info("{} runs: {}", file, String.join(", ", deployed.routes));
                case WAITING -> log.info("{}", sentence);
                case BROKEN -> log.error("{}", sentence);
            }
            tell(file, state.name().toLowerCase(Locale.ROOT), sentence);
        }
    }

    private void tell(Path file, String state, String sentence) {
        words.observers()
                .forEach(observer -> observer.routeChanged(file.toString(), state, sentence));
    }

    /** {@return all files} */
    public synchronized List<Status> status() {
        List<Status> all = new ArrayList<>();
        files.forEach(
                (file, deployed) -> {
                    String away = deployed.state == State.RUNNING ? away(deployed) : "";
                    all.add(
                            away.isEmpty()
                                    ? new Status(
                                            file,
                                            deployed.state,
                                            deployed.sentence,
                                            deployed.routes)
                                    : new Status(file, State.WAITING, away, deployed.routes));
                });
        return all;
    }

    /** {@return what it takes for the device of one of the routes to be back, or empty} */
    private String away(Deployed deployed) {
        for (String id : deployed.routes) {
            Route route = camel.getRoute(id);
            if (route != null && route.getConsumer() instanceof SensorState sensor) {
                String away = sensor.away();
                if (!away.isEmpty()) {
                    return away;
                }
            }
        }
        return "";
    }

    /** {@return whether every route's sensor has ended and every message was handled} */
    public boolean ended() {
        return all(true) && words.quiet(camel);
    }

    /** {@return whether all that is there for now was handled} */
    public boolean caughtUp() {
        return all(false) && words.quiet(camel);
    }

    private boolean all(boolean ended) {
        for (Route route : camel.getRoutes()) {
            Consumer consumer = route.getConsumer();
            if (consumer instanceof SensorState sensor) {
                if (ended ? !sensor.ended() : !sensor.caughtUp()) {
                    return false;
                }
            } else if (ended && !isInternal(route)) {
                return false; // it listens, and may hear something at any time
            }
        }
        return true;
    }

    /** A route that is fed by other routes only ends with them. */
    private static boolean isInternal(@Nullable Route route) {
        if (route == null) {
            return false;
        }
        String uri = route.getEndpoint().getEndpointUri();
        return uri.startsWith("direct:") || uri.startsWith("seda:");
    }

    /** Stops all routes. */
    @Override
    public synchronized void close() {
        files.values().forEach(this::stop);
        files.clear();
    }
}
