package dev.ganglion.worker.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.worker.WorkerIsolation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.launch.Framework;

/**
 * An engine that no class path of this process knows, in a bundle in a real Felix, in a worker.
 * What its load throws comes from a library that it is wired to.
 */
class BundleJarsTest {
    private static final String ENGINE =
            """
            package vendor.engine;
            public class VendorEngine implements dev.ganglion.api.infer.Engine {
                public String name() { return "vendor"; }
                public java.util.Set<String> formats() { return java.util.Set.of("vendor"); }
                public dev.ganglion.api.infer.Model load(
                        dev.ganglion.api.model.ModelPackage source,
                        dev.ganglion.api.data.Options options) {
                    throw new dev.ganglion.api.data.GanglionException(
                        dev.ganglion.api.data.GanglionException.Kind.INPUT, vendor.library.Library.says());
                }
            }
            """;
    private static final String LIBRARY =
            """
            package vendor.library;
            public class Library { public static String says() { return "said by the library"; } }
            """;
    private static final String IMPORTS =
            "dev.ganglion.api.data,dev.ganglion.api.infer,dev.ganglion.api.model";

    @TempDir Path folder;
    private Framework felix;
    private Path engineClass;
    private Path libraryClass;

    @BeforeEach
    void start() throws Exception {
        Path classes = folder.resolve("classes");
        List<String> arguments = new ArrayList<>(List.of("-d", classes.toString()));
        arguments.add(Files.writeString(folder.resolve("VendorEngine.java"), ENGINE).toString());
        arguments.add(Files.writeString(folder.resolve("Library.java"), LIBRARY).toString());
        assertThat(
                        ToolProvider.getSystemJavaCompiler()
                                .run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
        engineClass = classes.resolve("vendor/engine/VendorEngine.class");
        libraryClass = classes.resolve("vendor/library/Library.class");
        felix =
                new FrameworkFactory()
                        .newFramework(
                                Map.of(
                                        "org.osgi.framework.storage",
                                        folder.resolve("cache").toString(),
                                        "org.osgi.framework.system.packages.extra",
                                        IMPORTS));
        felix.start();
    }

    @AfterEach
    void stop() throws Exception {
        felix.stop();
        felix.waitForStop(30_000);
    }

    private static Manifest manifest(String name, String... headers) {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Bundle-ManifestVersion", "2");
        attributes.putValue("Bundle-SymbolicName", name);
        for (int i = 0; i < headers.length; i += 2) {
            attributes.putValue(headers[i], headers[i + 1]);
        }
        return manifest;
    }

    /** A jar with these files, each under the name that comes before it. */
    private Path jar(String name, Manifest manifest, Object... namesAndFiles) throws IOException {
        Path jar = folder.resolve(name);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (int i = 0; i < namesAndFiles.length; i += 2) {
                out.putNextEntry(new JarEntry((String) namesAndFiles[i]));
                Files.copy((Path) namesAndFiles[i + 1], out);
            }
        }
        return jar;
    }

    private Path libraryJar(String name) throws IOException {
        return jar(
                name,
                manifest("vendor.library", "Export-Package", "vendor.library"),
                "vendor/library/Library.class",
                libraryClass);
    }

    private Path engineJar() throws IOException {
        return jar(
                "engine.jar",
                manifest("vendor.engine", "Import-Package", IMPORTS + ",vendor.library"),
                "vendor/engine/VendorEngine.class",
                engineClass);
    }

    private Path engineJarWithTheLibraryInside() throws IOException {
        return jar(
                "whole.jar",
                manifest(
                        "vendor.whole",
                        "Import-Package",
                        IMPORTS,
                        "Bundle-ClassPath",
                        ".,lib/library.jar"),
                "vendor/engine/VendorEngine.class",
                engineClass,
                "lib/library.jar",
                libraryJar("inner.jar"));
    }

    private void assertRunsInAWorker(Bundle bundle) throws Exception {
        bundle.start();
        Engine engine =
                (Engine)
                        bundle.loadClass("vendor.engine.VendorEngine")
                                .getConstructor()
                                .newInstance();
        Path weights = Files.writeString(folder.resolve("weights"), "weights");
        ModelPackage source = ModelPackage.of(new ModelId("any", "1"), "vendor", weights);
        Options options = Options.of("vendor", List.of(), Map.of(), folder);
        Map<String, String> properties = Map.of("ganglion.var", folder.toString());
        try (WorkerIsolation workers =
                new WorkerIsolation(properties::get, new BundleJars(folder.resolve("unpacked")))) {
            assertThatThrownBy(() -> workers.load(engine, source, options))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            said -> assertThat(said.kind()).isEqualTo(Kind.INPUT))
                    .hasMessage("said by the library");
        }
    }

    @Test
    void anEngineFindsTheLibraryThatItIsWiredTo() throws Exception {
        Path library = libraryJar("library.jar");
        Path engine = engineJar();
        felix.getBundleContext().installBundle("reference:" + library.toUri());
        Bundle bundle = felix.getBundleContext().installBundle("reference:" + engine.toUri());
        assertRunsInAWorker(bundle);
        assertThat(BundleJars.wired(bundle))
                .extracting(Bundle::getSymbolicName)
                .containsExactly("vendor.engine", "vendor.library");
        assertThat(folder.resolve("unpacked")).as("what was unpacked").doesNotExist();
    }

    @Test
    void aLibraryInsideOfAJarIsUnpacked() throws Exception {
        Path whole = engineJarWithTheLibraryInside();
        assertRunsInAWorker(felix.getBundleContext().installBundle("reference:" + whole.toUri()));
        assertThat(folder.resolve("unpacked")).isNotEmptyDirectory();
    }

    @Test
    void aLibraryInsideOfAFolderIsUsedInItsPlace() throws Exception {
        Path exploded = Files.createDirectories(folder.resolve("exploded"));
        Files.createDirectories(exploded.resolve("vendor/engine"));
        Files.copy(engineClass, exploded.resolve("vendor/engine/VendorEngine.class"));
        Files.createDirectories(exploded.resolve("lib"));
        Files.copy(libraryJar("inner.jar"), exploded.resolve("lib/library.jar"));
        Files.createDirectories(exploded.resolve("META-INF"));
        try (var out = Files.newOutputStream(exploded.resolve("META-INF/MANIFEST.MF"))) {
            manifest(
                            "vendor.exploded",
                            "Import-Package",
                            IMPORTS,
                            "Bundle-ClassPath",
                            ".,lib/library.jar")
                    .write(out);
        }
        assertRunsInAWorker(
                felix.getBundleContext().installBundle("reference:" + exploded.toUri()));
        assertThat(folder.resolve("unpacked")).doesNotExist();
    }

    @Test
    void aBundleThatWasInstalledFromAStreamIsUnpacked() throws Exception {
        try (InputStream stream = Files.newInputStream(engineJarWithTheLibraryInside())) {
            assertRunsInAWorker(felix.getBundleContext().installBundle("vendor:whole", stream));
        }
        try (Stream<Path> unpacked = Files.list(folder.resolve("unpacked"))) {
            assertThat(unpacked).hasSize(1);
        }
    }

    @Test
    void aLocationThatNamesNoFileIsNotTakenForOne() {
        assertThat(BundleJars.installedFrom("vendor:whole")).isNull();
        assertThat(BundleJars.installedFrom("https://example.org/a.jar")).isNull();
        assertThat(BundleJars.installedFrom("file:" + folder.resolve("not-there.jar"))).isNull();
        assertThat(BundleJars.installedFrom("file:relative and not a URI")).isNull();
        assertThat(BundleJars.installedFrom("reference:" + folder.toUri())).isEqualTo(folder);
    }

    @Test
    void contentThatCannotBeUnpackedIsRefusedNamingTheBundle() throws Exception {
        try (InputStream stream = Files.newInputStream(engineJarWithTheLibraryInside())) {
            Bundle bundle = felix.getBundleContext().installBundle("vendor:whole", stream);
            bundle.start();
            Engine engine =
                    (Engine)
                            bundle.loadClass("vendor.engine.VendorEngine")
                                    .getConstructor()
                                    .newInstance();
            Path file = Files.writeString(folder.resolve("a-file"), "no folder");
            assertThatThrownBy(() -> new BundleJars(file).apply(engine))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused -> assertThat(refused.kind()).isEqualTo(Kind.SETUP))
                    .hasMessageContaining("engine vendor")
                    .hasMessageContaining("vendor.whole")
                    .hasMessageContaining(file.toString());
        }
    }
}
