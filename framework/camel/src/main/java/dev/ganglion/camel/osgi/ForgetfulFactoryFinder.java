package dev.ganglion.camel.osgi;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Properties;
import org.apache.camel.spi.ClassResolver;
import org.apache.camel.spi.FactoryFinder;
import org.apache.camel.spi.FactoryFinderResolver;
import org.jspecify.annotations.Nullable;

/**
 * Looks factories up each time. Camel's own finder remembers classes and misses for ever: what a
 * bundle brings later would never be found, and what it took away would never be collected.
 */
final class ForgetfulFactoryFinder implements FactoryFinder {
    private final ClassResolver classes;
    private final String path;

    private ForgetfulFactoryFinder(ClassResolver classes, String path) {
        this.classes = classes;
        this.path = path.endsWith("/") ? path : path + "/";
    }

    /** {@return the resolver that makes such finders} */
    static FactoryFinderResolver resolver() {
        return new FactoryFinderResolver() {
            @Override
            public FactoryFinder resolveFactoryFinder(ClassResolver classes, String path) {
                return new ForgetfulFactoryFinder(classes, path);
            }

            @Override
            public FactoryFinder resolveBootstrapFactoryFinder(ClassResolver classes, String path) {
                return new ForgetfulFactoryFinder(classes, path);
            }
        };
    }

    @Override
    public String getResourcePath() {
        return path;
    }

    @Override
    public Optional<Class<?>> findClass(String key) {
        try (InputStream in = classes.loadResourceAsStream(path + key)) {
            return in == null ? Optional.empty() : Optional.ofNullable(named(in));
        } catch (IOException e) {
            throw new IllegalStateException("the factory " + path + key + " cannot be read", e);
        }
    }

    private @Nullable Class<?> named(InputStream in) throws IOException {
        Properties factory = new Properties();
        factory.load(in);
        String name = factory.getProperty("class");
        return name == null ? null : classes.resolveClass(name);
    }

    @Override
    public Optional<Class<?>> findOptionalClass(String key) {
        return findClass(key);
    }

    @Override
    public Optional<Object> newInstance(String key) {
        return newInstance(key, Object.class);
    }

    @Override
    public <T> Optional<T> newInstance(String key, Class<T> type) {
        return findClass(key)
                .map(
                        found -> {
                            try {
                                return type.cast(found.getDeclaredConstructor().newInstance());
                            } catch (ReflectiveOperationException e) {
                                throw new IllegalStateException(
                                        "the factory "
                                                + path
                                                + key
                                                + " cannot make a "
                                                + found.getName(),
                                        e);
                            }
                        });
    }

    @Override
    public void clear() {
        // Nothing is remembered.
    }
}
