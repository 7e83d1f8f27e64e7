package dev.ganglion.worker.osgi;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.worker.WorkerIsolation;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Enumeration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.namespace.BundleNamespace;
import org.osgi.framework.namespace.HostNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/**
 * The class path of an engine's bundle: its own jar, those of the bundles that it is wired to and
 * of their fragments, and of this bundle. A bundle is used where it was installed from when that is
 * a file; what cannot be used in its place is unpacked.
 */
final class BundleJars implements Function<Engine, List<Path>> {
    /** The kinds of wires through which classes are found. */
    private static final List<String> CLASSES =
            List.of(
                    PackageNamespace.PACKAGE_NAMESPACE,
                    BundleNamespace.BUNDLE_NAMESPACE,
                    HostNamespace.HOST_NAMESPACE);

    private final Path folder;

    /**
     * Nothing is unpacked yet.
     *
     * @param folder where it will be
     */
    BundleJars(Path folder) {
        this.folder = folder;
    }

    @Override
    public List<Path> apply(Engine engine) {
        Bundle own = FrameworkUtil.getBundle(engine.getClass());
        Set<Bundle> bundles = new LinkedHashSet<>();
        if (own != null) {
            bundles.addAll(wired(own));
        }
        Bundle workers = FrameworkUtil.getBundle(WorkerIsolation.class);
        if (workers != null) {
            bundles.add(workers);
        }
        List<Path> jars = new ArrayList<>();
        for (Bundle bundle : bundles) {
            try {
                jars.addAll(classPath(bundle));
            } catch (IOException unreadable) {
                throw new GanglionException(
                        Kind.SETUP,
                        "engine "
                                + engine.name()
                                + " cannot run in a worker: the content of bundle "
                                + bundle.getSymbolicName()
                                + ", installed from "
                                + bundle.getLocation()
                                + ", could not be unpacked to "
                                + folder
                                + " ("
                                + unreadable
                                + "); install it from a file, or make room",
                        unreadable);
            }
        }
        return jars;
    }

    /** The bundle and all that it needs, directly or not, but for the system bundle. */
    static Set<Bundle> wired(Bundle first) {
        Set<Bundle> found = new LinkedHashSet<>();
        Deque<Bundle> next = new ArrayDeque<>(List.of(first));
        while (!next.isEmpty()) {
            Bundle bundle = next.remove();
            BundleWiring wiring = bundle.adapt(BundleWiring.class);
            if (bundle.getBundleId() == Constants.SYSTEM_BUNDLE_ID || !found.add(bundle)) {
                continue;
            }
            if (wiring != null) {
                for (String kind : CLASSES) {
                    for (BundleWire wire : wiring.getRequiredWires(kind)) {
                        next.add(wire.getProvider().getBundle());
                    }
                }
                for (BundleWire wire : wiring.getProvidedWires(HostNamespace.HOST_NAMESPACE)) {
                    next.add(wire.getRequirer().getBundle());
                }
            }
        }
        return found;
    }

    List<Path> classPath(Bundle bundle) throws IOException {
        Path content = installedFrom(bundle.getLocation());
        if (content == null) {
            content = unpacked(bundle);
        }
        String header = bundle.getHeaders("").get(Constants.BUNDLE_CLASSPATH);
        List<Path> entries = new ArrayList<>();
        for (String clause : (header == null ? "." : header).split(",")) {
            String entry = clause.split(";")[0].strip();
            while (entry.startsWith("/")) {
                entry = entry.substring(1);
            }
            if (entry.isEmpty() || entry.equals(".")) {
                entries.add(content);
            } else {
                // Inside of a jar nothing has a path of its own.
                Path inside = Files.isDirectory(content) ? content : unpacked(bundle);
                if (Files.exists(inside.resolve(entry))) {
                    entries.add(inside.resolve(entry));
                }
            }
        }
        return entries;
    }

    /** {@return the file or folder that a location names, or null} */
    static @Nullable Path installedFrom(String location) {
        String address =
                location.startsWith("reference:")
                        ? location.substring("reference:".length())
                        : location;
        if (!address.startsWith("file:")) {
            return null;
        }
        try {
            URI uri = URI.create(address);
            Path path =
                    uri.isOpaque() ? Path.of(address.substring("file:".length())) : Path.of(uri);
            return Files.exists(path) ? path.toAbsolutePath().normalize() : null;
        } catch (IllegalArgumentException unusual) {
            return null;
        }
    }

    /** All that is in the bundle as files, once for each change of it. */
    private synchronized Path unpacked(Bundle bundle) throws IOException {
        Path target = folder.resolve(bundle.getBundleId() + "-" + bundle.getLastModified());
        if (Files.isDirectory(target)) {
            return target;
        }
        Path made = folder.resolve(target.getFileName() + ".part");
        Files.createDirectories(made);
        Enumeration<URL> entries = bundle.findEntries("/", "*", true);
        while (entries != null && entries.hasMoreElements()) {
            URL entry = entries.nextElement();
            String name = entry.getPath().replaceFirst("^/+", "");
            Path file = made.resolve(name).normalize();
            if (!file.startsWith(made)) {
                throw new IOException("the entry '" + name + "' lies outside of the bundle");
            }
            if (name.endsWith("/")) {
                Files.createDirectories(file);
                continue;
            }
            Path parent = file.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            try (InputStream bytes = entry.openStream()) {
                Files.copy(bytes, file, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return Files.move(made, target);
    }
}
