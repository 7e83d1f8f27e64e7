package dev.ganglion.worker;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;
import java.util.Set;

/** An engine that loads each model in a worker, so that the kits can be run against it. */
record IsolatedEngine(Engine engine, WorkerIsolation workers) implements Engine {
    IsolatedEngine(Engine engine) {
        this(engine, new WorkerIsolation(System::getProperty));
    }

    @Override
    public String name() {
        return engine.name();
    }

    @Override
    public Set<String> formats() {
        return engine.formats();
    }

    @Override
    public List<Parameter> options() {
        return engine.options();
    }

    @Override
    public Model load(ModelPackage source, Options options) {
        return workers.load(engine, source, options);
    }
}
