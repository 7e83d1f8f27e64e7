package dev.ganglion.runtime.model;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.infer.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs another version on the inputs of the serving one, on a thread of its own, and counts how
 * often they differ. An utterance that finds the queue full is left out as a whole and counted:
 * messages never wait for it.
 */
public final class Shadow {
    private static final Logger log = LoggerFactory.getLogger(Shadow.class);
    private static final int QUEUE = 256;
    private static final double TOLERANCE = 1e-3;
    private static final long END_MILLIS = 5_000;

    private final LoadedModel model;
    private final List<TensorSpec> outputs;
    private final BlockingQueue<Runnable> jobs = new ArrayBlockingQueue<>(QUEUE);
    private final Set<Track> tracks = ConcurrentHashMap.newKeySet();
    private final AtomicLong compared = new AtomicLong();
    private final AtomicLong differing = new AtomicLong();
    private final AtomicLong leftOut = new AtomicLong();
    private final AtomicInteger failed = new AtomicInteger();
    private final Thread thread;
    private volatile boolean ended;

    /**
     * Begins to work.
     *
     * @param outputs those of the serving model: the other one may have more
     */
    Shadow(LoadedModel model, List<TensorSpec> outputs) {
        this.model = model;
        this.outputs = outputs;
        if (!model.acquire()) {
            throw new IllegalStateException("model " + model.id() + " is closed already");
        }
        this.thread = new Thread(this::work, "shadow of " + model.id());
        thread.setDaemon(true);
        thread.start();
    }

    /** One line of work beside another one. Its methods belong to that one's thread. */
    public final class Track {
        private volatile @Nullable Session session;
        private @Nullable TokenInputs tokenInputs;
        private boolean following;
        private boolean lost;

        /** An utterance begins. */
        public void begin() {
            following = offer(this::reset);
            if (!following) {
                leftOut.incrementAndGet();
            }
        }

        /** The serving model made a step on a text. */
        public void step(Tokens read, Session served) {
            if (following) {
                Tokens tokens = copy(read);
                List<Tensor> said = said(served);
                following = offer(() -> run(tokens, null, said));
            }
        }

        /** The serving model made a step on a tensor. */
        public void step(Tensor read, Session served) {
            if (following) {
                Tensor input = copy(read);
                List<Tensor> said = said(served);
                following = offer(() -> run(null, input, said));
            }
        }

        /** The line of work beside which it runs has ended. */
        public void end() {
            following = false;
            offer(this::leave);
        }

        private void leave() {
            tracks.remove(this);
            close();
        }

        private List<Tensor> said(Session served) {
            List<Tensor> said = new ArrayList<>();
            for (TensorSpec spec : outputs) {
                said.add(copy(served.output(spec.name())));
            }
            return said;
        }

        private Session session() {
            Session open = session;
            if (open == null) {
                open = model.model.open();
                session = open;
                List<TensorSpec> inputs = model.inputs;
                if (TokenInputs.fits(inputs)) {
                    tokenInputs = new TokenInputs(model.id(), inputs, open);
                }
            }
            return open;
        }

        private void reset() {
            lost = true;
            session().reset();
            lost = false;
        }

        private void run(@Nullable Tokens tokens, @Nullable Tensor input, List<Tensor> served) {
            if (lost) {
                // An earlier step of this utterance failed, and its state is gone.
                return;
            }
            long startNanos = System.nanoTime();
            boolean wrong = true;
            try {
                Session open = session();
                TokenInputs writer = tokenInputs;
                if (tokens != null && writer != null) {
                    writer.write(tokens);
                } else if (input != null) {
                    String name = model.inputs.get(0).name();
                    open.input(name, input.shape())
                            .bytes()
                            .put(0, input.bytes(), 0, input.bytes().capacity());
                }
                open.run();
                boolean same = true;
                for (int i = 0; i < outputs.size(); i++) {
                    same &= agree(served.get(i), open.output(outputs.get(i).name()));
                }
                compared.incrementAndGet();
                if (!same) {
                    differing.incrementAndGet();
                }
                wrong = false;
            } finally {
                if (wrong) {
                    lost = true;
                    close();
                }
                model.outcomes.record(System.nanoTime() - startNanos, wrong);
            }
        }

        private void close() {
            Session open = session;
            session = null;
            if (open != null) {
                open.close();
            }
        }
    }

    /** {@return a line of work beside one of the serving model} */
    public Track track() {
        Track track = new Track();
        tracks.add(track);
        return track;
    }

    private boolean offer(Runnable job) {
        return !ended && jobs.offer(job);
    }

    private void work() {
        try {
            while (!ended) {
                Runnable job = jobs.take();
                if (!ended) {
                    work(job);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Track track : tracks) {
            try {
                track.close();
            } catch (RuntimeException | LinkageError e) {
                log.warn("closing a session of the shadow {} failed", model.id(), e);
            }
        }
        model.release();
    }

    private void work(Runnable job) {
        try {
            job.run();
        } catch (RuntimeException | LinkageError e) {
            if (!ended) {
                failed.incrementAndGet();
            }
            log.debug("the shadow {} failed", model.id(), e);
        }
    }

    /**
     * Ends the comparison. The model is in use until the step under way has ended, which is
     * cancelled: an interrupt would close the channel to a worker process.
     */
    void end() {
        ended = true;
        jobs.clear();
        jobs.offer(() -> {});
        for (Track track : tracks) {
            Session session = track.session;
            if (session != null) {
                session.cancel();
            }
        }
        try {
            thread.join(END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@return what was found, as the end of a sentence} */
    String found() {
        long steps = compared.get();
        return "of "
                + steps
                + " steps "
                + differing.get()
                + " came out differently ("
                + Math.round(steps == 0 ? 0 : 1000.0 * differing.get() / steps) / 10.0
                + " %), "
                + failed.get()
                + " failed, "
                + leftOut.get()
                + " utterances were left out because it was busy";
    }

    private static Tokens copy(Tokens from) {
        Tokens copy = new Tokens();
        copy.start(from.text().toString());
        for (int i = 0; i < from.size(); i++) {
            copy.add(from.id(i), from.start(i), from.end(i));
        }
        return copy;
    }

    private static Tensor copy(Tensor from) {
        Tensor copy = Tensor.allocate(from.type(), from.shape());
        copy.bytes().put(0, from.bytes(), 0, from.bytes().capacity());
        return copy;
    }

    /**
     * Classes agree when each row has its greatest score at the same place, single numbers when
     * they are nearly equal, everything else when it is equal.
     */
    private static boolean agree(Tensor served, Tensor shadowed) {
        if (!served.hasShape(shadowed.shape()) || served.type() != shadowed.type()) {
            return false;
        }
        if (served.type() != Tensor.Type.FLOAT32) {
            return served.bytes().equals(shadowed.bytes());
        }
        int width = served.rank() == 0 ? 1 : (int) served.size(served.rank() - 1);
        for (int row = 0; row + width <= served.elements(); row += Math.max(1, width)) {
            if (width > 1) {
                if (greatest(served, row, width) != greatest(shadowed, row, width)) {
                    return false;
                }
            } else {
                double a = served.floats().get(row);
                double b = shadowed.floats().get(row);
                if (Math.abs(a - b) > TOLERANCE * Math.max(1, Math.abs(a))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static int greatest(Tensor of, int from, int width) {
        int greatest = from;
        for (int i = from + 1; i < from + width; i++) {
            if (of.floats().get(i) > of.floats().get(greatest)) {
                greatest = i;
            }
        }
        return greatest - from;
    }
}
