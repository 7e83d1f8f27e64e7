package dev.ganglion.runtime.model;

import dev.ganglion.api.model.ModelId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One model by its name: which versions are in memory and which of them a new lease gets. Leases
 * read volatile fields; whoever changes them holds {@link #changing}.
 */
final class Slot {
    final String name;
    final ReentrantLock changing = new ReentrantLock();
    final DecisionLog log = new DecisionLog();

    /** Answers, except for a canary's share. */
    volatile @Nullable LoadedModel current;

    /** Answers a share of the messages. */
    volatile @Nullable LoadedModel canary;

    /** Under way, as long as the next version is watched. */
    volatile @Nullable Trial trial;

    /** Does not answer any more and is closed when its last lease ends. */
    volatile @Nullable LoadedModel draining;

    /** What a rollback goes back to. */
    volatile @Nullable ModelId before;

    /** An engine that was asked for by command. */
    volatile Deployment commanded = Deployment.NONE;

    /** The versions that were there when one was chosen: a newer one is none of them. */
    final Set<String> seen = ConcurrentHashMap.newKeySet();

    /** Versions that were refused, with the state of their files at that time. */
    final Map<String, String> refused = new ConcurrentHashMap<>();

    /** Whether something in the background waits for the lock or for memory. */
    volatile boolean putOff;

    private final AtomicInteger shares = new AtomicInteger();

    Slot(String name) {
        this.name = name;
    }

    /** {@return the version for the next lease, or null when none is loaded} */
    @Nullable LoadedModel pick() {
        LoadedModel some = canary;
        Trial watched = trial;
        if (some != null && watched != null) {
            int share = watched.strategy.sharePercent();
            // Spreads them evenly: 10 % is every tenth message.
            if (Math.floorMod((long) shares.getAndIncrement() * share, 100L) < share) {
                return some;
            }
        }
        return current;
    }

    /** {@return what is in memory, with the word for its state} */
    Map<LoadedModel, String> inMemory() {
        Map<LoadedModel, String> found = new LinkedHashMap<>();
        LoadedModel serving = current;
        Trial watched = trial;
        if (serving != null) {
            boolean onProbation = watched != null && watched.next == serving;
            found.put(serving, onProbation ? "probation" : "serving");
        }
        if (watched != null) {
            found.putIfAbsent(watched.next, watched.state());
            found.putIfAbsent(watched.base, "standby");
        }
        LoadedModel old = draining;
        if (old != null && old.closed.getCount() > 0) {
            found.putIfAbsent(old, "draining");
        }
        return found;
    }
}
