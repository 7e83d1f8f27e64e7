package dev.ganglion.runtime.model;

import dev.ganglion.api.encode.Vocabulary;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelPackage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right to use one version of a model until it is given back. As long as a lease is out, its
 * model is not closed; a newer version does not wait for it to serve others.
 */
public final class Lease implements AutoCloseable {
    private final LoadedModel loaded;
    private final String holder;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Lease(LoadedModel loaded, String holder) {
        this.loaded = loaded;
        this.holder = holder;
        loaded.holders.add(this);
    }

    /** {@return the model} */
    public Model model() {
        return loaded.model;
    }

    /** {@return its package} */
    public ModelPackage source() {
        return loaded.card.source();
    }

    /**
     * {@return the model's vocabulary, read by this tokenizer plug-in; shared, never to be closed}
     */
    public Vocabulary vocabulary(String tokenizer) {
        return loaded.vocabulary(tokenizer);
    }

    /** {@return whether no newer version serves; one volatile read} */
    public boolean isCurrent() {
        return !loaded.retired;
    }

    /** {@return who asked for it, for messages} */
    public String holder() {
        return holder;
    }

    /** Gives the model back; a second call does nothing. */
    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            loaded.holders.remove(this);
            loaded.release();
        }
    }
}
