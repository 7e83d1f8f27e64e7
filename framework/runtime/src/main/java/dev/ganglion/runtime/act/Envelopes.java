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
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
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
 * <p>A file that is changed is read again, and holds at once. One that is broken or gone leaves the
 * last good one in force; when there was none, nothing at all is done. A device that the file does
 * not fit does nothing. No file from the start: what the devices declare holds.
 */
public final class Envelopes implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Envelopes.class);
    private static final long WATCH_MILLIS = 500;
    private static final long LOOK_MILLIS = 100;
    private static final long PATIENCE_MILLIS = 10_000;

    private final @Nullable Path path;
    private final AuditLog audit;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Map<String, DeviceGuard> guards = new ConcurrentHashMap<>();
    private final Set<ActionGate> gates = ConcurrentHashMap.newKeySet();
    private final Confirmations confirmations;
    private final Executor safe;
    private @Nullable FolderWatch watch;
    private @Nullable ScheduledExecutorService looks;
    private volatile EnvelopeFile file = EnvelopeFile.absent();
    private volatile String problem = "";
    private volatile long patienceMillis = PATIENCE_MILLIS;

    /**
     * Reads the owner's file, and watches it.
     *
     * @param path need not exist
     * @param clock tells the time of the day, in the zone of the container
     */
    public Envelopes(Path path, AuditLog audit, Clock clock) {
        this(
                path,
                audit,
                clock,
                System::nanoTime,
                Executors.newCachedThreadPool(task -> thread("make-safe", task)));
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            watch = new FolderWatch(folder, 1, WATCH_MILLIS, this::read);
        }
        ScheduledExecutorService own =
                Executors.newSingleThreadScheduledExecutor(task -> thread("envelopes", task));
        own.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        looks = own;
    }

    /**
     * The same, but the file is read again when {@link #read} is called, and silence is noticed
     * when {@link #look} is.
     *
     * @param nanos the clock that messages are taken up by
     * @param safe where devices are made safe after a silence, which may take any time
     */
    Envelopes(@Nullable Path path, AuditLog audit, Clock clock, LongSupplier nanos, Executor safe) {
        this.path = path;
        this.audit = audit;
        this.clock = clock;
        this.nanos = nanos;
        this.safe = safe;
        this.confirmations = new Confirmations(new WrongPins(audit.folder(), clock));
        read();
    }

    /** {@return those where no owner says anything and nothing is logged} */
    public static Envelopes none() {
        return new Envelopes(
                null, AuditLog.none(), Clock.systemDefaultZone(), System::nanoTime, Runnable::run);
    }

    private static Thread thread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Reads the file again, as it does by itself when the file changes. */
    void read() {
        Path from = path;
        if (from == null) {
            return;
        }
        if (adopt(from)) {
            // Not under the lock of this: a device may be busy.
            gates.forEach(each -> each.binding().follow());
            gates.stream()
                    .map(each -> each.binding().misfit())
                    .filter(each -> !each.isEmpty())
                    .forEach(log::error);
        }
    }

    private synchronized boolean adopt(Path from) {
        boolean never = file.name.isEmpty();
        try {
            EnvelopeFile fresh = EnvelopeFile.read(from);
            if (fresh.name.isEmpty() && !never) {
                throw new GanglionException(
                        GanglionException.Kind.SETUP,
                        from + " is gone; put it back, or write {} into it to lift all limits");
            }
            audit.configure(fresh.megabytes, fresh.text);
            file = fresh;
            problem = "";
            return true;
        } catch (RuntimeException e) {
            problem =
                    (e instanceof GanglionException
                                    ? String.valueOf(e.getMessage())
                                    : from + " cannot be read (" + e + ")")
                            + (never
                                    ? " (no actuator does anything until it is mended)"
                                    : " (its last good version holds)");
            log.error(problem);
            if (never) {
                file = EnvelopeFile.broken(problem);
                return true;
            }
            return false;
        }
    }

    /** {@return what is wrong with the owner's file, or empty} */
    public String problem() {
        StringBuilder all = new StringBuilder(problem);
        for (ActionGate each : gates) {
            String misfit = each.binding().misfit();
            if (!misfit.isEmpty() && all.indexOf(misfit) < 0) {
                all.append(all.isEmpty() ? "" : "; ").append(misfit);
            }
        }
        return all.toString();
    }

    Confirmations confirmations() {
        return confirmations;
    }

    /** {@return how long a device may be busy until it is closed or made safe all the same} */
    long patienceMillis() {
        return patienceMillis;
    }

    /** For tests that do not want to wait. */
    void patienceMillis(long newPatienceMillis) {
        patienceMillis = newPatienceMillis;
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

    void add(ActionGate gate) {
        gates.add(gate);
    }

    void remove(ActionGate gate) {
        gates.remove(gate);
        confirmations.forget(gate);
    }

    /** {@return what the routes to a device share, with one more of them} */
    DeviceGuard guard(String key, ActionGate gate) {
        // In one step, so that it is not forgotten in between.
        DeviceGuard guard =
                guards.compute(
                        key,
                        (any, known) -> {
                            DeviceGuard shared =
                                    known == null ? new DeviceGuard(gate.actuator()) : known;
                            if (!shared.gates.contains(gate)) {
                                shared.gates.add(gate);
                            }
                            return shared;
                        });
        return Objects.requireNonNull(guard);
    }

    /** Looks for silences, counts that are to be written, and what nobody needs any more. */
    void look() {
        try {
            audit.look();
            lookForSilence();
            long nowNanos = nowNanos();
            for (String key : guards.keySet()) {
                guards.computeIfPresent(
                        key, (any, guard) -> isNeeded(guard, nowNanos) ? guard : null);
            }
        } catch (RuntimeException | LinkageError e) {
            // A task that throws is never run again.
            log.error("looking after the devices failed", e);
        }
    }

    /** {@return how many devices are known} */
    int devices() {
        return guards.size();
    }

    private static boolean isNeeded(DeviceGuard guard, long nowNanos) {
        if (!guard.gates.isEmpty() || !guard.turn.tryLock()) {
            return true;
        }
        try {
            return !guard.isForgettable(nowNanos);
        } finally {
            guard.turn.unlock();
        }
    }

    /** Makes devices safe for which no decision came for too long; one that is busy is not idle. */
    private void lookForSilence() {
        for (DeviceGuard guard : guards.values()) {
            if (isSilent(guard) && guard.silenced.compareAndSet(false, true)) {
                safe.execute(() -> makeSafe(guard));
            }
        }
    }

    private boolean isSilent(DeviceGuard guard) {
        long limitNanos = guard.silenceNanos;
        return limitNanos > 0 && nowNanos() - guard.heardNanos >= limitNanos;
    }

    private void makeSafe(DeviceGuard guard) {
        try {
            if (guard.turn.tryLock()) {
                try {
                    if (isSilent(guard) && !guard.isSafe() && !guard.gates.isEmpty()) {
                        SafeState.make(
                                guard,
                                null,
                                audit,
                                "no decision came for too long",
                                Origin.UNKNOWN);
                        guard.heardNanos = nowNanos();
                    }
                } finally {
                    guard.turn.unlock();
                }
            }
        } catch (RuntimeException | LinkageError e) {
            log.error("act:{} was not made safe", guard.actuator, e);
        } finally {
            guard.silenced.set(false);
        }
    }

    /** {@return what waits to be confirmed, as {@code id}, {@code action}, {@code by}…} */
    public List<Map<String, Object>> waiting() {
        List<Map<String, Object>> all = new ArrayList<>();
        long nowNanos = nowNanos();
        for (Confirmations.Entry entry : confirmations.entries(nowNanos)) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", entry.id());
            one.put("actuator", entry.guard().actuator);
            one.put("action", entry.attempt().name());
            one.put("parameters", String.valueOf(entry.attempt().parameters()));
            one.put("by", entry.byPin() ? "pin" : "operator");
            one.put("route", entry.attempt().origin().route());
            one.put("secondsLeft", (entry.untilNanos() - nowNanos) / 1_000_000_000);
            all.add(one);
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
        for (Confirmations.Entry entry : confirmations.entries(nowNanos())) {
            if (entry.id().equals(id)) {
                String refusal = confirmations.take(entry, pin, nowNanos());
                if (!refusal.isEmpty()) {
                    Attempt attempt = entry.attempt();
                    audit.append(
                            entry.guard().actuator, attempt, attempt.origin(), "refused", refusal);
                    throw new GanglionException(GanglionException.Kind.INPUT, refusal);
                }
                return entry.gate().performConfirmed(entry.attempt(), entry.rules());
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
        for (ActionGate gate : gates) {
            if (gate.actuator().equals(actuator)) {
                gate.binding().follow();
                why = "act:" + actuator + " did nothing since that could be taken back";
            }
        }
        if (why.isEmpty()) {
            why = "no route has act:" + actuator + " open";
        }
        for (DeviceGuard guard : guards.values()) {
            if (guard.actuator.equals(actuator)) {
                if (!guard.takeTurn(patienceMillis)) {
                    why = "act:" + actuator + " is busy; try again when it is not";
                    continue;
                }
                try {
                    ActionGate last = guard.lastActed();
                    why = last == null ? guard.whyNothing(why) : last.undo(guard);
                    if (why.isEmpty()) {
                        return;
                    }
                } finally {
                    guard.turn.unlock();
                }
            }
        }
        throw new GanglionException(GanglionException.Kind.INPUT, why);
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
        if (safe instanceof ExecutorService own) {
            own.shutdownNow();
        }
        audit.close();
    }
}
