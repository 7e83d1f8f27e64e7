package dev.ganglion.camel.word;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.cascade.Pace;
import dev.ganglion.runtime.cascade.Peer;
import dev.ganglion.runtime.cascade.PeerRules;
import dev.ganglion.runtime.cascade.rules.ActionMapping;
import dev.ganglion.runtime.cascade.rules.Match;
import dev.ganglion.runtime.cascade.rules.SentenceRules;
import dev.ganglion.runtime.flow.DeciderSettings;
import dev.ganglion.runtime.flow.EncoderSettings;
import dev.ganglion.runtime.flow.GenerationSettings;
import dev.ganglion.runtime.flow.Lane;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.flow.SessionSteps;
import dev.ganglion.runtime.wiring.CascadeFile;
import dev.ganglion.runtime.wiring.GenerationOptions;
import dev.ganglion.runtime.wiring.RouteStep;
import dev.ganglion.runtime.wiring.StepOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Somebody whom a cascade asks. */
abstract class CascadeStage {
    private final String name;
    private final Pace pace = new Pace();

    /**
     * What somebody understood.
     *
     * @param decision sure or not
     * @param reply the answer when it is known already
     * @param steps the model that can go on to its answer, or null
     * @param lane the way through the model that understood it, or null
     * @param model who it was
     */
    record Understood(
            Decision decision,
            String reply,
            @Nullable SessionSteps steps,
            @Nullable Lane lane,
            ModelId model) {}

    CascadeStage(String name) {
        this.name = name;
    }

    static CascadeStage of(
            CascadeFile.Stage stage, WordEndpoint endpoint, String privacy, Path peerRules) {
        if (stage.rules() != null) {
            return new OfRules(stage.name(), SentenceRules.read(stage.rules()));
        }
        if (stage.peer() != null) {
            return new OfPeer(
                    stage.name(),
                    stage.peer(),
                    stage.timeoutMillis(),
                    privacy,
                    peerRules,
                    endpoint.words().replay() != null);
        }
        return new OfModel(stage, endpoint);
    }

    String name() {
        return name;
    }

    Pace pace() {
        return pace;
    }

    /** {@return whether it books its own times, those of the model apart from the decider's} */
    boolean isModel() {
        return false;
    }

    /** {@return why it must not be asked, as the end of a sentence, or null} */
    @Nullable String refusal() {
        return null;
    }

    /**
     * Asks.
     *
     * @param leftNanos how long there is at most
     * @return null when there is no answer
     */
    abstract @Nullable Understood ask(CharSequence text, Flow flow, long leftNanos);

    private static final class OfRules extends CascadeStage {
        private final SentenceRules rules;
        private final ModelId id;

        OfRules(String name, SentenceRules rules) {
            super(name);
            this.rules = rules;
            this.id = new ModelId(name, "0");
        }

        @Override
        @Nullable Understood ask(CharSequence text, Flow flow, long leftNanos) {
            Match match = rules.match(text);
            return match == null
                    ? null
                    : new Understood(match.decision(), match.reply(), null, null, id);
        }
    }

    private static final class OfPeer extends CascadeStage {
        /** A peer answers for its own bound; this one only keeps out what it is not sure of. */
        private static final double ABOVE = 0.5;

        private final Peer peer;
        private final URI address;
        private final String privacy;
        private final Path peerRules;
        private final boolean replays;
        private final ModelId id;

        OfPeer(
                String name,
                URI address,
                long timeoutMillis,
                String privacy,
                Path peerRules,
                boolean replays) {
            super(name);
            this.replays = replays;
            this.address = address;
            this.peer = new Peer(address, timeoutMillis, ABOVE);
            this.privacy = privacy;
            this.peerRules = peerRules;
            this.id = new ModelId(name, "0");
        }

        /** Read each time: what the owner takes back holds from the next word on. */
        @Override
        @Nullable String refusal() {
            if (replays) {
                return "a replay asks nobody outside";
            }
            return PeerRules.read(peerRules).refusal(address, privacy);
        }

        @Override
        Understood ask(CharSequence text, Flow flow, long leftNanos) {
            Peer.Answer answer = peer.ask(text, leftNanos);
            return new Understood(answer.decision(), answer.reply(), null, null, id);
        }
    }

    private static final class OfModel extends CascadeStage {
        private final Lanes lanes;
        private final GenerationSettings generation;
        private final PlugInUse<Decider, DeciderSettings> decider;
        private final @Nullable ActionMapping actions;
        private final boolean retry;
        private volatile EncoderSettings encoder = new EncoderSettings("", false);

        OfModel(CascadeFile.Stage stage, WordEndpoint endpoint) {
            super(stage.name());
            RouteStep infer = Objects.requireNonNull(stage.infer());
            RouteStep decide = Objects.requireNonNull(stage.decide());
            this.lanes = endpoint.route().lanes(infer.name());
            this.generation = GenerationOptions.of(infer, endpoint::actions);
            this.retry = StepOptions.own(infer).flag("retry");
            this.actions = stage.actions() == null ? null : ActionMapping.read(stage.actions());
            this.decider =
                    new PlugInUse<>(
                            endpoint,
                            decide,
                            Decider.class,
                            plugin ->
                                    new DeciderSettings(
                                            plugin,
                                            lease ->
                                                    StepOptions.of(
                                                            decide, plugin.options(), lease)));
            decider.open();
        }

        @Override
        @Nullable Understood ask(CharSequence text, Flow flow, long leftNanos) {
            Lane lane = flow.laneForItself(lanes);
            long startNanos = System.nanoTime();
            Tokens tokens = lane.encode(text, encoder(lane));
            long encodedNanos = System.nanoTime();
            flow.encodeNanos += encodedNanos - startNanos;
            SessionSteps steps = lane.steps();
            steps.retrying(retry);
            steps.generating(generation);
            steps.start(tokens);
            Lane.OpenDecider open = lane.decider(decider.get());
            flow.deciding(lane);
            try {
                boolean speaks = steps.generates();
                while (!(speaks ? flow.hasDecision() : flow.decided()) && steps.advance()) {
                    open.stage().push(steps, flow);
                }
                open.stage().flush(flow);
            } finally {
                flow.inferNanos += steps.inferNanos();
                flow.decideNanos += System.nanoTime() - encodedNanos - steps.inferNanos();
            }
            Decision decision = flow.takeDecision();
            if (decision == null) {
                return null;
            }
            ModelId model = lane.lease().source().id();
            if (actions == null) {
                return new Understood(decision, "", steps.generates() ? steps : null, lane, model);
            }
            Match match = actions.map(decision);
            if (match == null) {
                return null;
            }
            Decision mapped = match.decision();
            // The file may ask for more than the decider does, not for less.
            boolean sure = mapped.sure() && decision.sure();
            return new Understood(
                    new Decision(mapped.name(), mapped.parameters(), mapped.confidence(), sure),
                    match.reply(),
                    null,
                    lane,
                    model);
        }

        @Override
        boolean isModel() {
            return true;
        }

        private EncoderSettings encoder(Lane lane) {
            EncoderSettings known = encoder;
            String tokenizer = lane.lease().source().tokenizer();
            if (!known.tokenizer().equals(tokenizer)) {
                known = new EncoderSettings(tokenizer, false);
                encoder = known;
            }
            return known;
        }
    }
}
