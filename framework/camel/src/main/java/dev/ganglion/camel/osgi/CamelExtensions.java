package dev.ganglion.camel.osgi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.TypeConverterLoader;
import org.apache.camel.spi.TypeConverterRegistry;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a bundle with Camel components brings to a context that runs already, and takes away when it
 * goes.
 */
final class CamelExtensions {
    private static final Logger log = LoggerFactory.getLogger(CamelExtensions.class);
    private static final String CONVERTERS =
            "META-INF/services/org/apache/camel/TypeConverterLoader";

    private CamelExtensions() {}

    /**
     * Loads the type converters of all bundles; those that are there already are loaded again,
     * which changes nothing.
     */
    static void loadConverters(CamelContext camel, ClassLoader loader) {
        Set<String> names = new HashSet<>();
        try {
            for (URL file : Collections.list(loader.getResources(CONVERTERS))) {
                try (BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(file.openStream(), StandardCharsets.UTF_8))) {
                    lines.lines()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                            .forEach(names::add);
                }
            }
        } catch (IOException e) {
            log.warn("type converters of Camel's extensions cannot be listed ({})", e.toString());
        }
        TypeConverterRegistry registry = camel.getTypeConverterRegistry();
        for (String name : names) {
            try {
                Class<?> type = loader.loadClass(name);
                if (FrameworkUtil.getBundle(type) != FrameworkUtil.getBundle(CamelContext.class)) {
                    if (type.getDeclaredConstructor().newInstance()
                            instanceof TypeConverterLoader converters) {
                        converters.load(registry);
                    }
                }
            } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
                log.warn("type converters {} were not loaded ({})", name, e.toString());
            }
        }
    }

    /**
     * Removes the components of a bundle that went, so that no address resolves to classes that are
     * gone.
     */
    static void forget(CamelContext camel, Bundle bundle) {
        for (String name : Set.copyOf(camel.getComponentNames())) {
            Component component = camel.hasComponent(name);
            if (component != null && bundle.equals(FrameworkUtil.getBundle(component.getClass()))) {
                for (Endpoint endpoint : camel.getEndpoints().toArray(Endpoint[]::new)) {
                    if (bundle.equals(FrameworkUtil.getBundle(endpoint.getClass()))) {
                        remove(camel, endpoint);
                    }
                }
                camel.removeComponent(name);
            }
        }
    }

    private static void remove(CamelContext camel, Endpoint endpoint) {
        try {
            camel.removeEndpoint(endpoint);
        } catch (Exception e) {
            log.warn("address {} was not removed ({})", endpoint.getEndpointUri(), e.toString());
        }
    }
}
