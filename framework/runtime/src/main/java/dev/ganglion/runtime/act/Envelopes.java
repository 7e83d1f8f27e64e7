package dev.ganglion.runtime.act;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.runtime.watch.FolderWatch;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the owner allows each actuator to do, from one file, whatever models and routes say; and
 * what all routes to one device share. One per container; thread-safe.
 *
 * <p>A file that is changed is read again. One that is broken leaves the last good one in force;
 * when there was none, nothing at all is done. No file: what the devices declare holds.
 */
public final class Envelopes implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Envelopes.class);
    private static final long WATCH_MILLIS = 500;
    private static final long LOOK_MILLIS = 100;

    private final @Nullable Path path;
    private final AuditLog audit;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Map<String, DeviceGuard> guards = new ConcurrentHashMap<>();
    private final Set<ActionGate> gates = ConcurrentHashMap.newKeySet();
    private @Nullable FolderWatch watch;
    private @Nullable ScheduledExecutorService looks;
    private volatile EnvelopeFile file = EnvelopeFile.absent();
    private volatile String problem = "";

    /**
     * Reads the owner's file, and watches it.
     *
     * @param path need not exist
     * @param clock tells the time of the day, in the zone of the container
     */
    public Envelopes(Path path, AuditLog audit, Clock clock) {
        this(path, audit, clock, System::nanoTime);
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            watch = new FolderWatch(folder, 1, WATCH_MILLIS, this::read);
        }
        ScheduledExecutorService own =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread thread = new Thread(task, "envelopes");
                            thread.setDaemon(true);
                            return thread;
                        });
        own.scheduleWithFixedDelay(
                this::lookForSilence, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        looks = own;
    }

    /**
     * The same, but the file is read again when {@link #read} is called, and silence is noticed
     * when {@link #lookForSilence} is.
     *
     * @param nanos the clock that messages are taken up by
     */
    Envelopes(@Nullable Path path, AuditLog audit, Clock clock, LongSupplier nanos) {
        this.path = path;
        this.audit = audit;
        this.clock = clock;
        this.nanos = nanos;
        read();
    }

    /** {@return those where no owner says anything and nothing is logged} */
    public static Envelopes none() {
        return new Envelopes(null, AuditLog.none(), Clock.systemDefaultZone(), System::nanoTime);
    }

    /** Reads the file again, as it does by itself when the file changes. */
    synchronized void read() {
        Path from = path;
        if (from == null) {
            return;
        }
        try {
            EnvelopeFile fresh = EnvelopeFile.read(from);
            for (ActionGate gate : gates) {
                gate.read(fresh);
            }
            audit.configure(fresh.megabytes, fresh.text);
            file = fresh;
            problem = "";
        } catch (GanglionException e) {
            boolean never = file.name.isEmpty();
            problem =
                    e.getMessage()
                            + (never
                                    ? " (no actuator does anything until it is mended)"
                                    : " (its last good version holds)");
            if (never) {
                file = EnvelopeFile.broken(problem);
            }
            log.error(problem);
        }
    }

    /** {@return what is wrong with the owner's file, or empty} */
    public String problem() {
        return problem;
    }

    EnvelopeFile file() {
        return file;
    }

    AuditLog audit() {
        return audit;
    }

    long nowNanos() {
        return nanos.getAsLong();
    }

    /** {@return the time of the day when a message was taken up} */
    LocalTime timeOfDay(long takenNanos) {
        return ZonedDateTime.now(clock).minusNanos(nowNanos() - takenNanos).toLocalTime();
    }

    synchronized void add(ActionGate gate) {
        gates.add(gate);
    }

    void remove(ActionGate gate) {
        gates.remove(gate);
    }

    DeviceGuard guard(String key, String actuator) {
        return guards.computeIfAbsent(key, any -> new DeviceGuard(actuator));
    }

    /** Makes devices safe for which no decision came for too long; one that is busy is not idle. */
    void lookForSilence() {
        for (DeviceGuard guard : guards.values()) {
            long limitNanos = guard.silenceNanos;
            if (limitNanos > 0
                    && nowNanos() - guard.heardNanos >= limitNanos
                    && guard.turn.tryLock()) {
                try {
                    if (!guard.isSafe() && !guard.gates.isEmpty()) {
                        guard.gates.get(0).makeSafeAfterSilence(guard);
                        guard.heardNanos = nowNanos();
                    }
                } catch (RuntimeException | LinkageError e) {
                    log.error("act:{} was not made safe", guard.actuator, e);
                } finally {
                    guard.turn.unlock();
                }
            }
        }
    }

    /** {@return what waits to be confirmed, as {@code id}, {@code action}, {@code by}…} */
    public List<Map<String, Object>> waiting() {
        List<Map<String, Object>> all = new ArrayList<>();
        long nowNanos = nowNanos();
        for (DeviceGuard guard : guards.values()) {
            for (Waiting.Entry entry : guard.waiting.entries(nowNanos)) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("id", guard.waiting.id(entry));
                one.put("actuator", guard.actuator);
                one.put("action", entry.attempt().name());
                one.put("parameters", String.valueOf(entry.attempt().parameters()));
                one.put("by", entry.byPin() ? "pin" : "operator");
                one.put("route", entry.attempt().origin().route());
                one.put("secondsLeft", (entry.untilNanos() - nowNanos) / 1_000_000_000);
                all.add(one);
            }
        }
        return all;
    }

    /**
     * Confirms an action that waits, and has it done if it may still be.
     *
     * @param id which, as {@link #waiting} has it
     * @param pin what the person typed, or empty; never from a decision
     * @return what was done
     * @throws GanglionException of kind INPUT when nothing of this id waits or the PIN is wrong, of
     *     another kind when the device failed
     */
    public Action confirm(String id, String pin) {
        for (DeviceGuard guard : guards.values()) {
            for (Waiting.Entry entry : guard.waiting.entries(nowNanos())) {
                if (guard.waiting.id(entry).equals(id)) {
                    String refusal = guard.waiting.take(entry, pin, nowNanos());
                    if (!refusal.isEmpty()) {
                        Attempt attempt = entry.attempt();
                        audit.append(guard.actuator, attempt, attempt.origin(), "refused", refusal);
                        throw new GanglionException(GanglionException.Kind.INPUT, refusal);
                    }
                    return entry.gate().performConfirmed(entry.attempt());
                }
            }
        }
        throw new GanglionException(
                GanglionException.Kind.INPUT,
                "nothing waits under '"
                        + id
                        + "'; there are: "
                        + waiting().stream().map(each -> each.get("id")).toList());
    }

    /**
     * Takes back what an actuator did last.
     *
     * @throws GanglionException of kind INPUT when there is nothing to take back or the device
     *     cannot
     */
    public void undo(String actuator) {
        String why = "";
        for (DeviceGuard guard : guards.values()) {
            if (guard.actuator.equals(actuator)) {
                guard.turn.lock();
                try {
                    ActionGate last = guard.lastActed();
                    why = last == null ? why : last.undo(guard);
                    if (last != null && why.isEmpty()) {
                        return;
                    }
                } finally {
                    guard.turn.unlock();
                }
            }
        }
        throw new GanglionException(
                GanglionException.Kind.INPUT,
                why.isEmpty()
                        ? "act:"
                                + actuator
                                + " did nothing that could be taken back: nothing was done since it"
                                + " was made safe, or its rules changed, or no route has it"
                        : why);
    }

    /** Ends the watch and lets go of the audit log; devices are closed by their gates. */
    @Override
    public void close() {
        FolderWatch watching = watch;
        if (watching != null) {
            watching.close();
        }
        ScheduledExecutorService looking = looks;
        if (looking != null) {
            looking.shutdownNow();
        }
        audit.close();
    }
}
