package dev.ganglion.engine.llamacpp;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.binding.CMemory;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * The engine {@code llamacpp}: GGUF models on the CPU, in this process. Loads nothing native before
 * the first {@link #load}.
 */
@Component(service = Engine.class)
public final class LlamaCppEngine implements Engine {
    private static final int MODE_RESIDENT = 0;
    private static final int MODE_MAPPED = 1;

    @Override
    public String name() {
        return "llamacpp";
    }

    @Override
    public Set<String> formats() {
        return Set.of("gguf");
    }

    @Override
    public String arithmetic() {
        return "llamacpp-" + LlamaLibrary.VERSION;
    }

    @Override
    public List<Parameter> options() {
        return LlamaSettings.PARAMETERS;
    }

    @Override
    public Model load(ModelPackage source, Options options) {
        GgufFile file = GgufFile.of(source);
        LlamaSettings settings = LlamaSettings.of(options);
        LlamaLibrary library = LlamaLibrary.get();
        CMemory parameters = CMemory.allocate(LlamaLibrary.MODEL_SETTINGS_BYTES);
        library.modelSettings.call(parameters.address());
        // Kernels that want another order copy the weights, so that they would be there twice.
        parameters
                .bytes()
                .putInt(LlamaLibrary.LOAD_MODE, settings.mapped() ? MODE_MAPPED : MODE_RESIDENT)
                .put(LlamaLibrary.EXTRA_BUFFER_TYPES, (byte) (settings.mapped() ? 0 : 1));
        CMemory path = CMemory.ofText(file.file().toString());
        LibraryLog.listen();
        long address = library.loadModel.call(path.address(), parameters.address());
        Reference.reachabilityFence(path);
        Reference.reachabilityFence(parameters);
        if (address == 0) {
            throw new GanglionException(
                    Kind.SETUP,
                    "model "
                            + source.id()
                            + ": llama.cpp "
                            + LlamaLibrary.VERSION
                            + " does not load "
                            + file.file()
                            + " of the architecture '"
                            + file.architecture()
                            + "' ("
                            + LibraryLog.heard()
                            + "); convert the model again, or take one that this version knows");
        }
        try {
            return new LlamaModel(source, library, settings, file.sizeBytes(), address);
        } catch (RuntimeException e) {
            library.freeModel.call(address);
            throw e;
        }
    }

    /** Lets the classes of this bundle go; models that are still open go on in silence. */
    @Deactivate
    void deactivate() {
        LlamaLibrary.silence();
    }
}
