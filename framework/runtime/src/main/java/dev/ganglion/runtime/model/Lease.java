package dev.ganglion.runtime.model;

import dev.ganglion.api.encode.Vocabulary;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelPackage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The right to use one version of a model until it is given back. As long as a lease is out, its
 * model is not closed; a newer version does not wait for it to serve others.
 */
public final class Lease implements AutoCloseable {
    private final LoadedModel loaded;
    private final String holder;
    private final long sinceMillis = System.currentTimeMillis();
    private final AtomicBoolean open = new AtomicBoolean(true);
    private volatile @Nullable String stream;

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
     * {@return what its card opens a step of a route with, unless the route says otherwise; for
     * example of {@code encode:logmel}}
     */
    public Map<String, String> step(String wordAndName) {
        return loaded.card.steps().getOrDefault(wordAndName, Map.of());
    }

    /** {@return how it is asked when it generates} */
    public Generation generation() {
        return loaded.card.generation();
    }

    /**
     * {@return the model's vocabulary, read by this tokenizer plug-in; shared, never to be closed}
     */
    public Vocabulary vocabulary(String tokenizer) {
        return loaded.vocabulary(tokenizer);
    }

    /** {@return whether its version is still given to others; one volatile read} */
    public boolean isCurrent() {
        return loaded.serving;
    }

    /** {@return whether both are of the same model in memory} */
    public boolean sameModel(Lease other) {
        return loaded == other.loaded;
    }

    /** Notes whose utterance it is used for, for messages; null between utterances. */
    public void stream(@Nullable String id) {
        stream = id;
    }

    /**
     * Notes how a message ended, so that a version on probation can be judged.
     *
     * @param inferNanos how long the model took
     * @param failed whether it failed because of the model
     */
    public void ended(long inferNanos, boolean failed) {
        loaded.outcomes.record(inferNanos, failed);
    }

    /** {@return what runs beside this model for comparison, or null; one volatile read} */
    public @Nullable Shadow shadow() {
        return loaded.shadow;
    }

    /** {@return who asked for it, for messages} */
    public String holder() {
        String speaking = stream;
        return speaking == null ? holder : holder + " (" + speaking + ")";
    }

    /** {@return since when it is out, in milliseconds since 1970} */
    public long sinceMillis() {
        return sinceMillis;
    }

    /** {@return the holder, and since when, for messages} */
    @Override
    public String toString() {
        return holder()
                + " since "
                + Instant.ofEpochMilli(sinceMillis).truncatedTo(ChronoUnit.SECONDS);
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
