package dev.ganglion.camel.http;

import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.EndpointStrategy;

/**
 * Makes the parameter {@code commands=true} of {@code netty-http:} known, with the options of
 * {@link CommandOptions}. Touches no class of Netty until there is such an address.
 */
public final class HttpCommands implements EndpointStrategy {
    private final Map<ClassLoader, ClassLoader> beside = new WeakHashMap<>();

    private HttpCommands() {}

    /** Makes it known in a context. */
    public static void addTo(CamelContext camel) {
        camel.getCamelContextExtension().registerEndpointCallback(new HttpCommands());
    }

    @Override
    public Endpoint registerEndpoint(String uri, Endpoint endpoint) {
        if (uri.startsWith("netty-http:") && CommandOptions.wanted(endpoint.getEndpointUri())) {
            installer(endpoint.getClass().getClassLoader()).accept(endpoint);
        }
        return endpoint;
    }

    @SuppressWarnings("unchecked") // the name says which class it is
    private synchronized Consumer<Endpoint> installer(ClassLoader component) {
        ClassLoader loader = beside.computeIfAbsent(component, BesideLoader::new);
        try {
            return (Consumer<Endpoint>)
                    loader.loadClass(HttpCommands.class.getPackageName() + ".CommandEndpoints")
                            .getDeclaredConstructor()
                            .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "commands over HTTP cannot be taken with this netty-http (" + e + ")", e);
        }
    }

    /** {@return the loader of classes of this bundle, never null} */
    static ClassLoader own() {
        return Objects.requireNonNull(HttpCommands.class.getClassLoader());
    }
}
