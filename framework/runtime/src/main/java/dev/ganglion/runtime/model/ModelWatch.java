package dev.ganglion.runtime.model;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.plugin.Plugins;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to models without a command, on a thread of its own: the end of a probation, an
 * engine that came anew, a version that was installed.
 */
final class ModelWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ModelWatch.class);
    private static final long LOOK_MILLIS = 100;

    private final ModelStore store;
    private final Plugins plugins;
    private final ModelLoader loader;
    private final Collection<Slot> slots;
    private final Replacements replacements;
    private final Consumer<String> replaced;
    private final ScheduledExecutorService changes =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(task, "model changes");
                        thread.setDaemon(true);
                        return thread;
                    });
    private @Nullable ScheduledFuture<?> looking;

    ModelWatch(
            ModelStore store,
            Plugins plugins,
            ModelLoader loader,
            Collection<Slot> slots,
            Replacements replacements,
            Consumer<String> replaced) {
        this.store = store;
        this.plugins = plugins;
        this.loader = loader;
        this.slots = slots;
        this.replacements = replacements;
        this.replaced = replaced;
    }

    /** Begins to watch those on probation, until none is left. */
    synchronized void look() {
        if (looking == null) {
            looking =
                    changes.scheduleWithFixedDelay(
                            this::judge, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void judge() {
        boolean any = false;
        for (Slot slot : slots) {
            Trial trial = slot.trial;
            if (trial == null) {
                continue;
            }
            any = true;
            Trial.Verdict verdict = judge(trial);
            if (verdict != null) {
                slot.changing.lock();
                try {
                    if (slot.trial == trial) {
                        boolean shadow = trial.shadow != null;
                        // A shadow has shown what it does; that it answers is for people to say.
                        replacements.end(slot, trial, verdict.passed() && !shadow, verdict.why());
                        slot.seen.add(trial.next.id().version());
                    }
                } catch (RuntimeException | Error e) {
                    log.error("the probation of model {} could not be ended", trial.next.id(), e);
                } finally {
                    slot.changing.unlock();
                }
                replaced.accept(slot.name);
            }
        }
        synchronized (this) {
            if (!any && looking != null && slots.stream().allMatch(slot -> slot.trial == null)) {
                looking.cancel(false);
                looking = null;
            }
        }
    }

    private static Trial.@Nullable Verdict judge(Trial trial) {
        try {
            return trial.judge();
        } catch (RuntimeException | LinkageError e) {
            return new Trial.Verdict(false, "it cannot be judged (" + e + ")");
        }
    }

    /**
     * Looks, in the background, for engines that came anew and for versions that were installed.
     */
    Future<?> changed() {
        try {
            return changes.submit(this::catchUp);
        } catch (RejectedExecutionException ended) {
            log.debug("the host was closed meanwhile");
            return CompletableFuture.completedFuture(null);
        }
    }

    /** A model was unloaded, or a command has ended: what was put off meanwhile is tried again. */
    void again(String name) {
        for (Slot slot : slots) {
            if (slot.name.equals(name) && slot.putOff) {
                changed();
            }
        }
    }

    private void catchUp() {
        for (Slot slot : slots) {
            // Before the attempt: whoever ends what it meets looks at this afterwards.
            slot.putOff = true;
            LoadedModel current = slot.current;
            if (current == null || slot.trial != null) {
                continue;
            }
            boolean later = false;
            try {
                // Once the former one is unloaded, a newer version is looked for.
                later = reloaded(slot, current);
                if (!later) {
                    lookForNewer(slot, current);
                }
            } catch (GanglionException e) {
                later = e.kind() == Kind.RETRY;
                log.debug("model {} stays as it is", slot.name, e);
            } catch (RuntimeException | Error e) {
                log.debug("model {} stays as it is", slot.name, e);
            }
            slot.putOff = later;
        }
    }

    /** The same version on another engine, when its own one went or another one is wanted. */
    private boolean reloaded(Slot slot, LoadedModel current) {
        Deployment wanted = replacements.deployment(slot, current.card);
        Engine engine = loader.engine(current.card.source(), wanted);
        String isolation = wanted.isolation().isEmpty() ? Isolation.IN_PROCESS : wanted.isolation();
        boolean gone = plugins.entries().stream().noneMatch(e -> e.plugin() == current.engine);
        boolean other = !wanted.engine().isEmpty() && engine != current.engine;
        if (!gone && !other && isolation.equals(current.isolation)) {
            return false;
        }
        replaceUnchanged(
                slot,
                current,
                current.id(),
                Map.of("strategy", "immediate"),
                gone
                        ? "its engine was replaced"
                        : "its deployment asks for engine " + engine.name() + ", " + isolation);
        return true;
    }

    /** Does nothing when a command was faster: what was found is about another version then. */
    private void replaceUnchanged(
            Slot slot, LoadedModel found, ModelId next, Map<String, String> values, String why) {
        if (!slot.changing.tryLock()) {
            throw Replacements.busy(next);
        }
        try {
            if (slot.current == found && slot.trial == null) {
                replacements.replace(slot, next, values, why);
            }
        } finally {
            slot.changing.unlock();
        }
    }

    private void lookForNewer(Slot slot, LoadedModel current) {
        ModelId newest = store.newest(slot.name);
        if (newest == null
                || slot.seen.contains(newest.version())
                || ModelStore.compareVersions(newest.version(), current.id().version()) <= 0) {
            return;
        }
        String files = files(newest);
        if (files.equals(slot.refused.get(newest.version()))) {
            return;
        }
        try {
            replaceUnchanged(slot, current, newest, Map.of(), "it was installed");
        } catch (GanglionException e) {
            if (e.kind() != Kind.RETRY) {
                slot.refused.put(newest.version(), files);
            }
            throw e;
        }
    }

    /** {@return what changes when somebody mends a package, or goes on copying it} */
    private String files(ModelId id) {
        Path folder = store.folder().resolve(id.name()).resolve(id.version());
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted()
                    .map(
                            file -> {
                                try {
                                    return file
                                            + " "
                                            + Files.size(file)
                                            + " "
                                            + Files.getLastModifiedTime(file);
                                } catch (IOException gone) {
                                    return file + " gone";
                                }
                            })
                    .collect(Collectors.joining("\n"));
        } catch (IOException | UncheckedIOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        changes.shutdownNow();
        try {
            if (!changes.awaitTermination(5, TimeUnit.SECONDS)) {
                log.warn("a model is still being replaced after 5 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
