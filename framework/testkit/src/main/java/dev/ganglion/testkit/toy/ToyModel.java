package dev.ganglion.testkit.toy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What the toy models have in common: specs that agree with the card, and being counted. */
abstract class ToyModel implements Model {
    private final ToyEngine engine;
    private final ModelId id;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;
    private final AtomicBoolean closed = new AtomicBoolean();

    ToyModel(
            ToyEngine engine,
            ModelPackage source,
            List<TensorSpec> inputs,
            List<TensorSpec> outputs) {
        this.engine = engine;
        this.id = source.id();
        this.inputs = agreed(source, source.inputs(), inputs);
        this.outputs = agreed(source, source.outputs(), outputs);
        engine.modelOpened();
    }

    /** The card's specs, for only the card knows units, when they fit those of the file. */
    private static List<TensorSpec> agreed(
            ModelPackage source, List<TensorSpec> card, List<TensorSpec> file) {
        if (card.isEmpty()) {
            return file;
        }
        List<TensorSpec> agreed = new ArrayList<>();
        for (TensorSpec own : file) {
            for (TensorSpec said : card) {
                if (said.name().equals(own.name())
                        && said.type() == own.type()
                        && said.shape().equals(own.shape())) {
                    agreed.add(said);
                }
            }
        }
        if (agreed.size() != file.size() || card.size() != file.size()) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    source.weightsFile()
                            + " has the tensors "
                            + file
                            + ", the card of "
                            + source.id()
                            + " says "
                            + card
                            + "; correct the card");
        }
        return agreed;
    }

    @Override
    public final List<TensorSpec> inputs() {
        return inputs;
    }

    @Override
    public final List<TensorSpec> outputs() {
        return outputs;
    }

    @Override
    public final Session open() {
        checkAlive();
        return newSession();
    }

    abstract Session newSession();

    /** {@return whether its sessions may be run together} */
    boolean runsTogether() {
        return false;
    }

    @Override
    public final @Nullable String onlyAlone() {
        return runsTogether() ? null : "a toy of this format computes one stream at a time";
    }

    @Override
    public final void runTogether(List<Session> sessions) {
        if (runsTogether()) {
            sessions.forEach(session -> ((ToySession) session).checkReady());
            engine.ranTogether(sessions.size());
        }
        sessions.forEach(Session::run);
    }

    final ToyEngine engine() {
        return engine;
    }

    final ModelId id() {
        return id;
    }

    /** Where a freed library would crash, this counts and refuses. */
    final void checkAlive() {
        if (closed.get()) {
            engine.usedAfterFree();
            throw new IllegalStateException("model " + id + " was used after it was closed");
        }
    }

    @Override
    public final void close() {
        if (closed.compareAndSet(false, true)) {
            engine.modelClosed();
        }
    }
}
