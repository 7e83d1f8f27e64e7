package dev.ganglion.runtime.flow;

import dev.ganglion.api.infer.Session;
import dev.ganglion.runtime.model.Lease;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages of several streams, at most one of each, whose first steps are made at once. Reused; one
 * thread.
 */
public final class Together {
    private final List<SessionSteps> gathered = new ArrayList<>();
    private final List<SessionSteps> group = new ArrayList<>();
    private final List<Session> sessions = new ArrayList<>();

    /** Nothing gathered yet. */
    public Together() {}

    /**
     * Has the first step of a message made by the next {@link #run}. Its tensors, but for a single
     * one, must stay as they are until its steps are over.
     *
     * @param steps started on the message
     * @return false when it is left to {@link SessionSteps#advance} as if it had not been asked
     */
    public boolean add(SessionSteps steps) {
        return steps.prepare() && gathered.add(steps);
    }

    /**
     * Makes the steps, those of each version of a model at once. Throws nothing: a step that failed
     * is told to whoever asks for it.
     */
    public void run() {
        while (!gathered.isEmpty()) {
            Lease lease = gathered.get(0).lane().lease();
            for (int i = 0; i < gathered.size(); i++) {
                SessionSteps steps = gathered.get(i);
                if (steps.lane().lease().sameModel(lease)) {
                    group.add(steps);
                    sessions.add(steps.session());
                }
            }
            if (group.size() > 1) {
                run(lease);
            }
            if (group.size() == gathered.size()) {
                gathered.clear();
            } else {
                gathered.removeAll(group);
            }
            group.clear();
            sessions.clear();
        }
    }

    private void run(Lease lease) {
        Throwable failure = null;
        long startNanos = System.nanoTime();
        try {
            lease.model().runTogether(sessions);
        } catch (RuntimeException | LinkageError e) {
            failure = e;
        }
        long nanos = (System.nanoTime() - startNanos) / group.size();
        for (int i = 0; i < group.size(); i++) {
            group.get(i).ranAhead(nanos, group.size(), failure);
        }
    }
}
