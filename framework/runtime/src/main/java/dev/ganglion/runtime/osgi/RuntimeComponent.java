package dev.ganglion.runtime.osgi;

import dev.ganglion.api.data.Plugin;
import dev.ganglion.runtime.model.Isolation;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.model.ModelStore;
import dev.ganglion.runtime.model.ReplacementGate;
import dev.ganglion.runtime.plugin.Plugins;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;

/**
 * The registry of plug-ins and the model host as services, over the plug-ins that bundles register.
 * Reads the framework properties {@code ganglion.models} (the folder of models), {@code
 * ganglion.drainLimitMillis} and {@code ganglion.memoryLimitMegabytes} (of all models together, 0
 * for no limit).
 */
@Component(
        service = {},
        immediate = true)
public final class RuntimeComponent implements ServiceTrackerCustomizer<Object, Plugin> {
    private static final List<String> KINDS =
            List.of(
                    "dev.ganglion.api.sense.Sensor",
                    "dev.ganglion.api.encode.FeatureExtractor",
                    "dev.ganglion.api.encode.Segmenter",
                    "dev.ganglion.api.encode.Tokenizer",
                    "dev.ganglion.api.infer.Engine",
                    "dev.ganglion.api.decide.Decider",
                    "dev.ganglion.api.act.Actuator");
    private static final String DRAIN_LIMIT_MILLIS = "10000";

    private final BundleContext context;
    private final ServiceComponentRuntime components;
    private final Plugins plugins = new Plugins();
    private final ModelHost host;
    private final ServiceTracker<Object, Plugin> tracker;
    private final Tracked<Isolation> isolations;
    private final Tracked<ReplacementGate> gates;
    private final List<ServiceRegistration<?>> registrations;

    /** Begins to track plug-ins and offers the services. */
    @Activate
    public RuntimeComponent(BundleContext context, @Reference ServiceComponentRuntime components)
            throws InvalidSyntaxException {
        this.context = context;
        this.components = components;
        ModelStore store = new ModelStore(Path.of(property("ganglion.models", "models")));
        host =
                new ModelHost(
                        store,
                        plugins,
                        Long.parseLong(property("ganglion.drainLimitMillis", DRAIN_LIMIT_MILLIS)),
                        Integer.parseInt(property("ganglion.memoryLimitMegabytes", "0")));
        String filter =
                KINDS.stream()
                        .map(kind -> "(objectClass=" + kind + ")")
                        .collect(Collectors.joining());
        isolations = new Tracked<>(context, Isolation.class, host::add, host::remove);
        isolations.open();
        gates = new Tracked<>(context, ReplacementGate.class, host::add, host::remove);
        gates.open();
        tracker = new ServiceTracker<>(context, context.createFilter("(|" + filter + ")"), this);
        tracker.open();
        registrations =
                List.of(
                        context.registerService(Plugins.class, plugins, null),
                        context.registerService(ModelHost.class, host, null));
    }

    private String property(String name, String byDefault) {
        String value = context.getProperty(name);
        return value == null || value.isBlank() ? byDefault : value;
    }

    /** Ends the services; models are closed when their last lease ends. */
    @Deactivate
    public void deactivate() {
        registrations.forEach(ServiceRegistration::unregister);
        tracker.close();
        host.close();
        isolations.close();
        gates.close();
    }

    @Override
    public @Nullable Plugin addingService(ServiceReference<Object> reference) {
        String source = source(reference.getBundle());
        Object service;
        try {
            service = context.getService(reference);
        } catch (RuntimeException | LinkageError e) {
            plugins.broken(
                    source,
                    "a plug-in of "
                            + source
                            + " could not be made ("
                            + e
                            + "); the others go on; mend it and install it again");
            return null;
        }
        if (service instanceof Plugin plugin) {
            plugins.add(plugin, source);
            return plugin;
        }
        plugins.broken(
                source,
                "the plug-in "
                        + reference.getProperty("component.name")
                        + " of "
                        + source
                        + " could not be made: its constructor failed"
                        + failure(reference)
                        + "; the others go on; mend it and install it again");
        return null;
    }

    private static String source(@Nullable Bundle bundle) {
        return bundle == null
                ? "a bundle that is gone"
                : bundle.getSymbolicName() + " " + bundle.getVersion();
    }

    /**
     * What Declarative Services knows about a component that it could not activate: the first line
     * of its stack trace.
     */
    private String failure(ServiceReference<Object> reference) {
        Object id = reference.getProperty("component.id");
        return components.getComponentDescriptionDTOs(reference.getBundle()).stream()
                .flatMap(
                        description ->
                                components.getComponentConfigurationDTOs(description).stream())
                .filter(configuration -> id != null && id.equals(configuration.id))
                .flatMap(RuntimeComponent::lines)
                .filter(line -> line.startsWith("Caused by:"))
                .reduce((first, second) -> second)
                .map(line -> " (" + line.substring("Caused by:".length()).strip() + ")")
                .orElse("");
    }

    private static Stream<String> lines(ComponentConfigurationDTO configuration) {
        return configuration.failure == null ? Stream.empty() : configuration.failure.lines();
    }

    @Override
    public void modifiedService(ServiceReference<Object> reference, Plugin plugin) {
        // A plug-in is known by its own name; the properties of its service do not matter.
    }

    @Override
    public void removedService(ServiceReference<Object> reference, Plugin plugin) {
        plugins.remove(plugin);
        plugins.mended(source(reference.getBundle()));
        context.ungetService(reference);
    }
}
