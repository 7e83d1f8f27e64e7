package dev.ganglion.worker;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Session;
import dev.ganglion.worker.wire.Connection;
import dev.ganglion.worker.wire.Failure;
import dev.ganglion.worker.wire.Place;
import dev.ganglion.worker.wire.SharedMemory;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A session whose other half is in a worker. Inputs and outputs are views of shared memory; a step
 * is one request and one answer. A reset goes with the next request.
 */
final class WorkerSession implements Session {
    private final Worker worker;
    private final int number;
    private final Connection connection;
    private final List<TensorSpec> inputSpecs;
    private final List<TensorSpec> outputSpecs;
    private final SharedMemory inputMemory;
    private final SharedMemory outputMemory;
    private final Place[] inputs;
    private final Place[] outputs;
    private volatile boolean closed;
    private volatile boolean cancelled;
    private volatile int epoch;
    private @Nullable String broken;
    private boolean hasRun;
    private int position;

    /** When the call under way began, on the clock of {@link System#nanoTime}; 0 when none is. */
    private volatile long callSinceNanos;

    WorkerSession(Worker worker, int number, Connection connection) {
        this.worker = worker;
        this.number = number;
        this.connection = connection;
        inputSpecs = worker.tensors().inputs();
        outputSpecs = worker.tensors().outputs();
        inputMemory = new SharedMemory(worker.folder(), number + "-in-");
        outputMemory = new SharedMemory(worker.folder(), number + "-out-");
        inputs = places(inputSpecs.size() + 1);
        outputs = places(outputSpecs.size() + 1);
    }

    private static Place[] places(int count) {
        Place[] places = new Place[count];
        for (int i = 0; i < count; i++) {
            places[i] = new Place(i);
        }
        return places;
    }

    @Override
    public boolean usable() {
        return !closed && broken == null && !worker.hasEnded();
    }

    long callSinceNanos() {
        return callSinceNanos;
    }

    String model() {
        return worker.model();
    }

    int position() {
        return position;
    }

    @Override
    public Tensor input(String name, long... shape) {
        checkUsable();
        int index = index(name, inputSpecs, "input");
        Tensor present = inputs[index].tensor();
        if (present != null && present.hasShape(shape)) {
            return present;
        }
        TensorSpec spec = inputSpecs.get(index);
        boolean fits = shape.length == spec.shape().size();
        for (int axis = 0; fits && axis < shape.length; axis++) {
            long size = spec.shape().get(axis);
            fits = shape[axis] >= 0 && (size == TensorSpec.ANY || size == shape[axis]);
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "model "
                            + model()
                            + ": input '"
                            + name
                            + "' takes "
                            + spec.type()
                            + spec.shape()
                            + ", found "
                            + Arrays.toString(shape));
        }
        return inputs[index].shape(inputMemory, spec.type(), shape);
    }

    private int index(String name, List<TensorSpec> specs, String what) {
        for (int i = 0; i < specs.size(); i++) {
            if (specs.get(i).name().equals(name)) {
                return i;
            }
        }
        String known = specs.stream().map(TensorSpec::toString).collect(Collectors.joining(", "));
        throw new IllegalArgumentException(
                "model "
                        + model()
                        + " has no "
                        + what
                        + " '"
                        + name
                        + "'; "
                        + (known.isEmpty() ? "it has none" : "it has: " + known));
    }

    /** The memory for this many tokens, which a feed takes its tokens from. */
    Tensor tokenMemory(int count) {
        Place place = inputs[inputSpecs.size()];
        Tensor present = place.tensor();
        return present != null && present.elements() >= count
                ? present
                : place.shape(inputMemory, Tensor.Type.INT32, Math.max(64L, 2L * count));
    }

    /** {@return the logits of the last feed, or null when none were given yet} */
    @Nullable Tensor sharedLogits() {
        return outputs[outputSpecs.size()].tensor();
    }

    @Override
    public void run() {
        checkUsable();
        checkNotCancelled();
        hasRun = false;
        call(Connection.RUN, 0);
        hasRun = true;
    }

    @Override
    public Tensor output(String name) {
        checkUsable();
        Tensor tensor = outputs[index(name, outputSpecs, "output")].tensor();
        if (!hasRun || tensor == null) {
            throw new IllegalStateException(
                    "model " + model() + ": output '" + name + "' was asked for before a run");
        }
        return tensor;
    }

    @Override
    public void reset() {
        checkUsable();
        hasRun = false;
        position = 0;
        synchronized (this) {
            epoch++;
            cancelled = false;
        }
    }

    @Override
    public void cancel() {
        int meant;
        synchronized (this) {
            if (closed || cancelled) {
                return;
            }
            cancelled = true;
            meant = epoch;
        }
        worker.cancel(number, meant);
    }

    /** Waits until the worker has opened its half. */
    int opened() {
        call(Connection.OPEN, number);
        return connection.takeInt();
    }

    /** One request and its answer; {@link #position} is what the answer says. */
    int call(int operation, int argument) {
        // A channel that is used by an interrupted thread closes itself.
        boolean interrupted = Thread.interrupted();
        callSinceNanos = System.nanoTime() | 1;
        try {
            for (int i = 0; i < inputs.length; i++) {
                inputs[i].announce(connection, inputMemory);
            }
            connection.send(operation, epoch, argument);
            for (int i = 0; i < inputs.length; i++) {
                inputs[i].announced();
            }
            if (!connection.receive()) {
                throw broken(worker.endedInFlight(), null);
            }
        } catch (ClosedByInterruptException stopped) {
            worker.cancel(number, epoch);
            throw broken(
                    "model "
                            + model()
                            + ": the thread was interrupted while its worker computed; open another"
                            + " session",
                    stopped);
        } catch (IOException gone) {
            throw broken(worker.endedInFlight(), gone);
        } finally {
            callSinceNanos = 0;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        position = connection.second();
        if (connection.first() != Connection.OK) {
            throw Failure.of(connection, worker.thrower(), Kind.REOPEN);
        }
        if (operation != Connection.OPEN) {
            follow();
        }
        return connection.third();
    }

    private void follow() {
        try {
            while (connection.hasExtra()) {
                int index = connection.takeInt();
                boolean ofTokens = index == outputSpecs.size();
                outputs[index].follow(
                        connection,
                        outputMemory,
                        ofTokens ? Tensor.Type.FLOAT32 : outputSpecs.get(index).type());
            }
        } catch (RuntimeException lost) {
            // Places are told once: from here on it is not known where outputs are.
            broken =
                    "model "
                            + model()
                            + ": where its worker put the outputs was not understood ("
                            + lost.getMessage()
                            + "); open another session";
            throw new GanglionException(Kind.REOPEN, broken, lost);
        }
    }

    private GanglionException broken(String sentence, @Nullable IOException cause) {
        broken = sentence;
        return new GanglionException(Kind.REOPEN, sentence, cause);
    }

    void checkUsable() {
        if (closed) {
            throw new IllegalStateException(
                    "a session of model " + model() + " was used after it was closed");
        }
        if (broken != null) {
            throw new GanglionException(Kind.REOPEN, broken);
        }
    }

    void checkNotCancelled() {
        if (cancelled) {
            throw new GanglionException(
                    Kind.REOPEN, "a session of model " + model() + " was cancelled; reset it");
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        worker.closed(this, connection);
    }
}
