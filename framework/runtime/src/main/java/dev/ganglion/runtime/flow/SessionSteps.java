package dev.ganglion.runtime.flow;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.runtime.model.Shadow;
import dev.ganglion.runtime.model.TokenInputs;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a session for whoever reads it: one step for a text, one step per tensor of a batch, one
 * step per token of an answer. Reused from message to message; allocates nothing. One thread.
 */
public final class SessionSteps implements Steps {
    private static final Logger log = LoggerFactory.getLogger(SessionSteps.class);
    private static final Tokens NO_TOKENS = new Tokens();

    private final ModelPackage source;
    private final List<TensorSpec> inputs;
    private final Lane lane;

    private Session session;
    private @Nullable TokenInputs tokenInputs;

    private Tokens tokens = NO_TOKENS;
    private List<Tensor> batch = List.of();
    private long[] shape = {};
    private int planned;
    private int done;
    private int ranBefore;
    private int savedBefore;
    private boolean over = true;
    private boolean broken;
    private long inferNanos;
    private boolean freshUtterance = true;
    private boolean firstOfUtterance;
    private boolean retrying;
    private @Nullable Shadow shadow;
    private Shadow.@Nullable Track beside;

    /** A copy of the only tensor of a message that waits for others, reused; and a list of it. */
    private List<Tensor> kept = List.of();

    private @Nullable GenerationSettings generating;
    private @Nullable Generator generator;

    /** Whether the session has heard the tensor that it is to answer. */
    private boolean conditioned;

    /** Whether the first step was made together with those of others, and what came of it. */
    private boolean ahead;

    private int aheadStreams;
    private @Nullable Throwable aheadFailure;

    SessionSteps(ModelPackage source, List<TensorSpec> inputs, Session session, Lane lane) {
        this.lane = lane;
        this.source = source;
        this.inputs = inputs;
        this.session = session;
        this.tokenInputs = writer();
    }

    private @Nullable TokenInputs writer() {
        return TokenInputs.fits(inputs) ? new TokenInputs(source.id(), inputs, session) : null;
    }

    /** Whether the next message is tried once more on another session when its own one breaks. */
    public void retrying(boolean once) {
        retrying = once;
    }

    /** How the next messages are answered when the model generates; the same object as before. */
    public void generating(GenerationSettings how) {
        if (how != generating) {
            closeGenerator();
            generating = how;
        }
    }

    private Generator generator() {
        Generator known = generator;
        GenerationSettings how = generating;
        if (known == null) {
            if (how == null) {
                throw new GanglionException(
                        Kind.SETUP,
                        "model "
                                + source.id()
                                + " generates text, which is not read this way; put it behind an"
                                + " infer: or a cascade:");
            }
            known = new Generator(lane.lease(), how);
            generator = known;
        }
        return known;
    }

    /** {@return whether the model generates, so that each step says a token} */
    public boolean generates() {
        return session instanceof TokenSession;
    }

    /** Starts on a text. */
    public void start(Tokens text) {
        if (session instanceof TokenSession && inputs.isEmpty()) {
            begin(text, List.of(), 0);
            generator().start(text);
            return;
        }
        if (tokenInputs == null) {
            throw new GanglionException(
                    Kind.SETUP,
                    "model "
                            + source.id()
                            + " takes "
                            + inputs
                            + " and no tokens; put an encoder before it that gives such tensors");
        }
        begin(text, List.of(), 1);
    }

    /**
     * Starts on a batch of tensors: one step each. They must stay as they are until the steps are
     * over.
     */
    public void start(List<Tensor> tensors) {
        if (inputs.size() != 1) {
            throw new GanglionException(
                    Kind.SETUP,
                    "model "
                            + source.id()
                            + " takes "
                            + inputs.size()
                            + " tensors ("
                            + inputs
                            + "), and one is given; put an encoder before it");
        }
        if (session instanceof TokenSession) {
            if (tensors.size() != 1) {
                throw new GanglionException(
                        Kind.SETUP,
                        "model "
                                + source.id()
                                + " answers one tensor at a time, and "
                                + tensors.size()
                                + " are given; have the encoder before it give them whole");
            }
            begin(NO_TOKENS, tensors, 0);
            conditioned = false;
            double rateHz = inputs.get(0).rateHz();
            generator().start(rateHz > 0 ? tensors.get(0).elements() / rateHz : 0);
            return;
        }
        begin(NO_TOKENS, tensors, tensors.size());
    }

    private void begin(Tokens text, List<Tensor> tensors, int steps) {
        tokens = text;
        batch = tensors;
        planned = steps;
        done = 0;
        over = false;
        ahead = false;
        aheadFailure = null;
        inferNanos = 0;
        Shadow now = lane.lease().shadow();
        if (now != shadow && !(session instanceof TokenSession)) {
            unfollow();
            shadow = now;
            beside = now == null ? null : now.track();
        }
        if (beside != null && freshUtterance) {
            beside.begin();
        }
        firstOfUtterance = freshUtterance;
        freshUtterance = false;
    }

    /** The session was reset. */
    void forget() {
        freshUtterance = true;
        ranBefore = 0;
        savedBefore = 0;
    }

    /** The message was handled: whoever still pulls is told so. */
    void end() {
        if (ahead) {
            // Nobody asked for it, but the state has moved on.
            done++;
            ahead = false;
            aheadFailure = null;
        }
        ranBefore += done;
        savedBefore += planned - done;
        done = 0;
        planned = 0;
        over = true;
        tokens = NO_TOKENS;
        batch = List.of();
        inferNanos = 0;
    }

    @Override
    public boolean advance() {
        if (over) {
            throw new IllegalStateException(
                    "the steps of model "
                            + source.id()
                            + " are over, because their message was"
                            + " handled; read them within the route, on its thread, before any seda: or threads:");
        }
        if (session instanceof TokenSession) {
            return say();
        }
        if (done == planned) {
            return false;
        }
        long startNanos = System.nanoTime();
        try {
            try {
                if (ahead) {
                    takeAhead();
                } else {
                    step();
                }
            } catch (GanglionException e) {
                if (!mayTryAgain(e)) {
                    throw e;
                }
                broken = false;
                session = lane.reopened();
                tokenInputs = writer();
                shape = new long[0];
                step();
            }
            if (beside != null) {
                mirror(beside);
            }
            done++;
            return true;
        } catch (GanglionException e) {
            broken |= e.kind() != Kind.INPUT;
            throw e;
        } catch (IllegalArgumentException e) {
            throw new GanglionException(
                    Kind.INPUT,
                    "model " + source.id() + " refused its input: " + e.getMessage(),
                    e);
        } catch (RuntimeException | Error e) {
            broken = true;
            throw e;
        } finally {
            inferNanos += System.nanoTime() - startNanos;
        }
    }

    private boolean say() {
        long startNanos = System.nanoTime();
        try {
            boolean more;
            try {
                more = generator().next(listening());
            } catch (GanglionException e) {
                if (!retrying || e.kind() != Kind.REOPEN || lane.cancelled()) {
                    throw e;
                }
                // What was said stays said: it is fed to the other session before the next token.
                session = lane.reopened();
                conditioned = false;
                generator().resume();
                more = generator().next(listening());
            }
            done += more ? 1 : 0;
            planned = done;
            return more;
        } catch (GanglionException e) {
            broken |= e.kind() != Kind.INPUT;
            throw e;
        } catch (IllegalArgumentException e) {
            throw new GanglionException(
                    Kind.INPUT,
                    "model " + source.id() + " refused its input: " + e.getMessage(),
                    e);
        } catch (RuntimeException | Error e) {
            broken = true;
            throw e;
        } finally {
            inferNanos += System.nanoTime() - startNanos;
        }
    }

    /** {@return the session, which has heard what it is to answer} */
    private TokenSession listening() {
        if (!batch.isEmpty() && !conditioned) {
            write(batch.get(0));
            session.run();
            conditioned = true;
        }
        return (TokenSession) session;
    }

    private void step() {
        writeInput();
        session.run();
    }

    private void writeInput() {
        TokenInputs writer = tokenInputs;
        if (writer != null) {
            writer.write(tokens);
        } else {
            write(batch.get(done));
        }
    }

    /**
     * Prepares the first step, so that it can be made together with those of others. A single
     * tensor of the message is copied: it need not stay as it is.
     *
     * @return false when it is to be made alone, because there is none, or it would be refused
     */
    boolean prepare() {
        if (planned == 0
                || done > 0
                || session instanceof TokenSession
                || broken
                || lane.cancelled()
                || lane.utterance().isDecided()) {
            return false;
        }
        try {
            writeInput();
        } catch (GanglionException | IllegalArgumentException refused) {
            // Said when the step is made: this is not the place where a message fails.
            return false;
        }
        if (batch.size() == 1) {
            keep(batch.get(0));
        }
        return true;
    }

    private void keep(Tensor tensor) {
        if (kept.isEmpty() || kept.get(0).type() != tensor.type() || !kept.get(0).hasShape(shape)) {
            kept = List.of(Tensor.allocate(tensor.type(), tensor.shape()));
        }
        kept.get(0).bytes().put(0, tensor.bytes(), 0, tensor.bytes().capacity());
        batch = kept;
    }

    Session session() {
        return session;
    }

    /**
     * The first step was made together with those of others.
     *
     * @param nanos its share of the time
     * @param streams how many they were
     * @param failure why it failed, or null
     */
    void ranAhead(long nanos, int streams, @Nullable Throwable failure) {
        ahead = true;
        aheadStreams = streams;
        aheadFailure = failure;
        inferNanos += nanos;
        broken |= failure != null;
    }

    private void takeAhead() {
        Throwable failure = aheadFailure;
        ahead = false;
        aheadFailure = null;
        if (failure != null) {
            throw new GanglionException(
                    Kind.REOPEN,
                    "model "
                            + source.id()
                            + " failed in a step of "
                            + aheadStreams
                            + " streams at once ("
                            + failure.getMessage()
                            + "); without batch= on infer: each of them fails by itself",
                    failure);
        }
    }

    /** Only before the first step of an utterance: later ones need the state that is lost. */
    private boolean mayTryAgain(GanglionException e) {
        return retrying
                && firstOfUtterance
                && done == 0
                && e.kind() == Kind.REOPEN
                && !lane.cancelled();
    }

    /** What goes wrong here must not fail the message. */
    private void mirror(Shadow.Track track) {
        try {
            if (tokenInputs != null) {
                track.step(tokens, session);
            } else {
                track.step(batch.get(done), session);
            }
        } catch (RuntimeException e) {
            log.warn("a step of model {} is not followed by its shadow", source.id(), e);
            unfollow();
        }
    }

    /** Nothing runs beside it any more. */
    void unfollow() {
        Shadow.Track track = beside;
        beside = null;
        if (track != null) {
            track.end();
        }
    }

    private void write(Tensor from) {
        TensorSpec spec = inputs.get(0);
        String mismatch = spec.mismatch(from);
        if (mismatch != null) {
            throw new GanglionException(
                    Kind.INPUT,
                    "model "
                            + source.id()
                            + " refused its input '"
                            + spec.name()
                            + "': "
                            + mismatch);
        }
        if (!from.hasShape(shape)) {
            shape = from.shape();
        }
        Tensor to = session.input(spec.name(), shape);
        to.bytes().put(0, from.bytes(), 0, from.bytes().capacity());
    }

    @Override
    public int count() {
        return done;
    }

    /** {@return the lane that the session belongs to} */
    public Lane lane() {
        return lane;
    }

    /** {@return how many steps were not run, because nobody asked for them} */
    public int saved() {
        return planned - done;
    }

    /** {@return how many steps were run since the utterance began} */
    public int spent() {
        return ranBefore + done;
    }

    /** {@return how many steps the utterance has had so far, run or saved} */
    public int total() {
        return ranBefore + savedBefore + planned;
    }

    /** {@return how long the model took for this message so far} */
    public long inferNanos() {
        return inferNanos;
    }

    /** {@return whether the model failed in this message; a step that was cancelled did not} */
    public boolean failed() {
        return broken && !lane.cancelled();
    }

    /** {@return whether a step failed so that the session must not be used again} */
    boolean broken() {
        return broken;
    }

    @Override
    public Tensor output(String name) {
        return session.output(name);
    }

    @Override
    public Tokens tokens() {
        return tokens;
    }

    @Override
    public CharSequence said() {
        Generator speaking = generator;
        return over || speaking == null ? "" : speaking.said();
    }

    @Override
    public double probability() {
        Generator speaking = generator;
        return over || speaking == null || !(session instanceof TokenSession tokenSession)
                ? 1
                : speaking.probability(tokenSession);
    }

    void closeGenerator() {
        Generator before = generator;
        generator = null;
        if (before != null) {
            before.close();
        }
    }

    @Override
    public ModelPackage model() {
        return source;
    }
}
