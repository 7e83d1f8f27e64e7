package dev.ganglion.worker;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.infer.Session;
import dev.ganglion.worker.sandbox.Sandbox;
import dev.ganglion.worker.wire.Connection;
import dev.ganglion.worker.wire.Failure;
import dev.ganglion.worker.wire.LoadRequest;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One worker process, from its start to its end. */
final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final long CONNECT_MILLIS = 2;
    private static final long ENDING_MILLIS = 5_000;
    private static final LoadRequest.Tensors NONE = new LoadRequest.Tensors(List.of(), List.of());

    private final Plan plan;
    private final Settings settings;
    private final WorkerFolders folders;
    private final Process process;
    private final ProcessMemory memory;
    private final DataOutputStream lifeline;
    private final Set<WorkerSession> sessions = ConcurrentHashMap.newKeySet();
    private final AtomicInteger numbers = new AtomicInteger();
    private final CountDownLatch dead = new CountDownLatch(1);
    private final long startedNanos = System.nanoTime();
    private volatile boolean loading = true;
    private volatile boolean ending;
    private volatile LoadRequest.Tensors tensors = NONE;
    private volatile @Nullable String killed;
    private volatile String ended = "does not answer";
    private int lastBeat;
    private long looksWithoutBeat;

    private Worker(
            Plan plan,
            Settings settings,
            WorkerFolders folders,
            Process process,
            boolean indirect) {
        this.plan = plan;
        this.settings = settings;
        this.folders = folders;
        this.process = process;
        memory = new ProcessMemory(process, indirect);
        lifeline = new DataOutputStream(process.getOutputStream());
    }

    /** Starts a process, which can do nothing yet. */
    static Worker start(Plan plan, Settings settings, Sandbox sandbox) throws IOException {
        WorkerFolders folders = WorkerFolders.create(settings.folder());
        try {
            Process process =
                    JavaProcess.start(plan, settings, sandbox, folders.own(), folders.shared());
            Worker worker = new Worker(plan, settings, folders, process, sandbox.startsAnother());
            worker.memory.giveUpFirst();
            OutputLog.start(plan.model(), process.getInputStream());
            return worker;
        } catch (IOException failed) {
            folders.delete();
            throw failed;
        }
    }

    /**
     * Has the model loaded. To be called once, before all others, while another thread {@link
     * #watch}es.
     *
     * @throws GanglionException what the engine says, or of kind SETUP when the worker ended
     */
    void load() {
        try (Connection connection = new Connection(connect())) {
            connection.put(plan.request().bytes());
            connection.send(Connection.LOAD, 0, 0);
            if (!connection.receive()) {
                throw endedWhileLoading(null);
            }
            if (connection.first() != Connection.OK) {
                throw Failure.of(connection, thrower(), Kind.SETUP);
            }
            tensors = LoadRequest.Tensors.read(connection.takeBytes());
            loading = false;
        } catch (IOException gone) {
            throw endedWhileLoading(gone);
        }
    }

    GanglionException endedWhileLoading(@Nullable IOException cause) {
        return new GanglionException(
                Kind.SETUP,
                ended() + "; it was loading: try another version of the model or of the engine",
                cause);
    }

    /** The socket is there some time after the process is. */
    private SocketChannel connect() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folders.socket());
        while (true) {
            try {
                return SocketChannel.open(address);
            } catch (IOException notYet) {
                try {
                    if (!loading || process.waitFor(CONNECT_MILLIS, TimeUnit.MILLISECONDS)) {
                        throw notYet;
                    }
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                    throw notYet;
                }
            }
        }
    }

    /** {@return a session, or null when the worker is gone and another may do} */
    @Nullable Session open() {
        // A channel that is used by an interrupted thread closes itself.
        boolean interrupted = Thread.interrupted();
        WorkerSession session;
        try {
            int number = numbers.incrementAndGet();
            session = new WorkerSession(this, number, new Connection(connect()));
        } catch (IOException gone) {
            return null;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        sessions.add(session);
        boolean opened = false;
        try {
            int capacity = session.opened();
            opened = true;
            return capacity < 0 ? session : new WorkerTokenSession(session, capacity);
        } finally {
            if (!opened) {
                session.close();
            }
        }
    }

    void closed(WorkerSession session, Connection connection) {
        sessions.remove(session);
        try {
            connection.close();
        } catch (IOException gone) {
            LOG.debug("A connection to the worker of {} did not close", plan.model(), gone);
        }
    }

    /** Tells the worker; its answer is that of the step that it ends. */
    void cancel(int session, int epoch) {
        synchronized (lifeline) {
            try {
                lifeline.writeInt(session);
                lifeline.writeInt(epoch);
                lifeline.flush();
            } catch (IOException gone) {
                LOG.debug("The worker of {} is gone, nothing to cancel", plan.model(), gone);
            }
        }
    }

    /**
     * Looks at the worker now and then until it has ended, and clears away what it leaves.
     *
     * @return how it ended
     */
    String watch() {
        boolean interrupted = false;
        while (true) {
            try {
                if (process.waitFor(settings.heartbeatMillis(), TimeUnit.MILLISECONDS)) {
                    break;
                }
                look();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        String reason = killed;
        ended =
                reason != null
                        ? "was killed, for " + reason
                        : ending
                                ? "was closed"
                                : Death.describe(process.exitValue(), folders.crashFile());
        folders.delete();
        dead.countDown();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return ended;
    }

    private void look() {
        long usedMegabytes = memory.residentBytes() >> 20;
        if (usedMegabytes > settings.memoryMegabytes()) {
            kill(
                    "it used "
                            + usedMegabytes
                            + " MB and its memory limit (ganglion.worker.memoryMegabytes) is "
                            + settings.memoryMegabytes());
        }
        long now = System.nanoTime();
        if (loading && millis(now - startedNanos) > settings.loadLimitMillis()) {
            kill("it hung: loading took " + took("loadLimitMillis", settings.loadLimitMillis()));
        }
        int beat = folders.beat();
        // Counted and not timed, so that a pause of this process is not held against the worker.
        looksWithoutBeat = beat == 0 || beat != lastBeat ? 0 : looksWithoutBeat + 1;
        lastBeat = beat;
        if (looksWithoutBeat * settings.heartbeatMillis() >= settings.heartbeatLimitMillis()) {
            kill(
                    "it hung: it gave no sign of life for "
                            + took("heartbeatLimitMillis", settings.heartbeatLimitMillis()));
        }
        for (WorkerSession session : sessions) {
            long since = session.callSinceNanos();
            if (since != 0 && millis(now - since) > settings.callLimitMillis()) {
                kill("it hung: a call took " + took("callLimitMillis", settings.callLimitMillis()));
            }
        }
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    private static String took(String property, long limitMillis) {
        return "more than " + limitMillis + " ms (ganglion.worker." + property + ")";
    }

    /**
     * Ends the worker because it misbehaves.
     *
     * @param reason as the end of a sentence
     */
    void kill(String reason) {
        if (killed == null) {
            killed = reason;
            destroy();
        }
    }

    /**
     * The process was started by a thread that could not read when it began, and Java kills nothing
     * through such a handle; another handle can.
     */
    private void destroy() {
        if (process.isAlive()) {
            ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
        }
        process.destroyForcibly();
    }

    /** Ends the worker; its sessions are over. */
    void end() {
        ending = true;
        destroy();
    }

    /** {@return that and how the worker ended, waiting for it to be known} */
    String ended() {
        boolean interrupted = Thread.interrupted();
        try {
            dead.await(ENDING_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return "model "
                + plan.model()
                + "'s worker (pid "
                + process.pid()
                + ", engine "
                + plan.engine()
                + ") "
                + ended;
    }

    boolean hasEnded() {
        return dead.getCount() == 0;
    }

    String endedInFlight() {
        return ended()
                + "; the message in flight failed and its sessions are over; another worker is"
                + " started unless it was closed or died too often: open another session";
    }

    String thrower() {
        return "engine " + plan.engine() + ", running model " + plan.model() + " in a worker,";
    }

    String model() {
        return plan.model();
    }

    LoadRequest.Tensors tensors() {
        return tensors;
    }

    Path folder() {
        return folders.shared();
    }

    long pid() {
        return process.pid();
    }

    long residentBytes() {
        return memory.residentBytes();
    }
}
