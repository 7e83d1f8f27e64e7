package dev.ganglion.it.faults;

import dev.ganglion.api.model.ModelId;
import dev.ganglion.testkit.toy.ToyModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Two versions of a model that answer differently, so that an answer proves which of them gave it.
 */
final class Models {
    static final String NLU = "nlu-micro";
    static final String TOY = "toy-versions";

    /** How many features a message for the toy model has. */
    static final int FEATURES = 4;

    static final List<String> VERSIONS = List.of("1", "2");

    /** The name of the bias in the graph, and its field {@code raw_data} as it precedes it. */
    private static final String BIAS = "intent.bias";

    private static final int INTENTS = 64;
    private static final float SHIFT = 0.25f;

    private Models() {}

    /** Copies nlu-micro of the image, and as version 2 the same with other biases. */
    static void nlu(Path image, Path models) throws IOException {
        Path from = image.resolve("models").resolve(NLU).resolve("1");
        for (String version : VERSIONS) {
            Path to = Files.createDirectories(models.resolve(NLU).resolve(version));
            try (Stream<Path> files = Files.list(from)) {
                for (Path file : files.toList()) {
                    Files.copy(file, to.resolve(file.getFileName()));
                }
            }
        }
        Path weights = models.resolve(NLU).resolve("2").resolve("model.onnx");
        String before = sha256(weights);
        byte[] graph = Files.readAllBytes(weights);
        shiftBiases(graph, weights);
        Files.write(weights, graph);
        Path card = models.resolve(NLU).resolve("2").resolve("model.yaml");
        String text = Files.readString(card);
        String edited =
                text.replace("\nversion: 1\n", "\nversion: 2\n").replace(before, sha256(weights));
        Files.writeString(card, edited);
    }

    /** Raises every second intent a little: other confidences, at the same cost. */
    static void shiftBiases(byte[] graph, Path file) throws IOException {
        int at = biases(graph, file);
        ByteBuffer biases = ByteBuffer.wrap(graph).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < INTENTS; i += 2) {
            int offset = at + i * Float.BYTES;
            biases.putFloat(offset, biases.getFloat(offset) + SHIFT);
        }
    }

    /**
     * Where the biases begin. A tensor in the graph is its dimensions, its type, then {@code name}
     * (field 8) and {@code raw_data} (field 9), each after its length.
     */
    private static int biases(byte[] graph, Path file) throws IOException {
        int bytes = INTENTS * Float.BYTES;
        byte[] name = BIAS.getBytes(StandardCharsets.US_ASCII);
        byte[] wanted = new byte[name.length + 5];
        wanted[0] = 8 << 3 | 2;
        wanted[1] = (byte) name.length;
        System.arraycopy(name, 0, wanted, 2, name.length);
        wanted[name.length + 2] = 9 << 3 | 2;
        wanted[name.length + 3] = (byte) (bytes & 127 | 128);
        wanted[name.length + 4] = (byte) (bytes >> 7);
        for (int i = 0; i < graph.length - wanted.length - bytes; i++) {
            int same = 0;
            while (same < wanted.length && graph[i + same] == wanted[same]) {
                same++;
            }
            if (same == wanted.length) {
                return i + same;
            }
        }
        throw new IOException(
                file
                        + " has no tensor "
                        + BIAS
                        + " of "
                        + INTENTS
                        + " floats in raw_data; nlu-micro has changed, so this has to");
    }

    /** Writes a classifier whose greatest score says its own version. */
    static void toy(Path models) throws IOException {
        for (String version : VERSIONS) {
            ModelId id = new ModelId(TOY, version);
            Path folder = Files.createDirectories(models.resolve(TOY).resolve(version));
            float[][] rows = new float[VERSIONS.size()][FEATURES + 1];
            rows[VERSIONS.indexOf(version)][FEATURES] = 1;
            Path weights = ToyModels.linear(folder, id, rows).weightsFile();
            Files.writeString(
                    folder.resolve("model.yaml"),
                    "name: "
                            + TOY
                            + "\nversion: '"
                            + version
                            + "'\ntask: test\nformat: toy-linear\nlicence: Apache-2.0\nweights: "
                            + weights.getFileName()
                            + "\nfiles:\n  "
                            + weights.getFileName()
                            + ": "
                            + sha256(weights)
                            + "\nlabels: {scores: [version-"
                            + String.join(", version-", VERSIONS)
                            + "]}\n");
        }
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
