package dev.ganglion.it.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The repository and the classes that the build made of it. */
final class House {
    static final Path ROOT = Path.of(System.getProperty("ganglion.root")).normalize();

    static final JavaClasses CLASSES = new ClassFileImporter().importPaths(classFolders());

    private House() {}

    /** The folders of modules that hold Java, by their paths in the repository. */
    static List<Path> modules() {
        return Stream.of("framework", "plugins")
                .map(ROOT::resolve)
                .flatMap(room -> list(room).stream())
                .filter(module -> Files.exists(module.resolve("pom.xml")))
                .toList();
    }

    static List<Path> classFolders() {
        return modules().stream().map(module -> module.resolve("target/classes")).toList();
    }

    static List<Path> list(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All files of the repository that people wrote, below these folders. */
    static List<Path> written(String... folders) {
        return Stream.of(folders)
                .map(ROOT::resolve)
                .flatMap(
                        folder -> {
                            try (Stream<Path> all = Files.walk(folder)) {
                                return all
                                        .filter(Files::isRegularFile)
                                        .filter(file -> !file.toString().contains("/target/"))
                                        .toList()
                                        .stream();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        })
                .toList();
    }
}
