package dev.ganglion.camel.word;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.Decision;
import dev.ganglion.runtime.act.Envelopes;
import dev.ganglion.runtime.cascade.PeerRules;
import dev.ganglion.runtime.flow.SessionSteps;
import dev.ganglion.runtime.model.ModelCard;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.plugin.Plugins;
import dev.ganglion.runtime.record.RecordingHeader;
import dev.ganglion.runtime.report.Observer;
import dev.ganglion.runtime.wiring.RouteStep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.TypeConversionException;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.support.TypeConverterSupport;
import org.jspecify.annotations.Nullable;

/**
 * The five schemes over one runtime, and the routes that use them. Thread-safe.
 *
 * <p>A step finds its route by the parameter {@link #ROUTE}, which whoever deploys a route file
 * adds to each address of one of the five words; without it (a route written in Java) the step
 * belongs to a route without a name.
 */
public final class Words {
    /** The parameter that ties a step to its route. */
    public static final String ROUTE = "_route";

    /** The words, in the order in which a sample meets them. */
    public static final List<String> ALL =
            List.of("sense", "encode", "infer", "decide", "cascade", "act");

    /** How many messages may wait for a plug-in that is gone, unless said otherwise. */
    public static final int WAITING_MESSAGES = 64;

    /** And how long. */
    public static final long WAITING_MILLIS = 60_000;

    private static final Pattern SECRET =
            Pattern.compile("(?i)secret|password|passwd|token|credential|apikey");

    private final Plugins plugins;
    private final ModelHost host;
    private final Waiting waiting;
    private final Map<String, RouteScope> routes = new ConcurrentHashMap<>();
    private final List<Observer> observers = new CopyOnWriteArrayList<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final Recordings recordings = new Recordings(this);
    private volatile @Nullable Replay replay;
    private volatile Envelopes envelopes = Envelopes.none();
    private volatile boolean cameToEnd;
    private volatile Map<String, String> placeholders = Map.of();
    private volatile Path peerRules = Path.of("etc", PeerRules.FILE);
    private final Path here = Path.of("").toAbsolutePath();

    /** The words over these plug-ins and models. */
    public Words(Plugins plugins, ModelHost host) {
        this(plugins, host, WAITING_MESSAGES, WAITING_MILLIS);
    }

    /**
     * The words over these plug-ins and models.
     *
     * @param waitingMessages how many messages may wait for a plug-in that is gone
     * @param waitingMillis and how long
     */
    public Words(Plugins plugins, ModelHost host, int waitingMessages, long waitingMillis) {
        this.plugins = plugins;
        this.host = host;
        this.waiting = new Waiting(plugins, waitingMessages, waitingMillis);
    }

    /** Adds the schemes to a context, and the conversion of decisions into JSON. */
    public void addTo(CamelContext camel) {
        for (String word : ALL) {
            camel.addComponent(word, new WordComponent(this, word));
        }
        camel.getTypeConverterRegistry()
                .addTypeConverter(String.class, Decision.class, new DecisionToJson());
        camel.getTypeConverterRegistry()
                .addTypeConverter(String.class, SessionSteps.class, new StepsToText());
    }

    /**
     * Makes a route known before its steps are created.
     *
     * @param folder what relative paths of its steps start from
     * @param segmenter the step that finds the utterances in what its sensor gives, or null
     * @param header says for a recording which route it is
     */
    public void openRoute(
            String id,
            Path folder,
            @Nullable RouteStep segmenter,
            Supplier<RecordingHeader> header) {
        RouteRecording recording = new RouteRecording(id, header);
        recordings.add(id, recording);
        routes.put(id, new RouteScope(id, folder, segmenter, recording, host));
    }

    /** Says where the owner's word on what may leave the machine is. */
    public void peerRules(Path file) {
        peerRules = file;
    }

    Path peerRules() {
        return peerRules;
    }

    /** {@return records what a Camel component begins the route with} */
    public RoutePolicy head(String id) {
        return new HeadRecording(this, id);
    }

    /** Says which placeholders were given at the start. */
    public void placeholders(Map<String, String> given) {
        placeholders = Map.copyOf(given);
    }

    /** {@return the placeholders that were given, but for those whose names speak of secrets} */
    public Map<String, String> placeholders() {
        Map<String, String> open = new LinkedHashMap<>(placeholders);
        open.keySet().removeIf(name -> name.isEmpty() || SECRET.matcher(name).find());
        return open;
    }

    /** {@return which version of a model serves, or would; null when there is no such model} */
    public RecordingHeader.@Nullable UsedModel usedModel(String name) {
        ModelCard card = host.card(name);
        return card == null
                ? null
                : new RecordingHeader.UsedModel(
                        card.source().id().version(),
                        card.sha256().getOrDefault(card.source().weights(), ""));
    }

    /** {@return which routes are recorded} */
    public Recordings recordings() {
        return recordings;
    }

    /**
     * Has routes that are opened from now on begin with a recording; {@code sense:recording} gives
     * it.
     */
    public void replay(Replay instead) {
        replay = instead;
        plugins.add(new ReplaySensor(instead), "the recording " + instead.recording().file());
    }

    /** {@return what is replayed, or null} */
    public @Nullable Replay replay() {
        return replay;
    }

    /** Says what the owner allows actuators in routes that are opened from now on. */
    public void envelopes(Envelopes ofOwner) {
        envelopes = ofOwner;
    }

    /** {@return what the owner allows actuators, and what waits to be confirmed} */
    public Envelopes envelopes() {
        return envelopes;
    }

    /** A route that is stopped now comes back at once: its devices stay as they are. */
    public void replacing(String id) {
        RouteScope scope = routes.get(id);
        if (scope != null) {
            scope.replacing();
        }
    }

    /** All routes have worked off what there was: their devices stay as they are when they stop. */
    public void cameToEnd() {
        cameToEnd = true;
    }

    /** {@return whether the devices of a route that is stopped now are left with nobody} */
    boolean abandons(RouteScope scope) {
        return !cameToEnd && !scope.isReplaced();
    }

    /** Has the messages of a route that wait for a plug-in fail now, so that it can be stopped. */
    public void endWaiting(String id) {
        RouteScope scope = routes.get(id);
        if (scope != null) {
            scope.endWaiting();
            plugins.wake();
        }
    }

    /** Forgets a route and closes its lanes. */
    public void closeRoute(String id) {
        RouteScope scope = routes.remove(id);
        recordings.remove(id);
        if (scope != null) {
            scope.close();
        }
    }

    /**
     * Closes the lanes of streams that have been silent for longer than the limit, in all routes.
     */
    public void closeSilent(long limitNanos) {
        routes.values().forEach(route -> route.closeSilent(limitNanos));
    }

    RouteScope route(@Nullable String id) {
        String known = id == null ? "" : id;
        return routes.computeIfAbsent(
                known,
                any -> new RouteScope(known, here, null, new RouteRecording(known, null), host));
    }

    /** {@return the steps of a route in the order of its file, none when it does not run} */
    public List<RouteStep> steps(String id) {
        RouteScope scope = routes.get(id);
        return scope == null ? List.of() : scope.steps();
    }

    /** {@return whether the address is a step of the route with this id} */
    public static boolean belongsTo(Endpoint address, String id) {
        return address instanceof WordEndpoint step && step.route().id().equals(id);
    }

    Plugins plugins() {
        return plugins;
    }

    ModelHost host() {
        return host;
    }

    Waiting waiting() {
        return waiting;
    }

    void begun() {
        underWay.incrementAndGet();
    }

    void done() {
        underWay.decrementAndGet();
    }

    /**
     * {@return whether no message that met one of the words is under way, also between two threads}
     */
    public boolean idle() {
        return underWay.get() == 0;
    }

    /** {@return whether no message is under way in a context, also in seda: queues} */
    public boolean quiet(CamelContext camel) {
        if (!idle() || camel.getInflightRepository().size() > 0) {
            return false;
        }
        for (Endpoint endpoint : camel.getEndpoints()) {
            @Nullable SedaEndpoint seda = endpoint instanceof SedaEndpoint queue ? queue : null;
            if (seda != null && seda.getCurrentQueueSize() > 0) {
                return false;
            }
        }
        return true;
    }

    /** Has an observer told of each decision and failure. */
    public void add(Observer observer) {
        observers.add(observer);
    }

    /** Tells it no more. */
    public void remove(Observer observer) {
        observers.remove(observer);
    }

    /** {@return who is told} */
    public List<Observer> observers() {
        return observers;
    }

    /** Whoever is no decider reads all that a model says. */
    private static final class StepsToText extends TypeConverterSupport {
        @Override
        public <T> T convertTo(Class<T> type, Exchange exchange, Object value) {
            return type.cast(Texts.said((SessionSteps) value));
        }
    }

    private static final class DecisionToJson extends TypeConverterSupport {
        @Override
        public <T> T convertTo(Class<T> type, Exchange exchange, Object value) {
            Decision decision = (Decision) value;
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", decision.name());
            json.put("parameters", decision.parameters());
            json.put("confidence", decision.confidence());
            json.put("sure", decision.sure());
            try {
                return type.cast(JSON.std.asString(json));
            } catch (IOException e) {
                throw new TypeConversionException(value, type, e);
            }
        }
    }
}
