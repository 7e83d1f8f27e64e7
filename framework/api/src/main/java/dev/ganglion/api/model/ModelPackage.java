package dev.ganglion.api.model;

import dev.ganglion.api.data.TensorSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A model as it lies on disk: a folder whose files were verified, and what its card says.
 * Immutable.
 *
 * @param id name and version
 * @param task what it is for, in one word: {@code intent-and-slots}, {@code sentence-embedding}
 * @param format what kind of file the weights are: {@code onnx}, {@code tflite}, {@code gguf}
 * @param folder where the files are, absolute
 * @param files the files that belong to the package, relative to the folder; nothing else may be
 *     read
 * @param weights the one of them that the engine loads
 * @param inputs what a session takes, hidden state left out; empty when the card does not say
 * @param outputs what a session gives, hidden state left out; empty when the card does not say
 * @param state which output becomes which input of the next step: {@code {"state": "state_out"}}
 * @param labels for an output, the names of its classes, in order
 * @param tokenizer the name of the tokenizer plug-in that reads the vocabulary, or empty
 * @param vocabulary the file that it reads, or empty
 * @param maxTokens how many tokens the model takes at once, special tokens included; 0 when it has
 *     no such limit
 * @param options for the engine, by name
 */
public record ModelPackage(
        ModelId id,
        String task,
        String format,
        Path folder,
        Set<String> files,
        String weights,
        List<TensorSpec> inputs,
        List<TensorSpec> outputs,
        Map<String, String> state,
        Map<String, List<String>> labels,
        String tokenizer,
        String vocabulary,
        int maxTokens,
        Map<String, String> options) {
    /** Copies the collections. */
    public ModelPackage {
        files = Set.copyOf(files);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        state = Map.copyOf(state);
        labels = Map.copyOf(labels);
        options = Map.copyOf(options);
    }

    /** A package of one file, without card: the engine asks the file what it takes and gives. */
    public static ModelPackage of(ModelId id, String format, Path weights) {
        Path file = weights.toAbsolutePath().normalize();
        Path folder = file.getParent();
        Path name = file.getFileName();
        if (folder == null || name == null) {
            throw new IllegalArgumentException(
                    "the weights of " + id + " are a file, found " + weights);
        }
        String only = name.toString();
        return new ModelPackage(
                id,
                "",
                format,
                folder,
                Set.of(only),
                only,
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                "",
                "",
                0,
                Map.of());
    }

    /** {@return the file that the engine loads} */
    public Path weightsFile() {
        return file(weights);
    }

    /**
     * A file of the package.
     *
     * @throws IllegalArgumentException when the card does not list it; the message lists those that
     *     it does
     */
    public Path file(String name) {
        if (!files.contains(name)) {
            throw new IllegalArgumentException(
                    "model "
                            + id
                            + " has no file '"
                            + name
                            + "'; it has: "
                            + String.join(", ", new TreeSet<>(files)));
        }
        return folder.resolve(name);
    }

    /** {@return the same package with these tensors} */
    public ModelPackage withTensors(List<TensorSpec> newInputs, List<TensorSpec> newOutputs) {
        return new ModelPackage(
                id,
                task,
                format,
                folder,
                files,
                weights,
                newInputs,
                newOutputs,
                state,
                labels,
                tokenizer,
                vocabulary,
                maxTokens,
                options);
    }

    /** {@return the same package with these class names for one output} */
    public ModelPackage withLabels(Map<String, List<String>> newLabels) {
        return new ModelPackage(
                id,
                task,
                format,
                folder,
                files,
                weights,
                inputs,
                outputs,
                state,
                newLabels,
                tokenizer,
                vocabulary,
                maxTokens,
                options);
    }

    /** {@return the same package with this hidden state} */
    public ModelPackage withState(Map<String, String> newState) {
        return new ModelPackage(
                id,
                task,
                format,
                folder,
                files,
                weights,
                inputs,
                outputs,
                newState,
                labels,
                tokenizer,
                vocabulary,
                maxTokens,
                options);
    }

    /** {@return the same package with these options for the engine} */
    public ModelPackage withOptions(Map<String, String> newOptions) {
        return new ModelPackage(
                id,
                task,
                format,
                folder,
                files,
                weights,
                inputs,
                outputs,
                state,
                labels,
                tokenizer,
                vocabulary,
                maxTokens,
                newOptions);
    }
}
