package dev.ganglion.engine.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Session;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One stream through a model, with or without hidden state.
 *
 * <p>The first step of a combination of input shapes lets the runtime allocate the outputs, which
 * shows their shapes; from the second on it writes into memory of the stream. Should a model's
 * output shapes depend on the values of its inputs, that fails, the step is repeated without, and
 * so are all later ones.
 */
final class OnnxSession implements Session {
    private final OnnxModel model;
    private final OrtSession runtime;
    private final Runnable whenClosed;
    private final RunControl control;
    private final ShapedMemory[] inputs;
    private final ShapedMemory[] outputs;
    private final String[] inputNames;
    private final String[] outputNames;
    private final Set<String> requested;
    private final StateBuffers[] states;
    private final @Nullable Tensor[] given;
    private final @Nullable Binding[] bindings = new @Nullable Binding[Binding.KEPT];
    private final Tensor[] ofRows;
    private Tensor @Nullable [] computed;
    private int turn;

    /**
     * @param takes what is shown as inputs
     * @param gives what is shown as outputs
     * @param hidden the state that is not shown
     * @param whenClosed is called once
     */
    OnnxSession(
            OnnxModel model,
            OrtSession runtime,
            List<TensorSpec> takes,
            List<TensorSpec> gives,
            List<OnnxModel.State> hidden,
            Runnable whenClosed)
            throws OrtException {
        this.model = model;
        this.runtime = runtime;
        this.whenClosed = whenClosed;
        control = new RunControl(model.id());
        inputs = takes.stream().map(ShapedMemory::new).toArray(ShapedMemory[]::new);
        outputs = gives.stream().map(ShapedMemory::new).toArray(ShapedMemory[]::new);
        inputNames = takes.stream().map(TensorSpec::name).toArray(String[]::new);
        outputNames = gives.stream().map(TensorSpec::name).toArray(String[]::new);
        ofRows = new Tensor[outputs.length];
        requested = new LinkedHashSet<>(Arrays.asList(outputNames));
        given = new @Nullable Tensor[inputs.length];
        states = new StateBuffers[hidden.size()];
        for (int i = 0; i < states.length; i++) {
            states[i] = new StateBuffers(hidden.get(i).input(), hidden.get(i).output().name());
        }
    }

    @Override
    public Tensor input(String name, long... shape) {
        control.refuseWhenClosed();
        int index = index(inputs, name, "input");
        Tensor current = given[index];
        if (current != null && current.hasShape(shape)) {
            return current;
        }
        TensorSpec spec = inputs[index].spec();
        if (!fits(spec, shape)) {
            throw new IllegalArgumentException(
                    "model "
                            + model.id()
                            + ": input '"
                            + name
                            + "' is "
                            + spec.type()
                            + spec.shape()
                            + " (-1 is any size), found the shape "
                            + Arrays.toString(shape));
        }
        int before = inputs[index].capacity();
        Tensor view = inputs[index].view(shape);
        if (before != inputs[index].capacity()) {
            dropBindings();
        }
        given[index] = view;
        return view;
    }

    private static boolean fits(TensorSpec spec, long[] shape) {
        boolean fits = shape.length == spec.shape().size();
        for (int axis = 0; fits && axis < shape.length; axis++) {
            long size = spec.shape().get(axis);
            fits = shape[axis] >= 0 && (size == TensorSpec.ANY || size == shape[axis]);
        }
        return fits;
    }

    @Override
    public void run() {
        control.refuseWhenClosed();
        control.refuseWhenCancelled();
        computed = null;
        try {
            Binding binding = binding();
            if (!binding.learned || !runPinned(binding)) {
                runAllocating(binding);
            }
            turn = 1 - turn;
            computed = binding.outputs;
        } catch (OrtException e) {
            throw control.failure(e);
        }
    }

    private boolean runPinned(Binding binding) throws OrtException {
        try {
            runtime.run(binding.fed[turn], Set.of(), binding.pinned[turn], control.options())
                    .close();
            return true;
        } catch (OrtException e) {
            control.refuseWhenCancelled();
            // The state that the step reads is untouched, so the step can be repeated.
            binding.unpin(outputNames);
            return false;
        }
    }

    private void runAllocating(Binding binding) throws OrtException {
        try (OrtSession.Result result =
                runtime.run(
                        binding.fed[turn], requested, binding.pinned[turn], control.options())) {
            Tensor[] copies = new Tensor[outputs.length];
            boolean grown = false;
            for (int i = 0; i < outputs.length; i++) {
                // Pinned state comes first in the result.
                OnnxTensor from = (OnnxTensor) result.get(states.length + i);
                int before = outputs[i].capacity();
                copies[i] = outputs[i].view(from.getInfo().getShape());
                grown |= before != outputs[i].capacity();
                ByteBuffer bytes = from.getByteBuffer();
                copies[i].bytes().put(0, bytes, 0, bytes.remaining());
            }
            if (grown) {
                dropBindingsBut(binding);
            }
            binding.predictable &= sameShapes(binding.outputs, copies);
            binding.outputs = copies;
            if (binding.predictable) {
                binding.pin(outputNames, copies);
            }
        }
    }

    private static boolean sameShapes(Tensor @Nullable [] before, Tensor[] now) {
        boolean same = true;
        for (int i = 0; before != null && i < now.length; i++) {
            same &= before[i].hasShape(now[i].shape());
        }
        return same;
    }

    /** {@return the binding of the current inputs, made or found, and now the one used last} */
    private Binding binding() throws OrtException {
        for (int i = 0; i < bindings.length; i++) {
            Binding binding = bindings[i];
            if (binding == null) {
                break;
            }
            if (binding.isFor(given)) {
                System.arraycopy(bindings, 0, bindings, 1, i);
                bindings[0] = binding;
                return binding;
            }
        }
        Tensor[] tensors = new Tensor[given.length];
        for (int i = 0; i < given.length; i++) {
            tensors[i] = given(i);
        }
        Binding made = new Binding(inputNames, tensors, outputNames.length, states);
        Binding oldest = bindings[bindings.length - 1];
        if (oldest != null) {
            oldest.close();
        }
        System.arraycopy(bindings, 0, bindings, 1, bindings.length - 1);
        bindings[0] = made;
        return made;
    }

    /** {@return an input as it was written} */
    Tensor given(int input) {
        Tensor tensor = given[input];
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "model "
                            + model.id()
                            + ": input '"
                            + inputNames[input]
                            + "' was never written; ask for its memory with input() before run()");
        }
        return tensor;
    }

    /** What {@link #run} would refuse before it computes is refused. */
    void checkReady() {
        control.refuseWhenClosed();
        control.refuseWhenCancelled();
        for (int i = 0; i < given.length; i++) {
            given(i);
        }
    }

    /** {@return whether a step of both can be one: single rows of the same shapes} */
    boolean isRowLike(OnnxSession other) {
        boolean same = true;
        for (int i = 0; same && i < given.length; i++) {
            Tensor mine = given(i);
            Tensor theirs = other.given(i);
            same = mine.rank() == theirs.rank() && mine.size(0) == 1;
            for (int axis = 0; same && axis < mine.rank(); axis++) {
                same = mine.size(axis) == theirs.size(axis);
            }
        }
        return same;
    }

    /** {@return a hidden state as the next step reads it} */
    Tensor state(int index) {
        return states[index].buffer(turn);
    }

    /** Takes over its row of an output that was computed for several streams. */
    void takeRow(int output, Tensor rows, int row, long[] shape) {
        int before = outputs[output].capacity();
        Tensor mine = outputs[output].view(shape);
        if (before != outputs[output].capacity()) {
            dropBindings();
        }
        int bytes = mine.bytes().capacity();
        mine.bytes().put(0, rows.bytes(), row * bytes, bytes);
        ofRows[output] = mine;
    }

    /** A step together with others begins: what was computed before is no longer valid. */
    void beginTogether() {
        computed = null;
    }

    /** All rows were taken over. */
    void endTogether() {
        computed = ofRows;
    }

    private void dropBindings() {
        dropBindingsBut(null);
    }

    private void dropBindingsBut(@Nullable Binding kept) {
        for (int i = 0; i < bindings.length; i++) {
            Binding binding = bindings[i];
            if (binding != null && binding != kept) {
                binding.close();
            }
            bindings[i] = null;
        }
        bindings[0] = kept;
    }

    @Override
    public Tensor output(String name) {
        control.refuseWhenClosed();
        int index = index(outputs, name, "output");
        Tensor[] last = computed;
        if (last == null) {
            throw new IllegalStateException(
                    "model "
                            + model.id()
                            + " has no output '"
                            + name
                            + "' yet: no step was run since the session was opened, reset or failed");
        }
        return last[index];
    }

    private int index(ShapedMemory[] tensors, String name, String side) {
        for (int i = 0; i < tensors.length; i++) {
            if (tensors[i].spec().name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException(
                "model "
                        + model.id()
                        + " has no "
                        + side
                        + " '"
                        + name
                        + "'; it has: "
                        + String.join(", ", side.equals("input") ? inputNames : outputNames));
    }

    @Override
    public void reset() {
        control.reset();
        computed = null;
        for (StateBuffers state : states) {
            state.clear(turn);
        }
    }

    @Override
    public void cancel() {
        control.cancel();
    }

    @Override
    public void close() {
        if (control.close()) {
            dropBindings();
            for (StateBuffers state : states) {
                state.close();
            }
            whenClosed.run();
        }
    }
}
