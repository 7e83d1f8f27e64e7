package dev.ganglion.runtime;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Another engine that fails where the test says so: what no toy model does by itself. */
final class FaultyEngine implements Engine {
    /** Thrown by the next calls; null for none. */
    volatile RuntimeException onFormats;

    volatile Throwable onLoad;
    volatile RuntimeException onOpen;
    volatile RuntimeException onReset;
    volatile RuntimeException onRun;

    /** Thrown by steps that several sessions make together. */
    volatile RuntimeException onRunTogether;

    /** How many of the next steps break their session, as the end of a worker does. */
    final AtomicInteger breaks = new AtomicInteger();

    /** Sessions that were opened before this grew can take no further utterance. */
    final AtomicInteger outages = new AtomicInteger();

    /** How many steps failed so. */
    final AtomicInteger faults = new AtomicInteger();

    /** Which models' sessions fail. */
    volatile Predicate<ModelId> which = id -> true;

    /** Whether they give one more tensor, {@code more}. */
    volatile boolean moreOutputs;

    /** Whether a step goes on although it was cancelled. */
    volatile boolean ignoresCancel;

    /** How much memory each model says it allocated. */
    volatile long allocatedBytes;

    private final String name;
    private final Engine engine;

    FaultyEngine(Engine engine) {
        this("faulty", engine);
    }

    FaultyEngine(String name, Engine engine) {
        this.name = name;
        this.engine = engine;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<String> formats() {
        if (onFormats != null) {
            throw onFormats;
        }
        return engine.formats();
    }

    @Override
    public List<Parameter> options() {
        return engine.options();
    }

    @Override
    public Model load(ModelPackage source, Options options) {
        if (onLoad instanceof RuntimeException exception) {
            throw exception;
        }
        if (onLoad instanceof Error error) {
            throw error;
        }
        Model model = engine.load(source, options);
        return new Model() {
            @Override
            public List<TensorSpec> inputs() {
                return model.inputs();
            }

            @Override
            public List<TensorSpec> outputs() {
                if (!moreOutputs || !which.test(source.id())) {
                    return model.outputs();
                }
                List<TensorSpec> more = new ArrayList<>();
                more.add(TensorSpec.of("more", Tensor.Type.FLOAT32, "1", 1));
                more.addAll(model.outputs());
                return more;
            }

            @Override
            public Session open() {
                if (onOpen != null && which.test(source.id())) {
                    throw onOpen;
                }
                Session session = model.open();
                return session instanceof TokenSession speaking
                        ? new FaultyTokens(source.id(), speaking)
                        : new Faulty(source.id(), session);
            }

            @Override
            public String onlyAlone() {
                return model.onlyAlone();
            }

            @Override
            public void runTogether(List<Session> sessions) {
                RuntimeException fault = onRunTogether;
                if (fault != null) {
                    faults.incrementAndGet();
                    throw fault;
                }
                model.runTogether(sessions.stream().map(each -> ((Faulty) each).session).toList());
            }

            @Override
            public long allocatedBytes() {
                return allocatedBytes;
            }

            @Override
            public void close() {
                model.close();
            }
        };
    }

    /** Breaks when it is fed. */
    private final class FaultyTokens extends Faulty implements TokenSession {
        private final TokenSession session;

        FaultyTokens(ModelId id, TokenSession session) {
            super(id, session);
            this.session = session;
        }

        @Override
        public int capacity() {
            return session.capacity();
        }

        @Override
        public int position() {
            return session.position();
        }

        @Override
        public void rewind(int position) {
            session.rewind(position);
        }

        @Override
        public void feed(int[] ids, int from, int to) {
            mayBreak();
            session.feed(ids, from, to);
        }

        @Override
        public Tensor logits() {
            return session.logits();
        }
    }

    private class Faulty implements Session {
        private final ModelId id;
        private final Session session;
        private final int openedAfter = outages.get();

        Faulty(ModelId id, Session session) {
            this.id = id;
            this.session = session;
        }

        @Override
        public Tensor input(String name, long... shape) {
            return session.input(name, shape);
        }

        final void mayBreak() {
            if (breaks.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new GanglionException(GanglionException.Kind.REOPEN, "forced end");
            }
        }

        @Override
        public void run() {
            mayBreak();
            RuntimeException fault = onRun;
            if (fault != null && which.test(id)) {
                faults.incrementAndGet();
                throw fault;
            }
            session.run();
        }

        @Override
        public boolean usable() {
            return openedAfter == outages.get();
        }

        @Override
        public Tensor output(String name) {
            return session.output(name);
        }

        @Override
        public void reset() {
            if (onReset != null && which.test(id)) {
                throw onReset;
            }
            session.reset();
        }

        @Override
        public void cancel() {
            if (!ignoresCancel) {
                session.cancel();
            }
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
