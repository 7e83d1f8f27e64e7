package dev.ganglion.runtime.osgi;

import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** Hands the services of a type on as they come and go. */
final class Tracked<S> extends ServiceTracker<S, S> {
    private final Consumer<S> came;
    private final Consumer<S> went;

    Tracked(BundleContext context, Class<S> type, Consumer<S> came, Consumer<S> went) {
        super(context, type, null);
        this.came = came;
        this.went = went;
    }

    @Override
    public S addingService(ServiceReference<S> reference) {
        S service = context.getService(reference);
        if (service != null) {
            came.accept(service);
        }
        return service;
    }

    @Override
    public void removedService(ServiceReference<S> reference, S service) {
        went.accept(service);
        context.ungetService(reference);
    }
}
