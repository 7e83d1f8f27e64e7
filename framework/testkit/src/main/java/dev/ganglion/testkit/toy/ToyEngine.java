package dev.ganglion.testkit.toy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs models that lie in small text files; {@link ToyModels} writes them. Counts what is open, so
 * that a test of the framework can prove that nothing leaks and that no step runs on a freed model.
 *
 * <ul>
 *   <li>{@code toy-linear}: {@code features FLOAT32[1, n]} to {@code scores FLOAT32[1, m]}, weights
 *       times features plus bias, times the option {@code scale}.
 *   <li>{@code toy-recurrent}: {@code values FLOAT32[any]} to {@code level FLOAT32[1]}, a leaky
 *       mean; the level is the hidden state.
 *   <li>{@code toy-tokens}: a {@link dev.ganglion.api.infer.TokenSession} whose likeliest next
 *       token is a sum over all tokens so far. Each token passes {@link #tokenGate}.
 *   <li>{@code toy-slow}: {@code value FLOAT32[1]} to {@code echo FLOAT32[1]}, the same number,
 *       after passing {@link #slowGate} as often as its file says.
 * </ul>
 */
public final class ToyEngine implements Engine {
    private final Gate slowGate = new Gate(false);
    private final Gate tokenGate = new Gate(true);
    private final AtomicInteger loads = new AtomicInteger();
    private final AtomicInteger openModels = new AtomicInteger();
    private final AtomicInteger mostOpenModels = new AtomicInteger();
    private final AtomicInteger openSessions = new AtomicInteger();
    private final AtomicInteger usesAfterFree = new AtomicInteger();
    private final List<Integer> together = new CopyOnWriteArrayList<>();

    /** An engine with counters and gates of its own. */
    public ToyEngine() {}

    @Override
    public String name() {
        return "toy";
    }

    @Override
    public Set<String> formats() {
        return new TreeSet<>(
                Set.of(ToyLinear.FORMAT, ToyRecurrent.FORMAT, ToyTokens.FORMAT, ToySlow.FORMAT));
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.number("scale", "1", -1000, 1000)
                        .withDefault("1")
                        .describedAs("what the scores of a toy-linear model are multiplied by"));
    }

    @Override
    public Model load(ModelPackage source, Options options) {
        ToyFile file = ToyFile.read(source.weightsFile(), source.format());
        return switch (source.format()) {
            case ToyLinear.FORMAT -> new ToyLinear(this, source, file, options.number("scale"));
            case ToyRecurrent.FORMAT -> new ToyRecurrent(this, source, file);
            case ToyTokens.FORMAT -> new ToyTokens(this, source, file);
            case ToySlow.FORMAT -> new ToySlow(this, source, file);
            default ->
                    throw new GanglionException(
                            GanglionException.Kind.SETUP,
                            source.weightsFile()
                                    + " is of format '"
                                    + source.format()
                                    + "'; the toy engine loads: "
                                    + String.join(", ", formats()));
        };
    }

    /** {@return what each step of a {@code toy-slow} model passes; closed at first} */
    public Gate slowGate() {
        return slowGate;
    }

    /** {@return what each token that is fed to a {@code toy-tokens} model passes; open at first} */
    public Gate tokenGate() {
        return tokenGate;
    }

    /** {@return how many models were loaded so far} */
    public int loads() {
        return loads.get();
    }

    /** {@return how many models are open} */
    public int openModels() {
        return openModels.get();
    }

    /** {@return how many models were open at the same time, at most} */
    public int mostOpenModels() {
        return mostOpenModels.get();
    }

    /** {@return how many sessions are open} */
    public int openSessions() {
        return openSessions.get();
    }

    /**
     * {@return how often a session, or a new one, was asked of a model that was closed already;
     * with a library in place of this engine, each time the process would have crashed}
     */
    public int usesAfterFree() {
        return usesAfterFree.get();
    }

    /**
     * {@return how many sessions of a {@code toy-recurrent} or {@code toy-slow} model made a step
     * together, each time that some did}
     */
    public List<Integer> together() {
        return List.copyOf(together);
    }

    void ranTogether(int sessions) {
        together.add(sessions);
    }

    void modelOpened() {
        loads.incrementAndGet();
        mostOpenModels.accumulateAndGet(openModels.incrementAndGet(), Math::max);
    }

    void modelClosed() {
        openModels.decrementAndGet();
    }

    void sessionOpened() {
        openSessions.incrementAndGet();
    }

    void sessionClosed() {
        openSessions.decrementAndGet();
    }

    void usedAfterFree() {
        usesAfterFree.incrementAndGet();
    }
}
