package dev.ganglion.it.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WhoMayKnowWhomTest {
    private static final String[] KINDS = {
        "sensor", "encoder", "tokenizer", "engine", "decider", "actuator"
    };

    private static String[] plugins() {
        String[] packages = new String[KINDS.length];
        for (int i = 0; i < KINDS.length; i++) {
            packages[i] = "dev.ganglion." + KINDS[i] + "..";
        }
        return packages;
    }

    @Test
    void theHouseIsSeen() {
        assertThat(House.CLASSES.size()).isGreaterThan(200);
        assertThat(House.CLASSES.contain("dev.ganglion.api.infer.Session")).isTrue();
        assertThat(House.CLASSES.contain("dev.ganglion.engine.onnxruntime.OnnxRuntimeEngine"))
                .isTrue();
    }

    @Test
    void theApiKnowsTheJdkAndAnnotationsOnly() {
        classes()
                .that()
                .resideInAPackage("dev.ganglion.api..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(
                                "dev.ganglion.api..",
                                "java..",
                                "org.osgi.annotation..",
                                "org.jspecify.annotations.."))
                .check(House.CLASSES);
    }

    @Test
    void theRuntimeKnowsTheApiAndFewLibraries() {
        classes()
                .that()
                .resideInAPackage("dev.ganglion.runtime..")
                .and()
                .resideOutsideOfPackage("dev.ganglion.runtime.osgi..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(
                                "dev.ganglion.runtime..",
                                "dev.ganglion.api..",
                                "java..",
                                "javax.crypto..",
                                "org.HdrHistogram..",
                                "org.slf4j..",
                                "org.snakeyaml.engine..",
                                "com.fasterxml.jackson.jr..",
                                "com.fasterxml.jackson.core..",
                                "org.osgi.annotation..",
                                "org.jspecify.annotations.."))
                .check(House.CLASSES);
    }

    @Test
    void theWorkerKnowsTheApiTheRuntimeAndFewLibraries() {
        classes()
                .that()
                .resideInAPackage("dev.ganglion.worker..")
                .and()
                .resideOutsideOfPackage("dev.ganglion.worker.osgi..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(
                                "dev.ganglion.worker..",
                                "dev.ganglion.runtime..",
                                "dev.ganglion.api..",
                                "java..",
                                "org.slf4j..",
                                "com.sun.jna..",
                                "org.osgi.annotation..",
                                "org.jspecify.annotations.."))
                .check(House.CLASSES);
    }

    @Test
    void aWorkerProcessNeedsTheApiAndItsOwnClassesOnly() {
        classes()
                .that()
                .resideInAnyPackage("dev.ganglion.worker.child..", "dev.ganglion.worker.wire..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(
                                "dev.ganglion.worker.child..",
                                "dev.ganglion.worker.wire..",
                                "dev.ganglion.api..",
                                "java..",
                                "org.jspecify.annotations.."))
                .check(House.CLASSES);
    }

    @Test
    void onlyTheCamelModuleSeesCamel() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.ganglion.camel..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.camel..")
                .check(House.CLASSES);
    }

    @Test
    void theFrameworkKnowsNoPlugIn() {
        noClasses()
                .that()
                .resideOutsideOfPackages(plugins())
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(plugins())
                .check(House.CLASSES);
    }

    @Test
    void aPlugInKnowsNeitherRuntimeNorCamelNorTheKit() {
        noClasses()
                .that()
                .resideInAnyPackage(plugins())
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.ganglion.runtime..",
                        "dev.ganglion.camel..",
                        "dev.ganglion.launcher..",
                        "dev.ganglion.testkit..")
                .check(House.CLASSES);
    }

    @Test
    void noPlugInKnowsAnother() {
        for (JavaClass each : House.CLASSES) {
            String mine = plugIn(each.getPackageName());
            if (!mine.isEmpty()) {
                assertThat(each.getDirectDependenciesFromSelf())
                        .as(each.getName())
                        .allSatisfy(
                                dependency ->
                                        assertThat(
                                                        plugIn(
                                                                dependency
                                                                        .getTargetClass()
                                                                        .getPackageName()))
                                                .isIn("", mine));
            }
        }
    }

    private static String plugIn(String name) {
        String[] parts = name.split("\\.");
        boolean plugin =
                parts.length >= 4
                        && name.startsWith("dev.ganglion.")
                        && List.of(KINDS).contains(parts[2]);
        return plugin ? parts[2] + "-" + parts[3] : "";
    }

    @Test
    void osgiIsSeenOnlyInPackagesOfThatName() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..osgi..", "dev.ganglion.launcher..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.osgi.framework..",
                        "org.osgi.util..",
                        "org.osgi.service.component.runtime..")
                .check(House.CLASSES);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.ganglion.(**)").should().beFreeOfCycles().check(House.CLASSES);
    }

    @Test
    void noPackageLiesInTwoModules() {
        Map<String, Path> seen = new HashMap<>();
        List<String> split = new ArrayList<>();
        for (Path module : House.modules()) {
            Path classes = module.resolve("target/classes");
            for (JavaClass each :
                    new com.tngtech.archunit.core.importer.ClassFileImporter()
                            .importPaths(List.of(classes))) {
                Path before = seen.putIfAbsent(each.getPackageName(), module);
                if (before != null && !before.equals(module)) {
                    split.add(each.getPackageName());
                }
            }
        }
        assertThat(split).isEmpty();
    }

    @Test
    void theApiHasAtMost25PublicTypes() {
        List<String> types =
                House.CLASSES.stream()
                        .filter(each -> each.getPackageName().startsWith("dev.ganglion.api"))
                        .filter(each -> each.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(JavaClass::isTopLevelClass)
                        .map(JavaClass::getName)
                        .toList();
        assertThat(types).hasSizeLessThanOrEqualTo(25).hasSizeGreaterThan(20);
    }

    @Test
    void nobodyButTheCommandPrintsToStandardOutput() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.ganglion.launcher..")
                .should()
                .accessField(System.class, "out")
                .check(House.CLASSES);
    }
}
