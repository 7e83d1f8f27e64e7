package dev.ganglion.engine.onnxruntime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Session;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps of several streams in one call of the runtime: a row of each tensor, hidden state included,
 * for each stream. The number of rows is rounded up to a power of two, so that few shapes are
 * bound. One thread at a time.
 */
final class Rows implements AutoCloseable {
    private static final int ZEROS_BYTES = 4096;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(ZEROS_BYTES);

    private final OnnxSession runtime;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;
    private final List<OnnxModel.State> states;
    private final List<OnnxSession> pending = new ArrayList<>();
    private final List<OnnxSession> group = new ArrayList<>();

    /** A shape for each number of axes, overwritten by each use. */
    private long[][] shapes = new long[0][];

    Rows(OnnxModel model, OrtSession session, List<OnnxModel.State> states) throws OrtException {
        this.inputs = model.inputs();
        this.outputs = model.outputs();
        this.states = states;
        List<TensorSpec> takes = new ArrayList<>();
        List<TensorSpec> gives = new ArrayList<>();
        inputs.forEach(input -> takes.add(widened(input)));
        outputs.forEach(output -> gives.add(widened(output)));
        for (OnnxModel.State state : states) {
            takes.add(widened(state.input()));
            gives.add(widened(state.output()));
        }
        runtime = new OnnxSession(model, session, takes, gives, List.of(), () -> {});
    }

    private static TensorSpec widened(TensorSpec row) {
        List<Long> shape = new ArrayList<>(row.shape());
        shape.set(0, TensorSpec.ANY);
        return new TensorSpec(row.name(), row.type(), shape, row.unit());
    }

    /** Makes a step of each, in as few calls as their shapes allow. */
    void run(List<Session> sessions) {
        for (int i = 0; i < sessions.size(); i++) {
            OnnxSession session = (OnnxSession) sessions.get(i);
            session.beginTogether();
            pending.add(session);
        }
        try {
            while (!pending.isEmpty()) {
                OnnxSession first = pending.get(0);
                for (int i = 0; i < pending.size(); i++) {
                    if (i == 0 || pending.get(i).isRowLike(first)) {
                        group.add(pending.get(i));
                    }
                }
                if (group.size() == 1) {
                    first.run();
                } else {
                    runGroup();
                }
                if (group.size() == pending.size()) {
                    pending.clear();
                } else {
                    pending.removeAll(group);
                }
                group.clear();
            }
        } finally {
            pending.clear();
            group.clear();
        }
    }

    private void runGroup() {
        int size = group.size();
        int rows = Integer.highestOneBit(2 * size - 1);
        for (int i = 0; i < inputs.size(); i++) {
            Tensor wide = runtime.input(inputs.get(i).name(), shape(group.get(0).given(i), rows));
            for (int row = 0; row < size; row++) {
                put(group.get(row).given(i), wide, row);
            }
            zero(wide, size, rows);
        }
        for (int i = 0; i < states.size(); i++) {
            String name = states.get(i).input().name();
            Tensor wide = runtime.input(name, shape(group.get(0).state(i), rows));
            for (int row = 0; row < size; row++) {
                put(group.get(row).state(i), wide, row);
            }
            zero(wide, size, rows);
        }
        runtime.run();
        for (int i = 0; i < outputs.size(); i++) {
            Tensor wide = rows(outputs.get(i).name(), rows);
            long[] shape = shape(wide, 1);
            for (int row = 0; row < size; row++) {
                group.get(row).takeRow(i, wide, row, shape);
            }
        }
        for (int i = 0; i < states.size(); i++) {
            Tensor wide = rows(states.get(i).output().name(), rows);
            for (int row = 0; row < size; row++) {
                ByteBuffer mine = group.get(row).state(i).bytes();
                mine.put(0, wide.bytes(), row * mine.capacity(), mine.capacity());
            }
        }
        for (int row = 0; row < size; row++) {
            group.get(row).endTogether();
        }
    }

    private Tensor rows(String output, int rows) {
        Tensor wide = runtime.output(output);
        if (wide.rank() == 0 || wide.size(0) != rows) {
            throw new IllegalStateException(
                    "the output '" + output + "' of " + rows + " rows came out as " + wide);
        }
        return wide;
    }

    /** {@return the shape of the tensor with another number of rows; valid until the next call} */
    private long[] shape(Tensor of, int rows) {
        if (of.rank() >= shapes.length) {
            shapes = new long[of.rank() + 1][];
        }
        long[] shape = shapes[of.rank()];
        if (shape == null) {
            shape = new long[of.rank()];
            shapes[of.rank()] = shape;
        }
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = axis == 0 ? rows : of.size(axis);
        }
        return shape;
    }

    private static void put(Tensor row, Tensor wide, int at) {
        int bytes = row.bytes().capacity();
        wide.bytes().put(at * bytes, row.bytes(), 0, bytes);
    }

    private static void zero(Tensor wide, int from, int rows) {
        int end = wide.bytes().capacity();
        int at = from * (end / rows);
        while (at < end) {
            int bytes = Math.min(ZEROS_BYTES, end - at);
            wide.bytes().put(at, ZEROS, 0, bytes);
            at += bytes;
        }
    }

    @Override
    public void close() {
        runtime.close();
    }
}
