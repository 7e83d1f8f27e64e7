package dev.ganglion.api.infer;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.model.ModelPackage;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/** Runs models of some formats: a runtime library behind one interface. Implemented by vendors. */
@ConsumerType
public interface Engine extends Plugin {
    /** {@return the formats it loads, as model cards name them: {@code onnx}} */
    Set<String> formats();

    /**
     * Which arithmetic computes the results: tests that compare numbers name it, for int8 kernels
     * of two libraries differ.
     *
     * @return a word with the library's version where that matters: {@code onnxruntime-1.29}
     */
    default String arithmetic() {
        return name();
    }

    /**
     * Loads the weights. Called on a thread with a large stack, never twice at a time.
     *
     * @param options the values of {@link #options()}, from the model's card and the deployment
     * @throws GanglionException of kind SETUP when a file is missing, damaged, of another format,
     *     or reads files that the package does not list; the message names the file
     */
    Model load(ModelPackage source, Options options);
}
