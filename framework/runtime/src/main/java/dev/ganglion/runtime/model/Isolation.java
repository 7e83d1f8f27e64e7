package dev.ganglion.runtime.model;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelPackage;

/**
 * Where an engine runs a model. In the container itself, {@link #IN_PROCESS}, there is nothing to
 * do; other places are offered by other modules.
 */
public interface Isolation {
    /** The word for the container's own process. */
    String IN_PROCESS = "in-process";

    /** {@return the word in model cards: {@code worker}} */
    String name();

    /**
     * Loads the model as the engine would; what comes back behaves as the engine's own model.
     *
     * @throws GanglionException as {@link Engine#load}
     */
    Model load(Engine engine, ModelPackage source, Options options);

    /**
     * Says for people how well a model is isolated.
     *
     * @param model what {@link #load} gave
     */
    default String describe(Model model) {
        return name();
    }
}
