package dev.ganglion.runtime.flow;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.runtime.model.TokenInputs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a session for whoever reads it: one step for a text, one step per tensor of a batch. Reused
 * from message to message; allocates nothing. One thread.
 */
public final class SessionSteps implements Steps {
    private static final Tokens NO_TOKENS = new Tokens();

    private final ModelPackage source;
    private final List<TensorSpec> inputs;
    private final Session session;
    private final Lane lane;
    private final @Nullable TokenInputs tokenInputs;

    private Tokens tokens = NO_TOKENS;
    private List<Tensor> batch = List.of();
    private long[] shape = {};
    private int planned;
    private int done;
    private boolean over = true;
    private boolean broken;
    private long inferNanos;

    SessionSteps(ModelPackage source, List<TensorSpec> inputs, Session session, Lane lane) {
        this.lane = lane;
        this.source = source;
        this.inputs = inputs;
        this.session = session;
        this.tokenInputs =
                TokenInputs.fits(inputs) ? new TokenInputs(source.id(), inputs, session) : null;
    }

    /** Starts on a text. */
    public void start(Tokens text) {
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
        begin(NO_TOKENS, tensors, tensors.size());
    }

    private void begin(Tokens text, List<Tensor> tensors, int steps) {
        tokens = text;
        batch = tensors;
        planned = steps;
        done = 0;
        over = false;
        inferNanos = 0;
    }

    /** The message was handled: whoever still pulls is told so. */
    void end() {
        over = true;
        tokens = NO_TOKENS;
        batch = List.of();
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
        if (done == planned) {
            return false;
        }
        long startNanos = System.nanoTime();
        try {
            if (tokenInputs != null) {
                tokenInputs.write(tokens);
            } else {
                write(batch.get(done));
            }
            session.run();
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

    /** {@return how long the model took for this message so far} */
    public long inferNanos() {
        return inferNanos;
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
    public ModelPackage model() {
        return source;
    }
}
