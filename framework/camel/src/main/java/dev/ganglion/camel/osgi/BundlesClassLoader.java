package dev.ganglion.camel.osgi;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/**
 * Finds classes and resources where Camel's own are, be that a bundle or the class path, then in
 * each bundle that extends Camel.
 */
final class BundlesClassLoader extends ClassLoader {
    private final List<Bundle> bundles = new CopyOnWriteArrayList<>();

    BundlesClassLoader(ClassLoader camel, Bundle first) {
        super(camel);
        bundles.add(first);
    }

    void add(Bundle bundle) {
        bundles.add(bundle);
    }

    void remove(Bundle bundle) {
        bundles.remove(bundle);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        for (Bundle bundle : bundles) {
            try {
                return bundle.loadClass(name);
            } catch (ClassNotFoundException | IllegalStateException notHere) {
                continue;
            }
        }
        throw new ClassNotFoundException(name + " in " + bundles);
    }

    @Override
    protected @Nullable URL findResource(String name) {
        for (Bundle bundle : bundles) {
            try {
                URL found = bundle.getResource(name);
                if (found != null) {
                    return found;
                }
            } catch (IllegalStateException uninstalled) {
                continue;
            }
        }
        return null;
    }

    @Override
    protected Enumeration<URL> findResources(String name) throws IOException {
        Set<URL> all = new LinkedHashSet<>();
        for (Bundle bundle : bundles) {
            try {
                Enumeration<URL> found = bundle.getResources(name);
                while (found != null && found.hasMoreElements()) {
                    all.add(found.nextElement());
                }
            } catch (IllegalStateException uninstalled) {
                continue;
            }
        }
        return Collections.enumeration(all);
    }
}
