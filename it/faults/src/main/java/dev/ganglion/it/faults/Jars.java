package dev.ganglion.it.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * Bundles made of classes that this program has on its own class path, and other builds of bundles
 * that are there.
 */
final class Jars {
    private static final Attributes.Name BUILD = new Attributes.Name("Faults-Build");

    private Jars() {}

    /**
     * Writes a bundle with Declarative Services components.
     *
     * @param components its descriptions, in {@code bundles/<name>/OSGI-INF} of the resources
     * @param imports the packages that it needs from others
     * @param contents a class of each package that goes into it
     */
    static void write(
            Path jar,
            String name,
            List<String> components,
            List<String> imports,
            List<Class<?>> contents)
            throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "dev.ganglion.it.faults." + name);
        main.putValue("Bundle-Version", "1.0.0");
        main.putValue("Import-Package", String.join(",", imports));
        main.putValue(
                "Require-Capability", "osgi.extender;filter:=\"(osgi.extender=osgi.component)\"");
        main.putValue(
                "Service-Component",
                String.join(",", components.stream().map(each -> "OSGI-INF/" + each).toList()));
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            for (String component : components) {
                String resource = "/bundles/" + name + "/OSGI-INF/" + component;
                try (InputStream in = Jars.class.getResourceAsStream(resource)) {
                    if (in == null) {
                        throw new IOException("there is no " + resource + " on the class path");
                    }
                    put(out, "OSGI-INF/" + component, in.readAllBytes());
                }
            }
            for (Class<?> content : contents) {
                copyPackage(content, out);
            }
        }
    }

    private static void copyPackage(Class<?> content, JarOutputStream out) throws IOException {
        String folder = content.getPackageName().replace('.', '/') + "/";
        Path source = source(content);
        if (Files.isDirectory(source)) {
            try (Stream<Path> files = Files.list(source.resolve(folder))) {
                for (Path file : files.sorted().toList()) {
                    String name = String.valueOf(file.getFileName());
                    if (name.endsWith(".class")) {
                        put(out, folder + name, Files.readAllBytes(file));
                    }
                }
            }
            return;
        }
        try (JarFile jar = new JarFile(source.toFile())) {
            for (JarEntry entry : jar.stream().toList()) {
                String name = entry.getName();
                if (name.startsWith(folder)
                        && name.endsWith(".class")
                        && name.indexOf('/', folder.length()) < 0) {
                    try (InputStream in = jar.getInputStream(entry)) {
                        put(out, name, in.readAllBytes());
                    }
                }
            }
        }
    }

    private static Path source(Class<?> content) throws IOException {
        URL location = content.getProtectionDomain().getCodeSource().getLocation();
        try {
            return Path.of(location.toURI());
        } catch (URISyntaxException e) {
            throw new IOException(content + " comes from no file, " + location, e);
        }
    }

    private static void put(JarOutputStream out, String name, byte[] content) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(content);
        out.closeEntry();
    }

    /** Writes the same bundle as another build, which differs in its manifest alone. */
    static void rebuilt(Path jar, int build, Path target) throws IOException {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try (JarInputStream in = new JarInputStream(Files.newInputStream(jar))) {
            Manifest manifest = in.getManifest();
            if (manifest == null) {
                throw new IOException(jar + " is no bundle: it does not begin with a manifest");
            }
            manifest.getMainAttributes().put(BUILD, Integer.toString(build));
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(part), manifest)) {
                for (JarEntry entry = in.getNextJarEntry();
                        entry != null;
                        entry = in.getNextJarEntry()) {
                    put(out, entry.getName(), in.readAllBytes());
                }
            }
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    }
}
