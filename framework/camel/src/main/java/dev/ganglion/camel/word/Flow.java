package dev.ganglion.camel.word;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.runtime.act.Action;
import dev.ganglion.runtime.act.Origin;
import dev.ganglion.runtime.flow.Lane;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.flow.SessionSteps;
import dev.ganglion.runtime.flow.Utterance;
import dev.ganglion.runtime.report.Hop;
import dev.ganglion.runtime.report.Observer;
import dev.ganglion.runtime.report.Report;
import dev.ganglion.runtime.wiring.RouteStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;

/**
 * What one message carries through a route beside its body. Made by the first step that needs it;
 * when the message ends, well or not, it gives the lanes back and reports. A copy of a message
 * (multicast, wire tap) gets a flow of its own.
 */
final class Flow extends SynchronizationAdapter implements Consumer<Decision> {
    private static final String PROPERTY = "ganglion.flow";

    /** The name under which an answer is passed on when nobody was sure. */
    private static final String UNSURE = "unsure";

    /** Who answered when none of a cascade's stages did. */
    private static final ModelId NOBODY = new ModelId("nobody", "0");

    private record Held(Lanes lanes, Lane lane, @Nullable Held next) {}

    private final Exchange exchange;
    private final WordEndpoint endpoint;
    private final String route;
    private final @Nullable String stream;
    private final long sequence;
    private final long capturedNanos;
    private long takenNanos;
    private final @Nullable Taken taken;
    private final @Nullable Judgements judgements;
    private boolean last;
    private @Nullable Held held;
    private @Nullable Decision decision;
    private @Nullable List<Decision> decisions;
    private @Nullable Action action;
    private @Nullable List<@Nullable Action> actions;
    private @Nullable Lane deciding;
    private @Nullable ModelId answering;
    private @Nullable Speech speech;
    private CharSequence text = "";
    private @Nullable Flow origin;
    private @Nullable Object sensed;
    private @Nullable String failureOfCopy;
    private long actedNanos;
    private boolean actFailed;
    private boolean decided;
    private boolean watching;
    private boolean passedOn;
    private long leftNanos;
    private long stoodNanos;
    private long gapNanos;
    private @Nullable RouteStep gapBefore;

    long heldNanos;
    long encodeNanos;
    long inferNanos;
    long decideNanos;
    long actNanos;

    private Flow(
            Exchange exchange,
            WordEndpoint endpoint,
            String route,
            @Nullable String stream,
            long sequence,
            long capturedNanos,
            boolean last,
            @Nullable Taken taken) {
        this.exchange = exchange;
        this.endpoint = endpoint;
        this.route = route;
        this.stream = stream;
        this.sequence = sequence;
        this.capturedNanos = capturedNanos;
        this.last = last;
        this.taken = taken;
        this.judgements = taken == null ? null : new Judgements();
        this.leftNanos = System.nanoTime();
        this.takenNanos = taken == null ? leftNanos : taken.takenNanos();
    }

    /**
     * The flow of a sensor's sample.
     *
     * @param taken what it is in a recording, or null
     */
    static Flow begin(
            Exchange exchange, WordEndpoint endpoint, Sample<?> sample, @Nullable Taken taken) {
        Flow flow =
                new Flow(
                        exchange,
                        endpoint,
                        endpoint.route().id(),
                        sample.stream(),
                        sample.sequence(),
                        sample.capturedNanos(),
                        sample.last(),
                        taken);
        flow.sensed = sample.value();
        return flow.attach();
    }

    /** The flow of a message that may have come from a sensor or from anywhere. */
    static Flow of(Exchange exchange, WordEndpoint endpoint) {
        Flow flow = exchange.getProperty(PROPERTY, Flow.class);
        if (flow != null && flow.exchange == exchange) {
            return flow;
        }
        if (flow != null) {
            Flow copy =
                    new Flow(
                            exchange,
                            endpoint,
                            flow.route,
                            flow.stream,
                            flow.sequence,
                            flow.capturedNanos,
                            flow.last,
                            flow.taken);
            copy.text = flow.text;
            // What it waited for between two steps, such as in seda:, is no waiting to be taken up.
            copy.takenNanos = flow.takenNanos;
            copy.leftNanos = flow.leftNanos;
            copy.stoodNanos = flow.stoodNanos;
            copy.gapNanos = flow.gapNanos;
            copy.gapBefore = flow.gapBefore;
            copy.heldNanos = flow.heldNanos;
            copy.encodeNanos = flow.encodeNanos;
            copy.inferNanos = flow.inferNanos;
            copy.decideNanos = flow.decideNanos;
            copy.decision = flow.decision;
            copy.decisions = flow.decisions == null ? null : List.copyOf(flow.decisions);
            copy.deciding = flow.deciding;
            copy.answering = flow.answering;
            copy.speech = flow.speech == null ? null : flow.speech.copy();
            copy.origin = flow;
            flow.passedOn = true;
            return copy.attach();
        }
        long waitedNanos = Math.max(0, exchange.getClock().elapsed()) * 1_000_000L;
        Taken taken = exchange.getProperty(Taken.PROPERTY, Taken.class);
        return new Flow(
                        exchange,
                        endpoint,
                        endpoint.route().id(),
                        null,
                        0,
                        taken == null ? System.nanoTime() - waitedNanos : taken.capturedNanos(),
                        true,
                        taken)
                .attach();
    }

    private Flow attach() {
        endpoint.words().begun();
        if (taken != null) {
            taken.retain();
        }
        if (speech == null) {
            Sensor.Follower follower =
                    exchange.getProperty(Followers.PROPERTY, Sensor.Follower.class);
            speech = follower == null ? null : new Speech(follower);
        }
        exchange.setProperty(PROPERTY, this);
        exchange.getExchangeExtension().addOnCompletion(this);
        return this;
    }

    /** {@return the lane through a model that this message holds; taken at the first call} */
    Lane lane(Lanes lanes) {
        Held first = held;
        if (first == null) {
            return hold(lanes, null);
        }
        for (Held each = first; each != null; each = each.next) {
            if (each.lanes == lanes) {
                return each.lane;
            }
        }
        return hold(lanes, first);
    }

    /**
     * {@return a lane for a text that stands for itself, however many samples its utterance had;
     * taken at the first call}
     */
    Lane laneForItself(Lanes lanes) {
        for (Held each = held; each != null; each = each.next) {
            if (each.lanes == lanes) {
                return each.lane;
            }
        }
        return hold(lanes, held, null, true);
    }

    private Lane hold(Lanes lanes, @Nullable Held before) {
        return hold(lanes, before, stream, last);
    }

    private Lane hold(Lanes lanes, @Nullable Held before, @Nullable String speaker, boolean whole) {
        Lane lane = lanes.acquire(speaker, whole);
        held = new Held(lanes, lane, before);
        Utterance utterance = lane.utterance();
        utterance.message(capturedNanos);
        if (!whole) {
            utterance.trace(exchange.getExchangeId());
        }
        return lane;
    }

    boolean last() {
        return last;
    }

    /** The utterance ends with this message, whatever its sensor says. */
    void endUtterance() {
        last = true;
    }

    long capturedNanos() {
        return capturedNanos;
    }

    /** {@return when the route took the message up} */
    long takenNanos() {
        return takenNanos;
    }

    /** {@return what watches how a decision comes as far as a device; null when nobody records} */
    @Nullable Judgement judging(Decision about) {
        return judgements == null ? null : judgements.add(about);
    }

    /** {@return where the decisions of this message come from, for the audit log} */
    Origin whence() {
        Lane lane = deciding;
        ModelId by = answering == null && lane != null ? lane.lease().source().id() : answering;
        String own = exchange.getExchangeId();
        return new Origin(
                route,
                lane == null ? own : lane.utterance().trace(own),
                stream == null ? route : stream,
                by == null ? "" : by.toString(),
                speech == null ? "" : speech.hop(),
                text.toString());
    }

    /** Answers a message now, before what it came from sends its own answer. */
    static void answer(Exchange exchange) {
        Flow flow = exchange.getProperty(PROPERTY, Flow.class);
        if (flow != null && flow.exchange == exchange && !flow.passedOn) {
            flow.answer();
        }
    }

    /** {@return the time at which the message came to one of the words} */
    long enter(RouteStep step) {
        long nowNanos = System.nanoTime();
        if (nowNanos - leftNanos > gapNanos) {
            gapNanos = nowNanos - leftNanos;
            gapBefore = step;
        }
        return nowNanos;
    }

    /** {@return the time at which the message leaves one of the words} */
    long leave() {
        leftNanos = System.nanoTime();
        return leftNanos;
    }

    /**
     * The message stood where it left until others had come as far and went on before it: it waited
     * for its turn, as in the queue.
     *
     * @param modelNanos what of that time the model computed for it
     */
    void stood(long modelNanos) {
        long sinceNanos = leftNanos;
        stoodNanos += leave() - sinceNanos - modelNanos;
    }

    void text(CharSequence said) {
        text = said;
        Speech about = speech;
        if (about != null) {
            about.heard(said);
        }
    }

    /** The text is what a model took sound for. */
    void heard(String said, int tokens) {
        speech().listened(tokens);
        text(said);
    }

    /** {@return what is said about the message} */
    Speech speech() {
        Speech about = speech;
        if (about == null) {
            about = new Speech(null);
            speech = about;
        }
        return about;
    }

    /** A model that generates understood it, and may go on to its answer. */
    void understood(SessionSteps steps, boolean reply) {
        Decision about = decision;
        if (about != null) {
            Hop hop =
                    new Hop(
                            steps.model().id().name(),
                            about.name(),
                            about.confidence(),
                            about.sure(),
                            steps.inferNanos(),
                            steps.count(),
                            "");
            speech().understood(List.of(hop), reply ? steps : null, "", "");
        }
    }

    /**
     * A cascade came to an end.
     *
     * @param lane the way through the model that answered, or null
     * @param by who answered, or null
     */
    void understood(Decision given, @Nullable Lane lane, @Nullable ModelId by) {
        deciding = lane;
        answering = by == null ? NOBODY : by;
        decisions = null;
        decision = null;
        decided = false;
        accept(given);
    }

    /** {@return the decision that was given since {@link #deciding}, and forgets it; or null} */
    @Nullable Decision takeDecision() {
        Decision taken = decision;
        decision = null;
        decisions = null;
        decided = false;
        return taken;
    }

    /** The device has done it or refused it, or there is none: now the message is answered. */
    void answer() {
        Speech about = speech;
        Decision only = decision;
        if (about != null && only != null && decisions == null) {
            if (actedNanos == 0) {
                actedNanos = System.nanoTime();
            }
            if (about.isFollowed()) {
                exchange.setProperty(Followers.HOP, about.hop());
            }
            about.answer(only, action, actFailed);
        }
    }

    /** A device failed; whether the route handles that or not, nobody says it was done. */
    void actFailed() {
        actFailed = true;
    }

    void deciding(Lane lane) {
        deciding = lane;
        decision = null;
        decisions = null;
    }

    /** The decider says something about each step, so that none is saved later. */
    void watching(boolean goesOn) {
        watching = goesOn;
    }

    /** Takes a decision from a decider. */
    @Override
    public void accept(Decision given) {
        if (decision == null) {
            decision = given;
        } else {
            List<Decision> several = decisions;
            if (several == null) {
                several = new ArrayList<>();
                several.add(decision);
                decisions = several;
            }
            several.add(given);
        }
        decided |= given.sure();
    }

    /** {@return whether a decision was sure, so that no further step is needed} */
    boolean decided() {
        return decided;
    }

    /**
     * {@return whether a model that generates has said enough: whoever read its answer decided,
     * sure or not, and the rest of it is the reply}
     */
    boolean hasDecision() {
        return decision != null;
    }

    /** {@return the only decision, the list of several, or null: the body for the next step} */
    @Nullable Object decisions() {
        List<Decision> several = decisions;
        return several == null ? decision : List.copyOf(several);
    }

    /**
     * Notes what was done about the only decision. What is done after it was answered, such as to
     * say the answer, is no other action.
     */
    void acted(@Nullable Action done) {
        if (speech == null || !speech.isAnswered()) {
            action = done;
            actedNanos = System.nanoTime();
        }
    }

    /** {@return whether a device did or refused something about it} */
    boolean hasAction() {
        return action != null || actions != null;
    }

    /**
     * {@return the decision with its answer as a parameter, once there is one; when nobody was sure
     * the answer alone, as a decision {@code unsure}}
     */
    Decision answered(Decision about) {
        Speech said = speech;
        if (said == null || !said.isAnswered()) {
            return about;
        }
        if (!about.sure()) {
            // The answer may be said, and what was not sure is no business of another device.
            return new Decision(UNSURE, Map.of("reply", said.reply()), 1, true);
        }
        Map<String, Object> parameters = new HashMap<>(about.parameters());
        parameters.put("reply", said.reply());
        return new Decision(about.name(), parameters, about.confidence(), true);
    }

    /** Notes what was done about several decisions, in their order. */
    void acted(List<@Nullable Action> done) {
        actions = done;
        actedNanos = System.nanoTime();
    }

    /**
     * The message goes on elsewhere (seda) while its sensor is told that it was handled: what is
     * still the sensor's is copied.
     */
    @Override
    public void beforeHandover(Exchange target) {
        text = text.toString();
        Object value = sensed;
        if (value != null && target.getMessage().getBody() == value) {
            target.getMessage().setBody(kept(value));
        }
        sensed = null;
    }

    /** {@return a copy of a sample's value, which is the sensor's again once it was handed over} */
    private static Object kept(Object value) {
        if (value instanceof Tensor tensor) {
            Tensor own = Tensor.allocate(tensor.type(), tensor.shape());
            own.bytes().put(0, tensor.bytes(), 0, tensor.bytes().capacity());
            return own;
        }
        return value.toString();
    }

    /**
     * {@return what failed although the message is not marked so: a consumer that answers
     * (netty-http) takes the exception out before it ends the message}
     */
    private static @Nullable Throwable answered(Exchange done) {
        ExchangeExtension state = done.getExchangeExtension();
        return state.isErrorHandlerHandledSet() && !state.isErrorHandlerHandled()
                ? done.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class)
                : null;
    }

    @Override
    public void onComplete(Exchange done) {
        Throwable answered = answered(done);
        if (answered != null) {
            failed(answered);
            return;
        }
        ended();
        try {
            if (!passedOn) {
                answer();
            }
            report();
            if (speech != null) {
                speech.ended("");
            }
        } finally {
            release(last);
        }
    }

    @Override
    public void onFailure(Exchange done) {
        failed(done.getException());
    }

    private void failed(@Nullable Throwable thrown) {
        ended();
        try {
            String sentence = Sentences.of(thrown);
            if (origin != null) {
                origin.failureOfCopy = sentence;
            }
            if (!sentence.equals(failureOfCopy)) {
                String who = stream == null ? route : stream;
                for (Observer observer : endpoint.words().observers()) {
                    observer.failed(route, who, sequence, sentence);
                }
                if (taken != null && judgements != null) {
                    taken.came(judgements.failure(taken.number(), sentence));
                }
                if (speech != null) {
                    speech.ended(sentence);
                }
            }
        } finally {
            release(true);
        }
    }

    /**
     * A version on probation is judged by how its messages end: a bad input or a refused action
     * says nothing about it, a broken session does.
     */
    private void ended() {
        for (Held each = held; each != null; each = each.next) {
            SessionSteps steps = each.lane.steps();
            each.lane.lease().ended(steps.inferNanos(), steps.failed());
        }
    }

    private void report() {
        List<Observer> observers = endpoint.words().observers();
        Lane lane = deciding;
        if (lane == null && answering == null || passedOn || observers.isEmpty() && taken == null) {
            return;
        }
        long endNanos = actedNanos != 0 ? actedNanos : System.nanoTime();
        List<Decision> several = decisions;
        List<@Nullable Action> done = actions;
        if (several != null) {
            for (int i = 0; i < several.size(); i++) {
                Action about = done != null && i < done.size() ? done.get(i) : null;
                report(lane, several.get(i), about, endNanos, observers);
            }
        } else if (decision != null) {
            report(lane, decision, action, endNanos, observers);
        }
    }

    private void report(
            @Nullable Lane lane,
            Decision about,
            @Nullable Action done,
            long endNanos,
            List<Observer> observers) {
        int spent = 1;
        int total = 1;
        String trace = exchange.getExchangeId();
        long beganNanos = capturedNanos;
        if (lane != null) {
            SessionSteps steps = lane.steps();
            Utterance utterance = lane.utterance();
            boolean whole = last || answering != null;
            if (!whole && !watching) {
                utterance.told();
            }
            spent = watching ? steps.count() : steps.spent();
            total = watching ? steps.count() : whole ? steps.total() : 0;
            trace = utterance.trace(trace);
            beganNanos = utterance.beganNanos();
        }
        ModelId by = answering;
        if (by == null && lane != null) {
            by = lane.lease().source().id();
        }
        Report report =
                new Report(
                        route,
                        stream == null ? route : stream,
                        sequence,
                        text.toString(),
                        by == null ? NOBODY : by,
                        about,
                        done,
                        encodeNanos,
                        inferNanos,
                        decideNanos,
                        actNanos,
                        endNanos - capturedNanos,
                        takenNanos - capturedNanos + stoodNanos,
                        heldNanos,
                        gapNanos,
                        gapBefore == null ? "" : gapBefore.toString(),
                        capturedNanos - beganNanos,
                        spent,
                        total,
                        trace,
                        speech == null ? null : speech.spoken());
        for (Observer observer : observers) {
            observer.decided(report);
        }
        if (taken != null && judgements != null) {
            taken.came(judgements.outcome(taken.number(), report));
        }
    }

    private void release(boolean utteranceEnded) {
        Held each = held;
        held = null;
        for (; each != null; each = each.next) {
            if (utteranceEnded && each.lane.utterance().isTold()) {
                tellEnd(each.lane);
            }
            each.lanes.release(each.lane, utteranceEnded);
        }
        if (taken != null) {
            taken.release();
        }
        endpoint.words().done();
    }

    private void tellEnd(Lane lane) {
        SessionSteps steps = lane.steps();
        String trace = lane.utterance().trace("");
        for (Observer observer : endpoint.words().observers()) {
            observer.utteranceEnded(route, trace, steps.spent(), steps.total());
        }
    }
}
