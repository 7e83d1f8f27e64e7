package dev.ganglion.worker.child;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.worker.wire.Connection;
import dev.ganglion.worker.wire.Place;
import dev.ganglion.worker.wire.SharedMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One session of the engine, driven from its connection. */
final class ChildSession implements AutoCloseable {
    private final Session session;
    private final @Nullable TokenSession tokens;
    private final Connection connection;
    private final List<TensorSpec> inputSpecs;
    private final List<TensorSpec> outputSpecs;
    private final SharedMemory inputMemory;
    private final SharedMemory outputMemory;
    private final Place[] inputs;
    private final Place[] outputs;
    private int[] ids = new int[64];

    /** Guards the epochs, so that a cancel never reaches the utterance after the one it meant. */
    private final Object epochs = new Object();

    private int epoch;
    private int cancelledEpoch = -1;

    ChildSession(Model model, Session session, Connection connection, Path folder, int number) {
        this.session = session;
        this.tokens = session instanceof TokenSession known ? known : null;
        this.connection = connection;
        inputSpecs = model.inputs();
        outputSpecs = model.outputs();
        inputMemory = new SharedMemory(folder, number + "-in-");
        outputMemory = new SharedMemory(folder, number + "-out-");
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

    void serve() throws IOException {
        connection.put(tokens == null ? -1 : tokens.capacity());
        connection.send(Connection.OK, position(), 0);
        while (connection.receive()) {
            int flags;
            try {
                follow();
            } catch (Throwable lost) {
                // Places are told once: from here on it is not known where inputs are.
                ChildModel.answer(connection, lost, position());
                return;
            }
            try {
                adopt(connection.second());
                flags = perform(connection.first(), connection.third());
                for (Place output : outputs) {
                    output.announce(connection, outputMemory);
                }
            } catch (Throwable failure) {
                ChildModel.answer(connection, failure, position());
                continue;
            }
            connection.send(Connection.OK, position(), flags);
            for (Place output : outputs) {
                output.announced();
            }
        }
    }

    private int position() {
        return tokens == null ? 0 : tokens.position();
    }

    private void follow() {
        while (connection.hasExtra()) {
            int number = connection.takeInt();
            boolean ofTokens = number == inputSpecs.size();
            inputs[number].follow(
                    connection,
                    inputMemory,
                    ofTokens ? Tensor.Type.INT32 : inputSpecs.get(number).type());
        }
    }

    private void adopt(int newEpoch) {
        synchronized (epochs) {
            if (newEpoch != epoch) {
                session.reset();
                epoch = newEpoch;
            }
            if (cancelledEpoch == epoch) {
                session.cancel();
            }
        }
    }

    void cancel(int cancelled) {
        synchronized (epochs) {
            cancelledEpoch = Math.max(cancelledEpoch, cancelled);
            if (cancelled == epoch) {
                session.cancel();
            }
        }
    }

    private int perform(int operation, int argument) {
        if (operation == Connection.RUN) {
            run();
            return 0;
        }
        TokenSession sequence = tokens;
        if (sequence == null) {
            throw new UnsupportedOperationException("this session takes no tokens");
        }
        if (operation == Connection.FEED) {
            return feed(sequence, argument);
        }
        sequence.rewind(argument);
        return 0;
    }

    private void run() {
        for (int i = 0; i < inputSpecs.size(); i++) {
            Tensor written = inputs[i].tensor();
            if (written != null) {
                Tensor own = session.input(inputSpecs.get(i).name(), inputs[i].shape());
                copy(written, own);
            }
        }
        session.run();
        // What a sequence gives comes with its tokens.
        for (int i = 0; tokens == null && i < outputSpecs.size(); i++) {
            give(session.output(outputSpecs.get(i).name()), i);
        }
    }

    private int feed(TokenSession sequence, int count) {
        Tensor written = inputs[inputSpecs.size()].tensor();
        if (ids.length < count) {
            ids = new int[Math.max(count, 2 * ids.length)];
        }
        if (written != null) {
            written.ints().get(0, ids, 0, count);
        }
        sequence.feed(ids, 0, count);
        if (sequence.position() == 0) {
            return 0;
        }
        give(sequence.logits(), outputSpecs.size());
        return Connection.HAS_LOGITS;
    }

    private void give(Tensor own, int number) {
        Tensor shared = outputs[number].tensor();
        if (shared == null || !sameShape(shared, own)) {
            shared = outputs[number].shape(outputMemory, own.type(), own.shape());
        }
        copy(own, shared);
    }

    private static boolean sameShape(Tensor one, Tensor other) {
        boolean same = one.type() == other.type() && one.rank() == other.rank();
        for (int axis = 0; same && axis < one.rank(); axis++) {
            same = one.size(axis) == other.size(axis);
        }
        return same;
    }

    private static void copy(Tensor from, Tensor to) {
        to.bytes().put(0, from.bytes(), 0, from.bytes().capacity());
    }

    @Override
    public void close() {
        session.close();
    }
}
