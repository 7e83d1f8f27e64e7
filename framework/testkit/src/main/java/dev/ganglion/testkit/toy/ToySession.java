package dev.ganglion.testkit.toy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Session;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** What the toy sessions have in common: tensors by name, cancelling, closing. */
abstract class ToySession implements Session {
    private final ToyModel model;
    private final Gate gate;
    private final Map<String, Tensor> inputs = new HashMap<>();
    private final Map<String, Tensor> outputs = new HashMap<>();
    private volatile boolean cancelled;
    private volatile boolean closed;
    private boolean hasRun;

    /** Made once: a lambda that is made per step would be an allocation per step. */
    private final BooleanSupplier isCancelled = () -> cancelled;

    ToySession(ToyModel model, Gate gate) {
        this.model = model;
        this.gate = gate;
        for (TensorSpec spec : model.outputs()) {
            long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
            outputs.put(spec.name(), Tensor.allocate(spec.type(), shape));
        }
        model.engine().sessionOpened();
    }

    /** Computes one step from inputs that were all asked for. */
    abstract void step();

    /** Forgets the hidden state. */
    abstract void forget();

    final Tensor written(String name) {
        Tensor tensor = inputs.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "model "
                            + model.id()
                            + ": input '"
                            + name
                            + "' was never written; write it before each first run");
        }
        return tensor;
    }

    final Tensor result(String name) {
        Tensor tensor = outputs.get(name);
        if (tensor == null) {
            throw unknown("output", name, model.outputs());
        }
        return tensor;
    }

    /** Stands still while the gate is held; throws when cancelled. */
    final void passGate() {
        if (!gate.pass(isCancelled)) {
            throw cancellation();
        }
    }

    @Override
    public final Tensor input(String name, long... shape) {
        checkUsable();
        TensorSpec spec = spec(name);
        Tensor present = inputs.get(name);
        if (present != null && present.hasShape(shape)) {
            return present;
        }
        boolean fits = shape.length == spec.shape().size();
        for (int axis = 0; fits && axis < shape.length; axis++) {
            long size = spec.shape().get(axis);
            fits = shape[axis] >= 0 && (size == TensorSpec.ANY || size == shape[axis]);
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "model "
                            + model.id()
                            + ": input '"
                            + name
                            + "' takes "
                            + spec.type()
                            + spec.shape()
                            + ", found "
                            + Arrays.toString(shape));
        }
        Tensor fresh = Tensor.allocate(spec.type(), shape);
        inputs.put(name, fresh);
        return fresh;
    }

    private TensorSpec spec(String name) {
        for (int i = 0; i < model.inputs().size(); i++) {
            if (model.inputs().get(i).name().equals(name)) {
                return model.inputs().get(i);
            }
        }
        throw unknown("input", name, model.inputs());
    }

    private IllegalArgumentException unknown(String what, String name, List<TensorSpec> known) {
        String list = known.stream().map(TensorSpec::toString).collect(Collectors.joining(", "));
        return new IllegalArgumentException(
                "model "
                        + model.id()
                        + " has no "
                        + what
                        + " '"
                        + name
                        + "'; "
                        + (known.isEmpty() ? "it has none" : "it has: " + list));
    }

    @Override
    public final void run() {
        checkReady();
        step();
        // A model that was closed during the step has computed with freed memory.
        model.checkAlive();
        hasRun = true;
    }

    /** A step could be made now. */
    final void checkReady() {
        checkUsable();
        checkNotCancelled();
        for (int i = 0; i < model.inputs().size(); i++) {
            written(model.inputs().get(i).name());
        }
    }

    @Override
    public final Tensor output(String name) {
        checkUsable();
        Tensor tensor = result(name);
        if (!hasRun) {
            throw new IllegalStateException(
                    "model " + model.id() + ": output '" + name + "' was asked for before a run");
        }
        return tensor;
    }

    @Override
    public final void reset() {
        checkUsable();
        cancelled = false;
        hasRun = false;
        forget();
    }

    @Override
    public final void cancel() {
        if (!closed) {
            cancelled = true;
            gate.wake();
        }
    }

    final void checkUsable() {
        if (closed) {
            throw new IllegalStateException(
                    "a session of model " + model.id() + " was used after it was closed");
        }
        model.checkAlive();
    }

    final void checkNotCancelled() {
        if (cancelled) {
            throw cancellation();
        }
    }

    private GanglionException cancellation() {
        return new GanglionException(
                GanglionException.Kind.REOPEN,
                "a session of model " + model.id() + " was cancelled; reset it");
    }

    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            model.engine().sessionClosed();
        }
    }
}
