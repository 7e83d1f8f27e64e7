package dev.ganglion.worker;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.worker.sandbox.Sandbox;
import dev.ganglion.worker.wire.LoadRequest;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model that an engine runs in a worker process. When the worker dies, the calls in flight fail
 * with {@link Kind#REOPEN} and another is started; when it dies too often the model is quarantined
 * and {@link #open} fails with {@link Kind#SETUP}. Thread-safe.
 */
public final class WorkerModel implements Model {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerModel.class);
    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;

    private final Plan plan;
    private final Settings settings;
    private final Sandbox sandbox;
    private final Set<WorkerModel> siblings;
    private final Deque<Long> deathsNanos = new ArrayDeque<>();

    // Guarded by this object, whose waiters are told of each change.
    private LoadRequest.Tensors tensors = new LoadRequest.Tensors(List.of(), List.of());
    private @Nullable Worker worker;
    private boolean ready;
    private boolean loadedOnce;
    private boolean closed;
    private int deaths;
    private int failedStarts;
    private @Nullable String quarantined;
    private @Nullable RuntimeException refused;

    private WorkerModel(Plan plan, Settings settings, Sandbox sandbox, Set<WorkerModel> siblings) {
        this.plan = plan;
        this.settings = settings;
        this.sandbox = sandbox;
        this.siblings = siblings;
    }

    /**
     * Starts a worker and has it load the model.
     *
     * @param siblings the models that are not closed, this one from now on among them; for use by
     *     several threads
     */
    static WorkerModel load(
            Plan plan, Settings settings, Sandbox sandbox, Set<WorkerModel> siblings) {
        WorkerModel model = new WorkerModel(plan, settings, sandbox, siblings);
        siblings.add(model);
        Thread supervisor = new Thread(model::supervise, "ganglion-worker " + plan.model());
        supervisor.setDaemon(true);
        supervisor.start();
        try {
            model.awaitFirst();
        } catch (RuntimeException failed) {
            model.close();
            throw failed;
        }
        return model;
    }

    private synchronized void awaitFirst() {
        try {
            while (!ready && refused == null && !closed) {
                wait();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new GanglionException(
                    Kind.RETRY, "loading model " + plan.model() + " was interrupted", stopped);
        }
        if (refused != null) {
            throw refused;
        }
        if (closed) {
            throw new IllegalStateException(
                    "model " + plan.model() + " was closed while it was being loaded");
        }
    }

    private void supervise() {
        while (true) {
            @Nullable String death;
            try {
                Worker started = Worker.start(plan, settings, sandbox);
                if (!use(started)) {
                    started.end();
                }
                Thread loader =
                        new Thread(
                                null, () -> load(started), "ganglion-worker-load " + plan.model());
                loader.setDaemon(true);
                loader.start();
                death = started.watch();
                refuseUnlessLoaded(started);
                LOG.debug("The worker of {}, pid {}, {}", plan.model(), started.pid(), death);
            } catch (IOException | RuntimeException failed) {
                death = null;
                refuse(
                        failed instanceof GanglionException known
                                ? known
                                : new GanglionException(
                                        Kind.SETUP,
                                        "a worker for model "
                                                + plan.model()
                                                + " could not be started: "
                                                + failed,
                                        failed));
            }
            if (!goOn(death)) {
                return;
            }
        }
    }

    private synchronized boolean use(Worker started) {
        worker = started;
        return !closed;
    }

    private void load(Worker started) {
        try {
            started.load();
            synchronized (this) {
                tensors = loadedOnce ? tensors : started.tensors();
                loadedOnce = true;
                ready = worker == started;
                notifyAll();
            }
        } catch (RuntimeException failed) {
            refuse(failed);
            started.kill("it could not load the model: " + failed.getMessage());
        }
    }

    private synchronized void refuse(RuntimeException failed) {
        if (!loadedOnce) {
            refused = refused == null ? failed : refused;
        } else if (!closed) {
            LOG.warn("Model {} could not be loaded by another worker", plan.model(), failed);
        }
        notifyAll();
    }

    /** For a worker that ends between having loaded and being believed to. */
    private synchronized void refuseUnlessLoaded(Worker ended) {
        if (!loadedOnce && refused == null) {
            refused = ended.endedWhileLoading(null);
        }
    }

    /**
     * After a death: waits until another worker may be started, if any may.
     *
     * @param death how the worker ended; null when it could not even be started, which is not the
     *     model's fault
     */
    private synchronized boolean goOn(@Nullable String death) {
        worker = null;
        ready = false;
        if (closed || !loadedOnce) {
            notifyAll();
            return false;
        }
        if (death == null) {
            pause(++failedStarts);
            return !closed;
        }
        failedStarts = 0;
        deaths++;
        long now = System.nanoTime();
        deathsNanos.add(now);
        long windowNanos = TimeUnit.MILLISECONDS.toNanos(settings.deathWindowMillis());
        while (now - deathsNanos.element() > windowNanos) {
            deathsNanos.remove();
        }
        if (deathsNanos.size() >= settings.deaths()) {
            quarantined =
                    "model "
                            + plan.model()
                            + " is quarantined since "
                            + Instant.now().truncatedTo(ChronoUnit.SECONDS)
                            + ": its worker (engine "
                            + plan.engine()
                            + ") ended "
                            + deathsNanos.size()
                            + " times within "
                            + settings.deathWindowMillis()
                            + " ms, at last it "
                            + death
                            + "; bring another version into use with 'ganglion model swap'";
            LOG.error("{}", quarantined);
            notifyAll();
            return false;
        }
        LOG.warn("The worker of model {} {}; another one is started", plan.model(), death);
        notifyAll();
        pause(deathsNanos.size() - 1);
        return !closed;
    }

    /** None before the first repetition, then longer and longer. */
    private void pause(int repetitions) {
        long pauseMillis =
                repetitions == 0
                        ? 0
                        : Math.min(
                                LONGEST_PAUSE_MILLIS,
                                FIRST_PAUSE_MILLIS << Math.min(repetitions - 1, 16));
        long untilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMillis);
        long leftMillis = pauseMillis;
        while (!closed && leftMillis > 0) {
            try {
                wait(leftMillis);
            } catch (InterruptedException ignored) {
                // Nobody has a reason to: closing is told otherwise.
                return;
            }
            leftMillis = TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime());
        }
    }

    @Override
    public synchronized List<TensorSpec> inputs() {
        return tensors.inputs();
    }

    @Override
    public synchronized List<TensorSpec> outputs() {
        return tensors.outputs();
    }

    @Override
    public String onlyAlone() {
        return "it runs in a worker process, which is called for each stream by itself";
    }

    /**
     * {@inheritDoc}
     *
     * @throws GanglionException of kind RETRY while another worker is being started and that takes
     *     longer than the configured limit, SETUP when the model is quarantined
     */
    @Override
    public Session open() {
        long untilNanos =
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.openLimitMillis());
        boolean mayEnd = true;
        @Nullable Worker gone = null;
        while (true) {
            Worker present = await(gone, untilNanos);
            try {
                Session session = present.open();
                if (session != null) {
                    return session;
                }
            } catch (GanglionException failed) {
                // It may have been dying already; a second one dies of being opened.
                if (!mayEnd || !present.hasEnded()) {
                    throw failed;
                }
                mayEnd = false;
            }
            gone = present;
        }
    }

    /** Waits for a worker that has loaded the model and is not the one that is gone. */
    private synchronized Worker await(@Nullable Worker gone, long untilNanos) {
        while (true) {
            if (closed) {
                throw new IllegalStateException(
                        "model " + plan.model() + " was used after it was closed");
            }
            if (quarantined != null) {
                throw new GanglionException(Kind.SETUP, quarantined);
            }
            Worker present = worker;
            if (present != null && ready && present != gone) {
                return present;
            }
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime());
            try {
                if (leftMillis <= 0) {
                    throw notYet(null);
                }
                wait(leftMillis);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw notYet(stopped);
            }
        }
    }

    private GanglionException notYet(@Nullable InterruptedException cause) {
        return new GanglionException(
                Kind.RETRY,
                "model "
                        + plan.model()
                        + "'s worker ended and another one was not ready within "
                        + settings.openLimitMillis()
                        + " ms (ganglion.worker.openLimitMillis); try again",
                cause);
    }

    /** {@return the resident memory of the worker in bytes, 0 while there is none} */
    @Override
    public long allocatedBytes() {
        Worker present = present();
        return present == null ? 0 : present.residentBytes();
    }

    private synchronized @Nullable Worker present() {
        return worker;
    }

    /** {@return the number of the process, -1 while there is none} */
    public long pid() {
        Worker present = present();
        return present == null ? -1 : present.pid();
    }

    /** {@return how often a worker of this model ended without being told to} */
    public synchronized int deaths() {
        return deaths;
    }

    /**
     * {@return what keeps the worker from files and the network: {@code landlock (ABI 7)}, {@code
     * bubblewrap} or {@code none}}
     */
    public String sandbox() {
        return sandbox.name();
    }

    @Override
    public void close() {
        Worker present;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            present = worker;
            notifyAll();
        }
        if (present != null) {
            present.end();
            present.ended();
        }
        siblings.remove(this);
    }
}
