package dev.ganglion.testkit;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.toy.ToyEngine;
import java.util.List;
import java.util.Set;

/** A good engine around which a test wraps one fault. */
class WrappedEngine implements Engine {
    final ToyEngine good = new ToyEngine();

    WrappedEngine() {
        good.slowGate().open();
    }

    @Override
    public String name() {
        return good.name();
    }

    @Override
    public Set<String> formats() {
        return good.formats();
    }

    @Override
    public List<Parameter> options() {
        return good.options();
    }

    @Override
    public Model load(ModelPackage source, Options options) {
        return wrap(good.load(source, options));
    }

    Model wrap(Model model) {
        return new WrappedModel(model) {
            @Override
            public Session open() {
                return WrappedEngine.this.wrap(new ModelSession(model.open()));
            }
        };
    }

    /** Where most faults are: one session. */
    Session wrap(ModelSession session) {
        return session;
    }

    static class WrappedModel implements Model {
        final Model good;

        WrappedModel(Model good) {
            this.good = good;
        }

        @Override
        public List<TensorSpec> inputs() {
            return good.inputs();
        }

        @Override
        public List<TensorSpec> outputs() {
            return good.outputs();
        }

        @Override
        public Session open() {
            return good.open();
        }

        @Override
        public void close() {
            good.close();
        }
    }

    /** Passes everything on; the methods for tokens only when the model has them. */
    static class ModelSession implements TokenSession {
        final Session good;

        ModelSession(Session good) {
            this.good = good;
        }

        final TokenSession tokens() {
            return (TokenSession) good;
        }

        @Override
        public Tensor input(String name, long... shape) {
            return good.input(name, shape);
        }

        @Override
        public void run() {
            good.run();
        }

        @Override
        public Tensor output(String name) {
            return good.output(name);
        }

        @Override
        public void reset() {
            good.reset();
        }

        @Override
        public void cancel() {
            good.cancel();
        }

        @Override
        public int capacity() {
            return tokens().capacity();
        }

        @Override
        public int position() {
            return tokens().position();
        }

        @Override
        public void rewind(int position) {
            tokens().rewind(position);
        }

        @Override
        public void feed(int[] ids, int from, int to) {
            tokens().feed(ids, from, to);
        }

        @Override
        public Tensor logits() {
            return tokens().logits();
        }

        @Override
        public void close() {
            good.close();
        }
    }
}
