package dev.ganglion.runtime;

import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.toy.ToyModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * Writes toy models in the layout {@code models/<name>/<version>/}, with a card and right
 * checksums.
 */
final class ToyStore {
    /** Scores that have names. */
    static final String LABELS = "labels: {scores: [off, on]}\n";

    /** A vocabulary that {@code toy-bytes} reads. */
    static final String TOKENIZER = "tokenizer: {plugin: toy-bytes, file: toy-bytes.txt}\n";

    final Path models;

    ToyStore(Path models) {
        this.models = models;
    }

    Path folder(ModelId id) {
        try {
            return Files.createDirectories(models.resolve(id.name()).resolve(id.version()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path cardFile(ModelId id) {
        return folder(id).resolve("model.yaml");
    }

    ModelId linear(String name, String version, String more, float[]... rows) {
        ModelId id = new ModelId(name, version);
        return card(ToyModels.linear(folder(id), id, rows), more);
    }

    ModelId recurrent(String name, String version, float decay) {
        ModelId id = new ModelId(name, version);
        return card(ToyModels.recurrent(folder(id), id, decay), "");
    }

    ModelId tokens(String name, String version, int vocabulary, int capacity) {
        ModelId id = new ModelId(name, version);
        return card(ToyModels.tokens(folder(id), id, vocabulary, capacity), "");
    }

    ModelId slow(String name, String version, int passes) {
        ModelId id = new ModelId(name, version);
        return card(ToyModels.slow(folder(id), id, passes), "");
    }

    /** A model of {@link TokenSumEngine} with a vocabulary; the card says its tokenizer. */
    ModelId tokenSum(String name, String version, String tokenizer) {
        ModelId id = new ModelId(name, version);
        Path file = folder(id).resolve("sum.txt");
        write(file, TokenSumEngine.FORMAT);
        ToyModels.vocabulary(folder(id));
        return card(ModelPackage.of(id, TokenSumEngine.FORMAT, file), LABELS + tokenizer);
    }

    /**
     * Writes the card of a package whose files are all there.
     *
     * @param more further lines of the card
     */
    ModelId card(ModelPackage source, String more) {
        StringBuilder card = new StringBuilder();
        card.append("name: ").append(source.id().name());
        card.append("\nversion: '").append(source.id().version());
        card.append("'\ntask: test\nformat: ").append(source.format());
        card.append("\nlicence: Apache-2.0\nweights: ").append(source.weights());
        card.append("\nfiles:\n");
        try (Stream<Path> files = Files.list(source.folder())) {
            files.filter(file -> !file.endsWith("model.yaml"))
                    .sorted()
                    .forEach(
                            file ->
                                    card.append("  ")
                                            .append(file.getFileName())
                                            .append(": ")
                                            .append(sha256(file))
                                            .append('\n'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        write(cardFile(source.id()), card.append(more).toString());
        return source.id();
    }

    /** Replaces a part of a card that is there. */
    void edit(ModelId id, String part, String by) {
        String card = read(cardFile(id));
        if (!card.contains(part)) {
            throw new AssertionError("the card has no '" + part + "': " + card);
        }
        write(cardFile(id), card.replace(part, by));
    }

    static String sha256(Path file) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(digest);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
