package dev.ganglion.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HouseRulesTest {
    private static final int README_LINES = 60;
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");

    @Test
    void eachModuleHasAReadmeOfAtMost60Lines() throws IOException {
        List<Path> modules = new java.util.ArrayList<>(House.modules());
        modules.addAll(House.list(House.ROOT.resolve("bundles")));
        modules.addAll(House.list(House.ROOT.resolve("routes")));
        modules.addAll(House.list(House.ROOT.resolve("examples")));
        modules.add(House.ROOT.resolve("it/bench"));
        for (Path module : modules) {
            Path readme = module.resolve("README.md");
            assertThat(readme).exists();
            assertThat(Files.readAllLines(readme))
                    .as("%s", readme)
                    .hasSizeLessThanOrEqualTo(README_LINES);
        }
    }

    @Test
    void routesAndBundlesHoldNoJava() {
        assertThat(House.written("routes", "bundles"))
                .noneMatch(file -> file.toString().endsWith(".java"));
    }

    @Test
    void eachPackageIsNullMarkedAndTouredByItsPackageInfo() throws IOException {
        for (Path file : House.written("framework", "plugins")) {
            if (file.toString().contains("/src/main/java/") && file.toString().endsWith(".java")) {
                Path tour = file.resolveSibling("package-info.java");
                assertThat(tour).exists();
                assertThat(Files.readString(tour)).as("%s", tour).contains("@NullMarked", "/**");
            }
        }
    }

    @Test
    void nothingUnfinishedIsLeftInTheCode() throws IOException {
        for (Path file : House.written("framework", "plugins", "examples", "it")) {
            boolean rule = file.endsWith("HouseRulesTest.java");
            if (!rule && file.toString().endsWith(".java")) {
                assertThat(UNFINISHED.matcher(Files.readString(file)).find())
                        .as("%s", file)
                        .isFalse();
            }
        }
    }

    @Test
    void aPlugInExportsNoPackageAndImportsNoRuntime() throws IOException {
        for (Path module : House.modules()) {
            Path manifest = module.resolve("target/classes/META-INF/MANIFEST.MF");
            if (module.startsWith(House.ROOT.resolve("plugins"))) {
                String unfolded = Files.readString(manifest).replaceAll("\r?\n ", "");
                assertThat(unfolded).as("%s", manifest).doesNotContain("Export-Package");
                assertThat(unfolded)
                        .as("%s", manifest)
                        .doesNotContain("dev.ganglion.runtime", "org.apache.camel");
            }
        }
    }

    @Test
    void folderAndSymbolicNameAgree() throws IOException {
        for (Path module : House.modules()) {
            String folder = String.valueOf(module.getFileName());
            if (!folder.equals("launcher")) {
                String manifest =
                        Files.readString(module.resolve("target/classes/META-INF/MANIFEST.MF"));
                assertThat(manifest)
                        .as("%s", module)
                        .contains("Bundle-SymbolicName: dev.ganglion." + folder.replace('-', '.'));
            }
        }
    }
}
