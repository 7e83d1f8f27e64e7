package dev.ganglion.worker.osgi;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.runtime.model.Isolation;
import dev.ganglion.worker.WorkerIsolation;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Offers workers as a service, configured by framework properties. */
@Component(service = Isolation.class, immediate = true)
public final class WorkerComponent implements Isolation {
    private final WorkerIsolation workers;

    /** Reads the properties; starts nothing. */
    @Activate
    public WorkerComponent(BundleContext context) {
        workers =
                new WorkerIsolation(
                        context::getProperty, new BundleJars(context.getDataFile("jars").toPath()));
    }

    @Override
    public String name() {
        return workers.name();
    }

    @Override
    public Model load(Engine engine, ModelPackage source, Options options) {
        return workers.load(engine, source, options);
    }

    @Override
    public String describe(Model model) {
        return workers.describe(model);
    }

    /** Ends all workers. */
    @Deactivate
    public void deactivate() {
        workers.close();
    }
}
