package dev.ganglion.runtime.model;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelPackage;

/**
 * Has the last word on a model that was loaded, compared and warmed up, before it serves: a check
 * of accuracy, of who signed it, of the time of day. Called on the thread that replaces.
 */
public interface ReplacementGate {
    /**
     * Looks at a model that is about to serve.
     *
     * @param next its package
     * @param model the model itself; sessions that are opened must be closed again
     * @throws GanglionException when it must not serve; the sentence says why
     */
    void check(ModelPackage next, Model model);
}
