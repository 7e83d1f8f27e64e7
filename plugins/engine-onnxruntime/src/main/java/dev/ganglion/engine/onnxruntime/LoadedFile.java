package dev.ganglion.engine.onnxruntime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.ganglion.api.model.ModelPackage;

/**
 * An ONNX file that the runtime has loaded.
 *
 * @param source the package, of which this file is the weights
 * @param settings must live as long as the runtime
 */
record LoadedFile(ModelPackage source, Weights weights, OrtSession runtime, SessionOptions settings)
        implements AutoCloseable {
    @Override
    public void close() {
        try {
            runtime.close();
        } catch (OrtException e) {
            throw new IllegalStateException(
                    "ONNX Runtime did not free " + weights.file() + " of model " + source.id(), e);
        }
        settings.close();
    }
}
