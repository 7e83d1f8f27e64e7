package dev.ganglion.runtime.model;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.encode.Tokenizer;
import dev.ganglion.api.encode.Vocabulary;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.runtime.plugin.Plugins;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One version of a model in memory, with the number of those who use it: the host itself and each
 * lease count one.
 */
final class LoadedModel {
    final ModelCard card;
    final Model model;
    final Engine engine;
    final String isolation;

    /** How it is isolated, as the end of a sentence; empty in the container's own process. */
    final String place;

    final long sinceMillis = System.currentTimeMillis();
    final Set<Lease> holders = ConcurrentHashMap.newKeySet();
    final CountDownLatch closed = new CountDownLatch(1);
    final List<TensorSpec> inputs;
    final List<TensorSpec> outputs;
    final Outcomes outcomes = new Outcomes();

    /** Whether new leases are given of it. */
    volatile boolean serving = true;

    /** Whether it is unloaded only so that there is room for the next version. */
    volatile boolean makesRoom;

    /** Runs beside this one, for comparison. */
    volatile @Nullable Shadow shadow;

    private final Plugins plugins;
    private final java.util.function.Consumer<LoadedModel> drained;
    private final AtomicInteger users = new AtomicInteger(1);
    private final Map<String, Vocabulary> vocabularies = new HashMap<>();

    LoadedModel(
            ModelCard card,
            Model model,
            Engine engine,
            String isolation,
            String place,
            Plugins plugins,
            java.util.function.Consumer<LoadedModel> drained) {
        this.card = card;
        this.model = model;
        this.inputs = model.inputs();
        this.outputs = model.outputs();
        this.engine = engine;
        this.isolation = isolation;
        this.place = place;
        this.plugins = plugins;
        this.drained = drained;
    }

    /** {@return false when the last user has gone: the caller looks for the next version} */
    boolean acquire() {
        int seen = users.get();
        while (seen > 0) {
            if (users.compareAndSet(seen, seen + 1)) {
                return true;
            }
            seen = users.get();
        }
        return false;
    }

    void release() {
        if (users.decrementAndGet() == 0) {
            drained.accept(this);
        }
    }

    /** No lease is given any more; the last one that is out closes the model. */
    void retire() {
        serving = false;
        release();
    }

    /** {@return false when somebody but the host itself uses it, and then does nothing} */
    boolean retireIdle() {
        if (!users.compareAndSet(1, 0)) {
            return false;
        }
        serving = false;
        drained.accept(this);
        return true;
    }

    ModelId id() {
        return card.source().id();
    }

    long bytes() {
        return mappedBytes() + allocatedBytes();
    }

    long mappedBytes() {
        return bytes(Model::mappedBytes);
    }

    long allocatedBytes() {
        return bytes(Model::allocatedBytes);
    }

    /** What is being closed at the same moment must not be asked. */
    private long bytes(ToLongFunction<Model> count) {
        if (!acquire()) {
            return 0;
        }
        try {
            return count.applyAsLong(model);
        } finally {
            release();
        }
    }

    /** {@return who uses it and since when, as a part of a sentence} */
    String users() {
        return holders.stream().map(Lease::toString).sorted().collect(Collectors.joining(", "));
    }

    boolean reads(String tokenizer) {
        synchronized (vocabularies) {
            return vocabularies.containsKey(tokenizer);
        }
    }

    Vocabulary vocabulary(String tokenizer) {
        synchronized (vocabularies) {
            Vocabulary vocabulary = vocabularies.get(tokenizer);
            if (vocabulary == null) {
                vocabulary = read(tokenizer);
                vocabularies.put(tokenizer, vocabulary);
            }
            return vocabulary;
        }
    }

    private Vocabulary read(String name) {
        ModelPackage source = card.source();
        if (source.vocabulary().isEmpty()) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the model "
                            + source.id()
                            + " has no tokenizer file in its card, so"
                            + " encode:"
                            + name
                            + " has nothing to read; add 'tokenizer: {plugin: "
                            + name
                            + ", file: tokenizer.json}' to "
                            + source.folder().resolve(ModelCard.FILE));
        }
        Tokenizer tokenizer = plugins.find(Tokenizer.class, name);
        if (tokenizer == null) {
            throw new GanglionException(
                    Kind.SETUP,
                    "there is no tokenizer '"
                            + name
                            + "' for model "
                            + source.id()
                            + "; "
                            + plugins.existing(Tokenizer.class));
        }
        return tokenizer.open(source.file(source.vocabulary()));
    }

    /**
     * Refuses to serve instead of another version when the tensors that its users know would not be
     * there.
     *
     * @throws GanglionException of kind SETUP that names both sides
     */
    void refuseOtherTensors(LoadedModel current) {
        ModelId before = current.card.source().id();
        ModelId after = card.source().id();
        compare(before, after, "input", current.inputs, inputs);
        compare(before, after, "output", current.outputs, outputs);
    }

    private static void compare(
            ModelId before,
            ModelId after,
            String what,
            List<TensorSpec> current,
            List<TensorSpec> next) {
        for (TensorSpec spec : current) {
            TensorSpec same =
                    next.stream()
                            .filter(s -> s.name().equals(spec.name()))
                            .findFirst()
                            .orElse(null);
            String mismatch = same == null ? "is missing; it has: " + next : spec.mismatch(same);
            if (mismatch != null) {
                throw new GanglionException(
                        Kind.SETUP,
                        "model "
                                + after
                                + " cannot serve instead of "
                                + before
                                + ": "
                                + what
                                + " '"
                                + spec.name()
                                + "' "
                                + mismatch
                                + "; a version keeps its tensors, give another model another"
                                + " name");
            }
        }
        if (next.size() > current.size() && "input".equals(what)) {
            throw new GanglionException(
                    Kind.SETUP,
                    "model "
                            + after
                            + " cannot serve instead of "
                            + before
                            + ": it takes "
                            + next
                            + ", expected "
                            + current);
        }
    }

    void close() {
        try {
            synchronized (vocabularies) {
                vocabularies.values().forEach(Vocabulary::close);
                vocabularies.clear();
            }
            model.close();
        } finally {
            closed.countDown();
        }
    }
}
