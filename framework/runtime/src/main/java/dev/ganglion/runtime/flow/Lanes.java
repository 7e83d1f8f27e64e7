package dev.ganglion.runtime.flow;

import dev.ganglion.runtime.model.Lease;
import dev.ganglion.runtime.model.ModelHost;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of one route through one model.
 *
 * <p>A message that is a whole utterance takes any idle lane, or a new one: as many as there are
 * threads at work. An utterance of several samples keeps one lane, found by its stream, from its
 * first sample to its last; so a replaced model serves the utterances that are under way to their
 * ends, and the next one begins on the new version. Taking and giving back costs an atomic exchange
 * and takes no lock.
 */
public final class Lanes implements AutoCloseable {
    private static final int IDLE = 64;

    private final ModelHost host;
    private final String model;
    private final String route;
    private final AtomicReferenceArray<@Nullable Lane> idle = new AtomicReferenceArray<>(IDLE);
    private final Map<String, Lane> streams = new ConcurrentHashMap<>();
    private final BooleanSupplier splitting;
    private final Runnable stopListening;
    private volatile boolean closed;

    /**
     * No lanes yet; the model is leased by the first one.
     *
     * @param route who asks, for messages
     */
    public Lanes(ModelHost host, String model, String route) {
        this.host = host;
        this.model = model;
        this.route = route;
        this.splitting = host.splitting(model);
        this.stopListening = host.onReplaced(this::replaced);
    }

    /** {@return the model's name} */
    public String model() {
        return model;
    }

    /**
     * Takes a lane. It must be released once, on whichever thread.
     *
     * @param stream who speaks, or null when the message stands for itself
     * @param last whether the utterance ends with this message
     */
    public Lane acquire(@Nullable String stream, boolean last) {
        if (stream != null) {
            Lane mine = streams.get(stream);
            while (mine == null && !last) {
                Lane fresh = take();
                fresh.stream = stream;
                fresh.lease().stream(stream);
                mine = streams.putIfAbsent(stream, fresh);
                if (mine == null) {
                    mine = fresh;
                } else {
                    fresh.stream = null;
                    fresh.lease().stream(null);
                    giveBack(fresh);
                }
            }
            if (mine != null) {
                mine.turn.acquireUninterruptibly();
                if (streams.get(stream) == mine) {
                    return mine;
                }
                // The utterance ended while this thread waited for its turn.
                mine.turn.release();
                return acquire(stream, last);
            }
        }
        return take();
    }

    private Lane take() {
        if (splitting.getAsBoolean()) {
            return takeMine();
        }
        int start = (int) Thread.currentThread().getId();
        for (int i = 0; i < IDLE; i++) {
            Lane lane = idle.getAndSet((start + i) & (IDLE - 1), null);
            if (lane != null) {
                if (lane.usable()) {
                    return lane;
                }
                lane.close();
            }
        }
        return open(host.lease(model, route));
    }

    /** Of two versions that answer, the one that this message's turn is. */
    private Lane takeMine() {
        Lease lease = host.lease(model, route);
        for (int i = 0; i < IDLE; i++) {
            Lane lane = idle.get(i);
            if (lane != null
                    && lane.lease().sameModel(lease)
                    && idle.compareAndSet(i, lane, null)) {
                if (lane.usable()) {
                    lease.close();
                    return lane;
                }
                lane.close();
            }
        }
        return open(lease);
    }

    private static Lane open(Lease lease) {
        try {
            return new Lane(lease);
        } catch (RuntimeException | Error e) {
            lease.ended(0, true);
            lease.close();
            throw e;
        }
    }

    /**
     * Gives a lane back.
     *
     * @param last whether the utterance ended with the message, or failed
     */
    public void release(Lane lane, boolean last) {
        String stream = lane.stream;
        if (stream == null) {
            giveBack(lane);
            return;
        }
        lane.usedNanos = System.nanoTime();
        if (last) {
            streams.remove(stream, lane);
            lane.stream = null;
            lane.lease().stream(null);
        }
        // Before the turn is given up: the next holder of the lane starts steps of its own.
        lane.steps().end();
        lane.turn.release();
        if (last) {
            giveBack(lane);
        } else if (closed) {
            closeSilent(-1);
        }
    }

    private void giveBack(Lane lane) {
        if (!lane.finish() || closed) {
            lane.close();
            return;
        }
        int start = (int) Thread.currentThread().getId();
        for (int i = 0; i < IDLE; i++) {
            if (idle.compareAndSet((start + i) & (IDLE - 1), null, lane)) {
                // A replacement or the end may have swept the idle lanes just before this one
                // joined them.
                if (!lane.lease().isCurrent() || closed) {
                    sweep();
                }
                return;
            }
        }
        lane.close();
    }

    private void replaced(String name) {
        if (name.equals(model)) {
            sweep();
        }
    }

    private void sweep() {
        for (int i = 0; i < IDLE; i++) {
            Lane lane = idle.get(i);
            if (lane != null
                    && (closed || !lane.lease().isCurrent())
                    && idle.compareAndSet(i, lane, null)) {
                lane.close();
            }
        }
    }

    /**
     * Closes the lanes of streams that have been silent.
     *
     * @param limitNanos how long a stream may be silent within an utterance
     */
    public void closeSilent(long limitNanos) {
        long now = System.nanoTime();
        streams.forEach(
                (stream, lane) -> {
                    if (now - lane.usedNanos > limitNanos && lane.turn.tryAcquire()) {
                        boolean mine = streams.remove(stream, lane);
                        lane.turn.release();
                        if (mine) {
                            lane.close();
                        }
                    }
                });
    }

    /** Closes the idle lanes now and the others when they are released; silent streams included. */
    @Override
    public void close() {
        closed = true;
        stopListening.run();
        sweep();
        closeSilent(-1);
    }
}
