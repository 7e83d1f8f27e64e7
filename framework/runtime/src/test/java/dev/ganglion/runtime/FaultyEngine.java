package dev.ganglion.runtime;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;
import java.util.Set;

/** Another engine that fails where the test says so: what no toy model does by itself. */
final class FaultyEngine implements Engine {
    /** Thrown by the next calls; null for none. */
    volatile RuntimeException onFormats;

    volatile Throwable onLoad;
    volatile RuntimeException onOpen;
    volatile RuntimeException onReset;

    private final Engine engine;

    FaultyEngine(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "faulty";
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
                return model.outputs();
            }

            @Override
            public Session open() {
                if (onOpen != null) {
                    throw onOpen;
                }
                return new Faulty(model.open());
            }

            @Override
            public void close() {
                model.close();
            }
        };
    }

    private final class Faulty implements Session {
        private final Session session;

        Faulty(Session session) {
            this.session = session;
        }

        @Override
        public Tensor input(String name, long... shape) {
            return session.input(name, shape);
        }

        @Override
        public void run() {
            session.run();
        }

        @Override
        public Tensor output(String name) {
            return session.output(name);
        }

        @Override
        public void reset() {
            if (onReset != null) {
                throw onReset;
            }
            session.reset();
        }

        @Override
        public void cancel() {
            session.cancel();
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
