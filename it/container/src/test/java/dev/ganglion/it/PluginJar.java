package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.act.Actuator;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** A bundle with one actuator, compiled and packed without bnd or Maven. */
final class PluginJar {
    private PluginJar() {}

    /**
     * Writes {@code <bundle>.jar}.
     *
     * @param name what the actuator calls itself
     * @param constructor the statements of its constructor
     * @param imports packages that the bundle needs beside those of the API
     */
    static Path write(
            Path folder, String bundle, String name, String constructor, String... imports)
            throws IOException, URISyntaxException {
        Path work = Files.createDirectories(folder.resolve(bundle + "-work"));
        Path source =
                Folders.write(
                        work.resolve("plugin/Plugin.java"),
                        """
                package plugin;

                import dev.ganglion.api.act.ActionSpec;
                import dev.ganglion.api.act.Actuator;
                import dev.ganglion.api.data.Options;
                import dev.ganglion.api.data.Parameter;
                import java.util.List;

                public final class Plugin implements Actuator {
                    public Plugin() {
                        %s
                    }

                    @Override
                    public String name() {
                        return "%s";
                    }

                    @Override
                    public List<Parameter> options() {
                        return List.of();
                    }

                    @Override
                    public List<ActionSpec> actions(Options options) {
                        return List.of();
                    }

                    @Override
                    public Device open(Options options) {
                        throw new IllegalStateException("no route opens it");
                    }
                }
                """
                                .formatted(constructor, name));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Path api =
                Path.of(Actuator.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        int status =
                compiler.run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "--release",
                        "17",
                        "-cp",
                        api.toString(),
                        source.toString());
        assertThat(status).as("javac").isZero();
        StringBuilder manifest =
                new StringBuilder("Manifest-Version: 1.0\nBundle-ManifestVersion: 2\n");
        manifest.append("Bundle-SymbolicName: ").append(bundle).append("\nBundle-Version: 1.0.0\n");
        manifest.append("Import-Package: ");
        for (String each : imports) {
            manifest.append(each).append(',');
        }
        manifest.append(
                "dev.ganglion.api.act,dev.ganglion.api.data\nService-Component: OSGI-INF/plugin.xml\n");
        Path jar = folder.resolve(bundle + ".jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out =
                        new JarOutputStream(
                                file,
                                new Manifest(
                                        new java.io.ByteArrayInputStream(
                                                bytes(manifest.toString()))))) {
            put(
                    out,
                    "plugin/Plugin.class",
                    Files.readAllBytes(work.resolve("plugin/Plugin.class")));
            put(
                    out,
                    "OSGI-INF/plugin.xml",
                    bytes(
                            """
                            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="plugin.Plugin">
                              <service><provide interface="dev.ganglion.api.act.Actuator"/></service>
                              <implementation class="plugin.Plugin"/>
                            </scr:component>
                            """));
        }
        return jar;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void put(JarOutputStream out, String name, byte[] content) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(content);
        out.closeEntry();
    }
}
