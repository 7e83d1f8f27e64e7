package dev.ganglion.engine.onnxruntime;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.model.ModelPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The files that a model is loaded from, checked before the runtime sees them.
 *
 * @param file the ONNX file, absolute
 * @param fileBytes its size
 * @param externalBytes the size of the files beside it that hold tensors; 0 when there are none
 */
record Weights(Path file, long fileBytes, long externalBytes) {

    /**
     * Checks that the weights exist, are an intact ONNX file, and read nothing that the package
     * does not list.
     *
     * @throws GanglionException of kind SETUP, naming the file
     */
    static Weights of(ModelPackage source) {
        Path file;
        try {
            file = source.weightsFile();
        } catch (IllegalArgumentException e) {
            throw new GanglionException(
                    Kind.SETUP, e.getMessage() + "; list the weights among its files", e);
        }
        String model = "model " + source.id();
        long externalBytes = 0;
        try {
            if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
                throw new GanglionException(
                        Kind.SETUP,
                        model
                                + " has no weights: expected a readable file "
                                + file
                                + ", found "
                                + (Files.isDirectory(file)
                                        ? "a folder"
                                        : Files.exists(file) ? "no permission to read" : "nothing")
                                + "; install the model again");
            }
            for (String location : OnnxFile.externalLocations(file)) {
                externalBytes += Files.size(external(source, location));
            }
            return new Weights(file, Files.size(file), externalBytes);
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    model + ": a file beside " + file + " cannot be read (" + e + ")",
                    e);
        }
    }

    /**
     * Resolves a name from inside the weights as the runtime does, from the folder of the weights.
     */
    private static Path external(ModelPackage source, String location) throws IOException {
        @Nullable Path inside = inside(location);
        if (inside == null) {
            throw refused(source, location, "which leaves the folder of the model");
        }
        @Nullable Path parent = Path.of(source.weights()).getParent();
        Path relative = parent == null ? inside : parent.resolve(inside);
        if (!source.files().contains(relative.toString().replace('\\', '/'))) {
            throw refused(source, location, "which the package does not list");
        }
        Path path = source.folder().resolve(relative);
        if (!Files.isRegularFile(path)) {
            throw refused(source, location, "which is not there");
        }
        if (!path.toRealPath().startsWith(source.folder().toRealPath())) {
            throw refused(source, location, "a link that leaves the folder of the model");
        }
        return path;
    }

    private static @Nullable Path inside(String location) {
        try {
            Path path = Path.of(location);
            boolean leaves =
                    location.isEmpty()
                            || path.isAbsolute()
                            || Arrays.asList(location.split("[/\\\\]")).contains("..");
            return leaves ? null : path.normalize();
        } catch (InvalidPathException notAName) {
            return null;
        }
    }

    private static GanglionException refused(ModelPackage source, String location, String why) {
        return new GanglionException(
                Kind.SETUP,
                "model "
                        + source.id()
                        + ": its weights "
                        + source.folder().resolve(source.weights())
                        + " take tensors from the file '"
                        + location
                        + "', "
                        + why
                        + "; expected one of: "
                        + String.join(", ", new TreeSet<>(source.files())));
    }
}
