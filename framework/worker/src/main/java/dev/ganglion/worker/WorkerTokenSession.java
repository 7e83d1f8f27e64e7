package dev.ganglion.worker;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.worker.wire.Connection;
import java.util.Objects;

/** A session that is fed with tokens. */
final class WorkerTokenSession implements TokenSession {
    private final WorkerSession session;
    private final int capacity;
    private boolean hasLogits;

    WorkerTokenSession(WorkerSession session, int capacity) {
        this.session = session;
        this.capacity = capacity;
    }

    @Override
    public boolean usable() {
        return session.usable();
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public int position() {
        return session.position();
    }

    @Override
    public void rewind(int position) {
        session.checkUsable();
        if (position < 0 || position > session.position()) {
            throw new IllegalArgumentException(
                    "model "
                            + session.model()
                            + ": a position from 0 to "
                            + session.position()
                            + " expected, found "
                            + position);
        }
        hasLogits = false;
        session.call(Connection.REWIND, position);
    }

    @Override
    public void feed(int[] ids, int from, int to) {
        session.checkUsable();
        session.checkNotCancelled();
        Objects.checkFromToIndex(from, to, ids.length);
        hasLogits = false;
        session.tokenMemory(to - from).ints().put(0, ids, from, to - from);
        hasLogits = (session.call(Connection.FEED, to - from) & Connection.HAS_LOGITS) != 0;
    }

    @Override
    public Tensor logits() {
        session.checkUsable();
        Tensor logits = session.sharedLogits();
        if (!hasLogits || logits == null) {
            throw new IllegalStateException(
                    "model " + session.model() + ": logits were asked for before a token was fed");
        }
        return logits;
    }

    @Override
    public Tensor input(String name, long... shape) {
        return session.input(name, shape);
    }

    @Override
    public void run() {
        session.run();
    }

    @Override
    public Tensor output(String name) {
        return session.output(name);
    }

    @Override
    public void reset() {
        session.reset();
        hasLogits = false;
    }

    @Override
    public void cancel() {
        session.cancel();
    }

    @Override
    public void close() {
        session.close();
    }
}
