package dev.ganglion.runtime.plugin;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.encode.FeatureExtractor;
import dev.ganglion.api.encode.Segmenter;
import dev.ganglion.api.encode.Tokenizer;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.sense.Sensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plug-ins that are there, by kind and name. Thread-safe; listeners are told on the thread that
 * made the change.
 *
 * <p>Of two plug-ins of one kind and name the one that came first serves; the other is refused,
 * which is reported, and takes over when the first one goes.
 */
public final class Plugins {
    /**
     * The kinds, in the order in which a sample meets them, with the words that name them to
     * people.
     */
    private static final Map<Class<? extends Plugin>, String> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put(Sensor.class, "sensor");
        KINDS.put(FeatureExtractor.class, "encoder");
        KINDS.put(Segmenter.class, "segmenter");
        KINDS.put(Tokenizer.class, "tokenizer");
        KINDS.put(Engine.class, "engine");
        KINDS.put(Decider.class, "decider");
        KINDS.put(Actuator.class, "actuator");
    }

    /**
     * One plug-in and where it came from.
     *
     * @param kind {@code sensor}, {@code encoder}, {@code tokenizer}, {@code engine}, {@code
     *     decider} or {@code actuator}
     * @param name its name
     * @param source the bundle, or how else it came
     * @param plugin the plug-in itself
     */
    public record Entry(String kind, String name, String source, Plugin plugin) {}

    private static final Logger log = LoggerFactory.getLogger(Plugins.class);

    private final List<Entry> entries = new CopyOnWriteArrayList<>();
    private final Map<String, String> broken = new LinkedHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Object waiting = new Object();

    @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock of waiting alone
    private volatile long generation;

    /**
     * Adds a plug-in under each kind that it is.
     *
     * @param source the bundle or other origin, for messages
     */
    public void add(Plugin plugin, String source) {
        String name;
        try {
            name = Objects.requireNonNull(plugin.name(), "name() gave null");
        } catch (RuntimeException | LinkageError e) {
            broken(
                    source,
                    "plug-in "
                            + plugin.getClass().getName()
                            + " of "
                            + source
                            + " could not say its name ("
                            + e
                            + "); it is left out, mend it and install it again");
            return;
        }
        synchronized (this) {
            KINDS.forEach(
                    (type, kind) -> {
                        if (type.isInstance(plugin)) {
                            Entry first = entry(type, name);
                            if (first != null) {
                                log.error("{}", duplicate(kind, name, source, first.source()));
                            }
                            entries.add(new Entry(kind, name, source, plugin));
                        }
                    });
        }
        changed();
    }

    private static String duplicate(String kind, String name, String source, String first) {
        return "two "
                + kind
                + "s are called '"
                + name
                + "': the one of "
                + first
                + " serves, the one of "
                + source
                + " is refused; rename or remove one of them";
    }

    /** Removes a plug-in; sessions and handles that it gave out stay as they are. */
    public void remove(Plugin plugin) {
        if (entries.removeIf(entry -> entry.plugin() == plugin)) {
            changed();
        }
    }

    /**
     * Notes that something that should have been a plug-in could not be made; the sentence is for
     * people.
     */
    public void broken(String source, String sentence) {
        synchronized (broken) {
            broken.put(source, sentence);
        }
        log.error("{}", sentence);
        changed();
    }

    /** Forgets what was noted about a source that is gone. */
    public void mended(String source) {
        synchronized (broken) {
            broken.remove(source);
        }
    }

    /** {@return the plug-in of this kind and name, or null} */
    public <P extends Plugin> @Nullable P find(Class<P> kind, String name) {
        Entry entry = entry(kind, name);
        return entry == null ? null : kind.cast(entry.plugin());
    }

    private @Nullable Entry entry(Class<? extends Plugin> kind, String name) {
        for (Entry entry : entries) {
            if (kind.isInstance(entry.plugin()) && entry.name().equals(name)) {
                return entry;
            }
        }
        return null;
    }

    /** {@return an engine that loads this format, or null} */
    public @Nullable Engine engineFor(String format) {
        for (Entry entry : entries()) {
            if (entry.plugin() instanceof Engine engine) {
                try {
                    if (engine.formats().contains(format)) {
                        return engine;
                    }
                } catch (RuntimeException | LinkageError e) {
                    log.warn(
                            "engine '{}' of {} could not say its formats and is passed over",
                            entry.name(),
                            entry.source(),
                            e);
                }
            }
        }
        return null;
    }

    /**
     * {@return the names of all plug-ins of a kind, as the end of a sentence: {@code there are: a,
     * b}}
     */
    public String existing(Class<? extends Plugin> kind) {
        TreeSet<String> names = new TreeSet<>();
        for (Entry entry : entries) {
            if (kind.isInstance(entry.plugin())) {
                names.add(entry.name());
            }
        }
        return names.isEmpty() ? "there is none" : "there are: " + String.join(", ", names);
    }

    /** {@return all plug-ins, in the order in which they came; a refused one is missing} */
    public List<Entry> entries() {
        List<Entry> serving = new ArrayList<>();
        for (Entry entry : entries) {
            if (serving.stream()
                    .noneMatch(
                            e -> e.kind().equals(entry.kind()) && e.name().equals(entry.name()))) {
                serving.add(entry);
            }
        }
        return serving;
    }

    /** {@return what is wrong with plug-ins, one sentence each} */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        synchronized (broken) {
            problems.addAll(broken.values());
        }
        List<Entry> serving = entries();
        for (Entry entry : entries) {
            for (Entry first : serving) {
                if (first != entry
                        && first.kind().equals(entry.kind())
                        && first.name().equals(entry.name())) {
                    problems.add(
                            duplicate(entry.kind(), entry.name(), entry.source(), first.source()));
                }
            }
        }
        return problems;
    }

    /** Has the listener called after each change. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** {@return a number that grows with each change; one volatile read} */
    public long generation() {
        return generation;
    }

    /**
     * Waits until something changed since a generation was seen, somebody called {@link #wake}, or
     * the time is over.
     */
    public void awaitChange(long seen, long timeoutMillis) throws InterruptedException {
        synchronized (waiting) {
            if (generation == seen) {
                waiting.wait(timeoutMillis);
            }
        }
    }

    /** Has those look again who wait for a change. */
    public void wake() {
        synchronized (waiting) {
            waiting.notifyAll();
        }
    }

    private void changed() {
        synchronized (waiting) {
            generation++;
            waiting.notifyAll();
        }
        for (Runnable listener : listeners) {
            listener.run();
        }
    }
}
