package dev.ganglion.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Route files, model folders and dropped files, as a person would put them there. */
final class Folders {
    private Folders() {}

    /**
     * Writes {@code <folder>/route.camel.yaml}.
     *
     * @return the file
     */
    static Path route(Path folder, String id, String from, String... steps) {
        StringBuilder yaml = new StringBuilder();
        yaml.append("- route:\n    id: ")
                .append(id)
                .append("\n    from:\n      uri: ")
                .append(from)
                .append('\n');
        yaml.append("      steps:\n");
        for (String step : steps) {
            yaml.append("        - to: ").append(step).append('\n');
        }
        return write(folder.resolve("route.camel.yaml"), yaml.toString());
    }

    /** Writes a file and the folders above it. */
    static Path write(Path file, String content) {
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a file beside and moves it into its folder, so that nobody sees half of it. */
    static Path drop(Path file, Path folder) {
        try {
            Files.createDirectories(folder);
            Path beside = folder.resolveSibling(file.getFileName() + ".part");
            Files.copy(file, beside, StandardCopyOption.REPLACE_EXISTING);
            return Files.move(
                    beside, folder.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the only jar of a folder whose name begins so} */
    static Path jar(Path folder, String name) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> jars =
                    files.filter(file -> file.getFileName().toString().startsWith(name))
                            .filter(file -> file.toString().endsWith(".jar"))
                            .toList();
            if (jars.size() != 1) {
                throw new AssertionError(
                        "one " + name + "*.jar expected in " + folder + ", found " + jars);
            }
            return jars.get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Camel's HTTP component, as the image has it to be dropped in. */
    static Path httpComponent() {
        return jar(Ganglion.image().resolve("available"), "ganglion-wrap-camel-netty-http");
    }

    /**
     * Copies a model of the image, under the same or another name.
     *
     * @return the folder of its version
     */
    static Path copyModel(Path models, String model, String name) throws IOException {
        Path from = Ganglion.image().resolve("models").resolve(model).resolve("1");
        Path to = Files.createDirectories(models.resolve(name).resolve("1"));
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        Path card = to.resolve("model.yaml");
        Files.writeString(
                card,
                Files.readString(card).replace("name: " + model + "\n", "name: " + name + "\n"));
        return to;
    }

    /** {@return the SHA-256 of a file as model cards write it} */
    static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
