package dev.ganglion.runtime.flow;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.runtime.model.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line of work through one version of a model: encoder, session, deciders. Whoever acquired it
 * from {@link Lanes} is the only one to use it, until it is released.
 */
public final class Lane {
    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    private record OpenEncoder(EncoderSettings settings, Stage<CharSequence, Tokens> stage) {}

    /** An open decider of a lane. */
    public static final class OpenDecider {
        private final DeciderSettings settings;
        private final UtteranceStage<Steps, Decision> stage;
        private final boolean goesOn;

        private OpenDecider(
                DeciderSettings settings, UtteranceStage<Steps, Decision> stage, boolean goesOn) {
            this.settings = settings;
            this.stage = stage;
            this.goesOn = goesOn;
        }

        /** {@return pushed after each step} */
        public Stage<Steps, Decision> stage() {
            return stage;
        }

        /** {@return whether the utterance goes on after a decision that is sure} */
        public boolean goesOn() {
            return goesOn;
        }
    }

    /**
     * For an utterance of several samples: held from sample to sample, so a second thread waits for
     * the first.
     */
    final Semaphore turn = new Semaphore(1);

    @Nullable String stream;
    volatile long usedNanos;

    private final Lease lease;
    private volatile Session session;
    private volatile boolean cancelled;
    private final SessionSteps steps;
    private final @Nullable Prompt prompt;
    private final Utterance utterance = new Utterance();
    private final List<OpenEncoder> encoders = new ArrayList<>(1);
    private final List<Features> features = new ArrayList<>(0);
    private final List<OpenDecider> deciders = new ArrayList<>(1);
    private final Consumer<Tokens> taker = this::take;
    private @Nullable Tokens taken;

    Lane(Lease lease) {
        this.lease = lease;
        this.session = lease.model().open();
        this.steps = new SessionSteps(lease.source(), lease.model().inputs(), session, this);
        this.prompt =
                steps.generates() ? new Prompt(lease.source().id(), lease.generation()) : null;
    }

    /** {@return the model that it goes through} */
    public Lease lease() {
        return lease;
    }

    /** Whether the lane can take another utterance: its version serves and its session works. */
    boolean usable() {
        return lease.isCurrent() && session.usable();
    }

    /** {@return the cursor over the session} */
    public SessionSteps steps() {
        return steps;
    }

    /** {@return the utterance that it is in} */
    public Utterance utterance() {
        return utterance;
    }

    /** Ends the step under way soon; may be called from any thread. */
    public void cancel() {
        cancelled = true;
        session.cancel();
    }

    boolean cancelled() {
        return cancelled;
    }

    /** {@return another session, in the place of one that broke} */
    Session reopened() {
        quietly("session", session);
        session = lease.model().open();
        if (cancelled) {
            session.cancel();
        }
        return session;
    }

    /**
     * Encodes one whole text.
     *
     * @return valid until the next call
     * @throws GanglionException of kind INPUT when the text has more tokens than the model takes
     */
    public Tokens encode(CharSequence text, EncoderSettings settings) {
        Stage<CharSequence, Tokens> stage = encoder(settings);
        taken = null;
        Prompt asked = prompt;
        if (asked == null) {
            stage.push(text, taker);
        } else {
            asked.push(text, stage, taker);
        }
        stage.flush(taker);
        Tokens tokens = taken;
        if (tokens == null) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the tokenizer " + settings.tokenizer() + " gave no tokens at the flush");
        }
        if (asked != null) {
            asked.check(tokens, lease.vocabulary(settings.tokenizer()));
        }
        return tokens;
    }

    private void take(Tokens tokens) {
        taken = tokens;
    }

    private Stage<CharSequence, Tokens> encoder(EncoderSettings settings) {
        for (int i = 0; i < encoders.size(); i++) {
            if (encoders.get(i).settings == settings) {
                return encoders.get(i).stage;
            }
        }
        Stage<CharSequence, Tokens> stage =
                lease.vocabulary(settings.tokenizer())
                        // A prompt that is cut would lack its end.
                        .encoder(lease.source().maxTokens(), settings.truncate() && prompt == null);
        encoders.add(new OpenEncoder(settings, stage));
        return stage;
    }

    /**
     * {@return the feature extractor of these settings for this line of work; opened at the first
     * call}
     */
    public Features features(FeatureSettings settings) {
        for (int i = 0; i < features.size(); i++) {
            if (features.get(i).settings() == settings) {
                return features.get(i);
            }
        }
        Features opened = new Features(settings, settings.options().apply(lease));
        features.add(opened);
        return opened;
    }

    /** {@return the decider of these settings for this line of work; opened at the first call} */
    public OpenDecider decider(DeciderSettings settings) {
        for (int i = 0; i < deciders.size(); i++) {
            if (deciders.get(i).settings == settings) {
                return deciders.get(i);
            }
        }
        Options options = settings.options().apply(lease);
        Stage<Steps, Decision> stage;
        try (Session probe = lease.model().open()) {
            SessionSteps probeSteps =
                    new SessionSteps(lease.source(), lease.model().inputs(), probe, this);
            EncoderSettings encoder = new EncoderSettings(lease.source().tokenizer(), true);
            stage =
                    settings.decider()
                            .open(
                                    lease.source(),
                                    options,
                                    text -> {
                                        probe.reset();
                                        probeSteps.start(encode(text, encoder));
                                        return probeSteps;
                                    });
        }
        OpenDecider opened =
                new OpenDecider(
                        settings, new UtteranceStage<>(stage), settings.decider().goesOn(options));
        deciders.add(opened);
        return opened;
    }

    /** Makes the lane ready for another utterance; false when it must not be used again. */
    boolean finish() {
        steps.end();
        utterance.forget();
        if (steps.broken()) {
            return false;
        }
        try {
            // A message that failed left its utterance unfinished in the stages behind it.
            for (int i = 0; i < features.size(); i++) {
                features.get(i).forget();
            }
            for (int i = 0; i < deciders.size(); i++) {
                deciders.get(i).stage.forget();
            }
            // What a prompt begins with may stay in a session that generates; each answer rewinds
            // it.
            if (cancelled || !steps.generates() || !lease.model().inputs().isEmpty()) {
                session.reset();
            }
            cancelled = false;
            steps.forget();
        } catch (RuntimeException | LinkageError e) {
            log.warn("a session of model {} cannot be used again", lease.source().id(), e);
            return false;
        }
        return lease.isCurrent();
    }

    void close() {
        steps.unfollow();
        quietly("decoder", steps::closeGenerator);
        deciders.forEach(open -> quietly("decider", open.stage));
        encoders.forEach(open -> quietly("encoder", open.stage));
        features.forEach(open -> quietly("feature extractor", open::close));
        quietly("session", session);
        lease.close();
    }

    private void quietly(String what, AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception | LinkageError e) {
            log.warn("closing a {} of model {} failed", what, lease.source().id(), e);
        }
    }
}
